// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.failure.Reason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a unit that several services use is put down as unhealthy, crossed with a service's becoming ready on it. */
class DoubtsTest {
    private static final Reason SICK = Reason.of(Reason.Kind.UNHEALTHY, "api: unhealthy: HTTP 503");
    private static final long RUN = 7;

    /** What the unit's watcher was asked to do, by which it would be put down. */
    private final List<UnitWatcher.Judge> judges = new ArrayList<>();

    private long run = RUN;
    private final Doubts doubts = new Doubts(() -> run, judges::add);
    private final SharedUnit web = service("web");
    private final SharedUnit api = service("api");

    private SharedUnit service(String name) {
        HouseHarness house = new HouseHarness().service("box", s -> {}).open();
        return new SharedUnit(name, house.unit("box"), house.watcher("box"), doubts);
    }

    private Reason judge(long epoch, int leases) {
        return judges.get(judges.size() - 1).condemn(epoch, leases);
    }

    @Test
    void givenUp_nobodyHoldsIt_isPutDown() {
        api.giveUp(SICK);

        assertThat(judge(RUN, 0)).isEqualTo(SICK);
    }

    @Test
    void givenUp_somebodyHoldsItWithoutADoubt_goesOn() {
        api.giveUp(SICK);
        api.doubt(RUN);

        assertThat(judge(RUN, 2)).isNull();
        assertThat(web.trust(RUN)).isTrue();
    }

    @Test
    void doubtedByAll_nobodyHasGivenItUp_goesOn() {
        api.doubt(RUN);
        web.doubt(RUN);

        assertThat(judge(RUN, 2)).isNull();
    }

    @Test
    void trustedAgain_atTheMomentOfTheJudgement_goesOn() {
        api.giveUp(SICK);
        api.doubt(RUN);
        assertThat(api.trust(RUN)).isTrue();

        assertThat(judge(RUN, 1)).isNull();
    }

    @Test
    void condemned_nobodyIsReadyOnItAnyMore() {
        api.giveUp(SICK);
        api.doubt(RUN);
        assertThat(judge(RUN, 1)).isEqualTo(SICK);

        assertThat(api.trust(RUN)).isFalse();
        assertThat(web.trust(RUN)).isFalse();
    }

    @Test
    void nextRun_isNotDoubtedForTheLast() {
        api.giveUp(SICK);
        api.doubt(RUN);
        assertThat(judge(RUN, 1)).isEqualTo(SICK);

        run++;

        assertThat(judge(run, 0)).isNull();
        assertThat(api.trust(run)).isTrue();
        assertThat(web.trust(RUN)).as("what was held of the last run").isFalse();
    }

    @Test
    void doubtOfTheLastRun_comesLate_isOfNoInterest() {
        run++;
        api.giveUp(SICK);
        web.doubt(RUN);

        assertThat(judge(run, 1)).isNull();
    }

    @Test
    void whoDoubtsGivesItBack_thoseWhoHoldItAreNotOutnumbered() {
        api.giveUp(SICK);
        api.doubt(RUN);
        api.forget();

        assertThat(judge(RUN, 1)).isNull();
    }
}
