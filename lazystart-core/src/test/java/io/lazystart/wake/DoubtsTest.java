// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.failure.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When a unit that several services use is given up as unhealthy, crossed with what becomes of a service on it. */
class DoubtsTest {
    private static final Reason SICK = Reason.of(Reason.Kind.UNHEALTHY, "api: unhealthy: HTTP 503");
    private static final long RUN = 7;

    /** What the unit's watcher was asked to judge by. */
    private final List<Idleness.Judge> judges = new ArrayList<>();

    private Consumer<Idleness.Judge> watcher = judges::add;

    private final Doubts doubts = new Doubts(judge -> watcher.accept(judge));
    private final SharedUnit web = service("web");
    private final SharedUnit api = service("api");

    private SharedUnit service(String name) {
        HouseHarness house = new HouseHarness().service("box", s -> {}).open();
        return new SharedUnit(name, house.unit("box"), house.watcher("box"), doubts);
    }

    private Reason judge(long run, int leases) {
        return judges.get(judges.size() - 1).condemn(run, leases);
    }

    private void serves(SharedUnit service) {
        doubts.hold(service, RUN, false);
        assertThat(doubts.trust(service, RUN)).isTrue();
    }

    @Test
    void complaintOfTheOnlyOneWhoHoldsIt_isGivenUp() {
        serves(api);

        doubts.complain(api, RUN, SICK);

        assertThat(judge(RUN, 1)).isEqualTo(SICK);
        assertThat(doubts.isGivenUp(RUN)).isTrue();
    }

    @Test
    void complaint_anotherHoldsIt_goesOn() {
        serves(api);
        serves(web);

        doubts.complain(api, RUN, SICK);

        assertThat(judge(RUN, 2)).isNull();
    }

    @Test
    void anotherHoldsItThatHasNotBeenReadyYet_goesOn() {
        serves(api);
        doubts.hold(web, RUN, false);

        doubts.complain(api, RUN, SICK);

        assertThat(judge(RUN, 2)).isNull();
    }

    @Test
    void theOtherWasNotReadyInTime_isGivenUp() {
        serves(api);
        doubts.complain(api, RUN, SICK);

        doubts.hold(web, RUN, true);

        assertThat(judge(RUN, 2)).isEqualTo(SICK);
    }

    @Test
    void nobodyWasReadyInTime_andNobodyHasComplained_goesOn() {
        doubts.hold(api, RUN, true);
        doubts.hold(web, RUN, true);

        assertThat(judge(RUN, 2)).isNull();
    }

    @Test
    void whoHasComplainedTakesItAgain_stillDoubtsIt() {
        serves(api);
        doubts.complain(api, RUN, SICK);
        doubts.leave(api, RUN);

        doubts.hold(api, RUN, false);

        assertThat(judge(RUN, 1)).isEqualTo(SICK);
    }

    @Test
    void whoHasComplainedIsReadyOnItAgain_goesOn() {
        serves(api);
        doubts.complain(api, RUN, SICK);
        assertThat(doubts.trust(api, RUN)).isTrue();
        doubts.leave(api, RUN);

        assertThat(verdicts(1, () -> doubts.hold(api, RUN, false))).isEmpty();
    }

    @Test
    void lateIsToldAfterItIsReady_goesOn() {
        serves(web);
        doubts.complain(web, RUN, SICK);
        doubts.leave(web, RUN);
        serves(api);

        assertThat(verdicts(1, () -> doubts.hold(api, RUN, true))).isEmpty();
    }

    @Test
    void givenUp_nobodyIsReadyOnItAnyMore() {
        serves(web);
        doubts.complain(web, RUN, SICK);
        doubts.hold(api, RUN, true);
        assertThat(judge(RUN, 2)).isEqualTo(SICK);

        assertThat(doubts.trust(api, RUN)).isFalse();
        assertThat(doubts.trust(web, RUN)).isFalse();
        assertThat(judge(RUN, 0)).as("once is enough").isNull();
    }

    @Test
    void nextRun_isNotDoubtedForTheLast() {
        serves(web);
        doubts.complain(web, RUN, SICK);
        assertThat(judge(RUN, 1)).isEqualTo(SICK);

        doubts.hold(web, RUN + 1, false);

        assertThat(judge(RUN + 1, 1)).isNull();
        assertThat(doubts.trust(web, RUN + 1)).isTrue();
        assertThat(doubts.trust(api, RUN)).as("what was held of the last run").isFalse();
    }

    @Test
    void complaintAboutTheLastRun_comesLate_isOfNoInterest() {
        serves(web);
        doubts.hold(api, RUN + 1, true);

        doubts.complain(web, RUN, SICK);

        assertThat(judge(RUN + 1, 1)).isNull();
    }

    @Test
    void whoDoubtsGivesItBack_whoHoldsItIsNotOutnumbered() {
        serves(web);
        serves(api);
        doubts.complain(api, RUN, SICK);

        doubts.leave(api, RUN);

        assertThat(judge(RUN, 1)).isNull();
    }

    /** The verdict while so many leases are open, of all that were asked for since. */
    private List<Reason> verdicts(int leases, Runnable happening) {
        List<Reason> verdicts = new ArrayList<>();
        watcher = judge -> verdicts.add(judge.condemn(RUN, leases));
        happening.run();
        return verdicts;
    }

    @Test
    void theLastItServedLeaves_isGivenUp() {
        serves(web);
        serves(api);
        doubts.complain(api, RUN, SICK);
        doubts.leave(api, RUN);

        assertThat(verdicts(1, () -> doubts.leave(web, RUN))).containsExactly(SICK);
    }

    @Test
    void whoLeavesHeldNothing_whoHoldsItIsNotOutnumbered() {
        serves(web);
        serves(api);
        doubts.complain(api, RUN, SICK);
        doubts.leave(api, RUN);

        assertThat(verdicts(1, () -> doubts.leave(api, Dependency.NO_RUN))).containsOnlyNulls();
    }

    @Test
    void whoComplainedIsWellAgain_itsComplaintIsNobodysAnyMore() {
        serves(web);
        serves(api);
        doubts.complain(api, RUN, SICK);
        assertThat(doubts.hasComplained(api)).isTrue();
        serves(api);
        assertThat(doubts.hasComplained(api)).isFalse();
        doubts.leave(api, RUN);

        assertThat(verdicts(1, () -> doubts.leave(web, RUN))).containsOnlyNulls();
    }
}
