// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of units while nobody tells of them. */
class ReconciliationTest {
    private final ReloadHarness host = new ReloadHarness();

    private boolean stale(String service) {
        return host.watcher(service).snapshot().stale();
    }

    @Test
    void streamLost_whatIsKnownStaysAndIsStale_untilItIsReadAgain() {
        host.load(plan().service("web", "one").service("api", "two"));
        host.acquire("web").join();
        assertThat(stale("web")).isFalse();

        host.provider.lose();
        host.unit("one").become(State.STOPPED);
        host.time.advance(Duration.ofSeconds(30));
        assertThat(host.status("web")).isEqualTo(Status.READY);
        assertThat(stale("web")).isTrue();
        assertThat(stale("api")).isTrue();
        host.provider.resync();
        host.time.runDue();

        assertThat(host.status("web")).isEqualTo(Status.ERROR);
        assertThat(stale("web")).isFalse();
        assertThat(stale("api")).isFalse();
    }

    @Test
    void streamLost_servicesThatShareAUnitAreStale_andWhatIsWatchedOnlySince() {
        host.load(plan().service("web", "box").service("admin", "box"));

        host.provider.lose();
        host.load(plan().service("web", "box").service("admin", "box").service("new", "two"));
        assertThat(stale("web")).isTrue();
        assertThat(stale("new")).isTrue();
        host.provider.resync();
        host.time.runDue();

        assertThat(stale("web")).isFalse();
        assertThat(stale("new")).isFalse();
    }

    @Test
    void statusThatCannotBeRead_isStale_andTriedAgainEverMoreRarely() {
        host.load(plan().service("web", "one"));
        host.acquire("web").join();
        int before = host.unit("one").count(Call.STATUS);
        host.unit("one").on(Call.STATUS, () -> {
            throw new IllegalStateException("daemon away");
        });

        host.provider.resync();
        host.time.advance(Duration.ofMinutes(2));

        assertThat(host.status("web")).isEqualTo(Status.READY);
        assertThat(stale("web")).isTrue();
        assertThat(host.unit("one").count(Call.STATUS) - before).isEqualTo(7); // at 0, 1, 3, 7, 15, 31 and 63 s
    }

    @Test
    void silentProvider_awakeUnitsAreReadEachTenSeconds_andTheOthersEachMinute() {
        host.load(plan().service("web", "one").service("api", "two"));
        host.acquire("web").join();
        int web = host.unit("one").count(Call.STATUS);
        int api = host.unit("two").count(Call.STATUS);

        try (Rounds rounds = new Rounds(host.time, host.registry.holders())) {
            rounds.of(Set.of("scripted"));
            host.time.advance(Duration.ofMinutes(2));
            assertThat(host.unit("one").count(Call.STATUS) - web).isEqualTo(12);
            assertThat(host.unit("two").count(Call.STATUS) - api).isEqualTo(2);

            host.unit("two").become(State.RUNNING);
            host.time.advance(Duration.ofMinutes(1));
            assertThat(host.status("api")).isEqualTo(Status.READY);
            host.unit("two").become(State.STOPPED);
            host.time.advance(Duration.ofSeconds(10));
            assertThat(host.status("api")).isEqualTo(Status.NAPPING);
        }
        int end = host.unit("one").count(Call.STATUS);
        host.time.advance(Duration.ofMinutes(2));
        assertThat(host.unit("one").count(Call.STATUS)).isEqualTo(end);
    }

    @Test
    void noSilentProvider_nothingRuns() {
        host.load(plan().service("web", "one"));
        int before = host.unit("one").count(Call.STATUS);

        try (Rounds rounds = new Rounds(host.time, host.registry.holders())) {
            rounds.of(Set.of());
            host.time.advance(Duration.ofMinutes(5));
            assertThat(host.unit("one").count(Call.STATUS)).isEqualTo(before);

            rounds.of(Set.of("scripted"));
            host.time.advance(Duration.ofMinutes(1));
            assertThat(host.unit("one").count(Call.STATUS)).isGreaterThan(before);
        }
    }

    @Test
    void streamLost_unusedServiceSleepsAllTheSame() {
        host.load(plan().service("web", "one", service -> service.idleTimeout(Duration.ofMinutes(1))));
        host.acquire("web").join().close();

        host.provider.lose();
        host.time.advance(Duration.ofMinutes(1));

        assertThat(host.status("web")).isEqualTo(Status.NAPPING);
        assertThat(host.verbs).containsExactly("one START", "one STOP");
    }

    @Test
    void streamLost_callerIsServedAllTheSame() {
        host.load(plan().service("web", "one"));

        host.provider.lose();

        assertThat(host.acquire("web")).isCompleted();
        assertThat(host.status("web")).isEqualTo(Status.READY);
    }

    @Test
    void streamStaysLost_unitsAreReadInRoundsUntilItIsHeardAgain() {
        host.load(plan().service("web", "one"));
        host.acquire("web").join().close();

        try (Rounds rounds = new Rounds(host.time, host.registry.holders())) {
            rounds.of(Set.of());
            rounds.lost("scripted");
            rounds.lost("scripted");
            host.unit("one").become(State.STOPPED);
            host.time.advance(Duration.ofSeconds(10));
            assertThat(host.status("web")).isEqualTo(Status.NAPPING);

            rounds.heard("scripted");
            int reads = host.unit("one").count(Call.STATUS);
            host.time.advance(Duration.ofMinutes(5));
            assertThat(host.unit("one").count(Call.STATUS)).isEqualTo(reads);
            rounds.lost("scripted");
            host.time.advance(Duration.ofMinutes(1));
            assertThat(host.unit("one").count(Call.STATUS)).isEqualTo(reads + 1);
        }
    }
}
