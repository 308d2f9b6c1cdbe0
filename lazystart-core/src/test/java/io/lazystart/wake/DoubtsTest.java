// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.failure.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a unit that several services use is given up as unhealthy, crossed with what becomes of a service on it. */
class DoubtsTest {
    private static final Reason SICK = Reason.of(Reason.Kind.UNHEALTHY, "api: unhealthy: HTTP 503");
    private static final Reason WORSE = Reason.of(Reason.Kind.UNHEALTHY, "web: unhealthy: HTTP 500");

    private final Set<SharedUnit> holders = new HashSet<>();
    private long run = 7;

    /** Why the unit was given up, each time that it was. */
    private final List<Reason> givenUp = new ArrayList<>();

    private final Doubts doubts = new Doubts(this::asked);
    private final SharedUnit web = service("web");
    private final SharedUnit api = service("api");

    private SharedUnit service(String name) {
        HouseHarness house = new HouseHarness().service("box", s -> {}).open();
        return new SharedUnit(name, house.unit("box"), house.watcher("box"), doubts);
    }

    /** As the unit's watcher does. */
    private void asked(Idleness.Judge judge) {
        Reason reason = judge.condemn(run, holders.size());
        if (reason != null) {
            givenUp.add(reason);
        }
    }

    private void takes(SharedUnit service, boolean late) {
        holders.add(service);
        doubts.hold(service, run, late);
    }

    private void serves(SharedUnit service) {
        takes(service, false);
        assertThat(doubts.trust(service, run)).isTrue();
    }

    private void leaves(SharedUnit service, Reason ailment) {
        doubts.leave(service, run, ailment);
        holders.remove(service);
    }

    @Test
    void onlyOneHoldsItAndFindsItUnhealthy_isGivenUp() {
        serves(api);

        leaves(api, SICK);

        assertThat(givenUp).containsExactly(SICK);
        assertThat(doubts.isGivenUp(run)).isTrue();
    }

    @Test
    void onlyOneHoldsItAndSleeps_isLeftToItsIdleness() {
        serves(api);

        leaves(api, null);

        assertThat(givenUp).isEmpty();
        assertThat(doubts.isGivenUp(run)).isFalse();
    }

    @Test
    void anotherIsServedByIt_goesOn() {
        serves(api);
        serves(web);

        leaves(api, SICK);

        assertThat(givenUp).isEmpty();
    }

    @Test
    void anotherHasNotBeenReadyOnItYet_goesOn() {
        serves(api);
        takes(web, false);

        leaves(api, SICK);

        assertThat(givenUp).isEmpty();
    }

    @Test
    void theOtherIsNotReadyInTime_isGivenUp() {
        serves(api);
        takes(web, false);
        leaves(api, SICK);

        takes(web, true);

        assertThat(givenUp).containsExactly(SICK);
    }

    @Test
    void nobodyWasReadyInTime_andNobodyHasFoundItUnhealthy_goesOn() {
        takes(api, true);
        takes(web, true);

        assertThat(givenUp).isEmpty();
    }

    @Test
    void whoFoundItUnhealthyTakesItAgain_stillDoubtsIt() {
        serves(api);
        serves(web);
        leaves(api, SICK);
        takes(api, false);
        assertThat(givenUp).isEmpty();

        leaves(web, WORSE);

        assertThat(givenUp).containsExactly(WORSE);
    }

    @Test
    void whoFoundItUnhealthyIsReadyOnItAgain_goesOn() {
        serves(api);
        serves(web);
        leaves(api, SICK);
        assertThat(doubts.hasComplained(api)).isTrue();
        serves(api);
        assertThat(doubts.hasComplained(api)).isFalse();

        leaves(web, null);
        leaves(api, null);

        assertThat(givenUp).isEmpty();
    }

    @Test
    void theLastWhoFoundItUnhealthyIsReadyOnItAgain_theOthersReasonIsTold() {
        SharedUnit admin = service("admin");
        serves(admin);
        serves(api);
        serves(web);
        leaves(api, SICK);
        leaves(web, WORSE);
        serves(web);

        leaves(web, null);
        leaves(admin, null);

        assertThat(givenUp).containsExactly(SICK);
    }

    @Test
    void lateIsToldAfterItIsReady_goesOn() {
        serves(web);
        serves(api);
        leaves(web, SICK);

        takes(api, true);

        assertThat(givenUp).isEmpty();
    }

    @Test
    void givenUp_nobodyIsReadyOnItAnyMore_andOnceIsEnough() {
        serves(web);
        takes(api, false);
        takes(api, true);
        leaves(web, SICK);
        assertThat(givenUp).hasSize(1);

        assertThat(doubts.trust(api, run)).isFalse();
        assertThat(doubts.trust(web, run)).isFalse();
        leaves(api, null);
        assertThat(givenUp).hasSize(1);
    }

    @Test
    void nextRun_isNotDoubtedForTheLast() {
        serves(web);
        leaves(web, SICK);
        long last = run++;

        takes(web, false);

        assertThat(doubts.hasComplained(web)).isFalse();
        assertThat(doubts.trust(web, run)).isTrue();
        leaves(web, null);
        assertThat(givenUp).hasSize(1);
        assertThat(doubts.trust(api, last)).as("what was held of the last run").isFalse();
    }

    @Test
    void complaintAboutTheLastRun_comesLate_isOfNoInterest() {
        serves(web);
        long last = run++;
        takes(api, true);

        doubts.leave(web, last, SICK);

        assertThat(givenUp).isEmpty();
    }

    @Test
    void whoDoubtsGivesItBack_whoHoldsItIsNotOutnumbered() {
        serves(web);
        serves(api);
        leaves(api, SICK);
        takes(api, false);
        leaves(api, null);

        takes(service("admin"), true);

        assertThat(givenUp).isEmpty();
    }

    @Test
    void theLastItServedLeaves_isGivenUp() {
        serves(web);
        serves(api);
        leaves(api, SICK);

        leaves(web, null);

        assertThat(givenUp).containsExactly(SICK);
    }

    @Test
    void whoLeavesHeldNothing_whoHoldsItIsNotOutnumbered() {
        serves(web);
        serves(api);
        leaves(api, SICK);

        doubts.leave(api, Dependency.NO_RUN, null);

        assertThat(givenUp).isEmpty();
    }
}
