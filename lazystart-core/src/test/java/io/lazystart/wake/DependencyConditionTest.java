// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static io.lazystart.wake.WatcherHarness.reason;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.DependencyConfig.Condition;
import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.ScriptedUnit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** Dependencies that are to be ready, to have started or to have completed, or that may be missing. */
class DependencyConditionTest {
    private static final Exit CODE_3 = new Exit(3, false, List.of("no disk"));

    private final HouseHarness house = new HouseHarness();

    @Test
    void restartWith_dependencyDies_dependentIsRestartedForThoseItServed() {
        house.service("notes", s -> s.dependsOn(edge("db", Condition.READY, false, true)))
                .service("db", s -> {})
                .open();
        Lease lease = house.acquire("notes").join();
        StringBuilder told = new StringBuilder();
        lease.onLost(reason -> told.append(reason.message()));
        house.verbs.clear();

        house.unit("db").end(CODE_3);
        house.advance(ofMillis(1));

        assertThat(told.toString()).contains("dependency db", "exit code 3");
        assertThat(house.verbs).containsSubsequence("notes STOP", "notes START").contains("db START");
        assertThat(house.status("notes")).isEqualTo(Status.READY);
    }

    @Test
    void optionalDependencyFails_dependentStartsWithout() {
        house.service("notes", s -> s.dependsOn(edge("cache", Condition.READY, true, false)))
                .service("cache", s -> {})
                .open();
        house.unit("cache").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });

        CompletableFuture<Lease> caller = house.acquire("notes");

        assertThat(caller).isCompleted();
        assertThat(house.events("notes").types()).doesNotContain(WakeEvent.Type.DEPENDENCY_READY);
    }

    @Test
    void optionalDependencyIsSlow_isWaitedForHalfOfTheTime() {
        house.service(
                        "notes",
                        s -> s.dependsOn(edge("cache", Condition.READY, true, false))
                                .wakeTimeout(ofSeconds(20)))
                .service("cache", s -> s.upstream("http://127.0.0.1:{port}"))
                .open();

        CompletableFuture<Lease> caller = house.acquire("notes");
        house.advance(ofMillis(9_999));
        assertThat(caller).isNotDone();
        house.advance(ofMillis(1));

        assertThat(caller).isCompleted();
        assertThat(house.status("cache")).isEqualTo(Status.STARTING);
    }

    @Test
    void conditionStarted_dependencyRunsButIsNotReady_dependentStarts() {
        house.service("notes", s -> s.dependsOn(edge("db", Condition.STARTED, false, false)))
                .service("db", s -> s.upstream("http://127.0.0.1:{port}"))
                .open();

        CompletableFuture<Lease> caller = house.acquire("notes");

        assertThat(caller).isCompleted();
        assertThat(house.status("db")).isEqualTo(Status.STARTING);
        assertThat(house.verbs).containsExactly("db START", "notes START");
    }

    /** The lease is asked for by another thread, which may be late. */
    @Test
    void conditionStarted_dependencyEndsBeforeItsLeaseIsAskedFor_nextAttemptWaitsForTheNextRun() {
        house.service("db", s -> {}).open();
        ScriptedUnit db = house.unit("db").willListen();
        db.startOutside();
        house.time.runDue();
        List<String> told = new ArrayList<>();
        Queue<Runnable> late = new ArrayDeque<>();
        Dependency dependency = dependencyOnDb(Condition.STARTED, told, house.time);
        Cause person = Cause.person("test");
        dependency.want(person, late::add);
        house.time.runDue();
        assertThat(told).containsExactly("satisfied");

        db.end(CODE_3);
        house.time.runDue();
        dependency.want(person, late::add);
        assertThat(dependency.satisfied()).isFalse();

        late.remove().run();
        house.time.runDue();
        assertThat(house.verbs).containsExactly("db START");
        assertThat(told).containsExactly("satisfied", "satisfied");
        dependency.want(person, late::add);
        assertThat(dependency.satisfied()).isTrue();
    }

    @Test
    void conditionStarted_startIsToldAfterItsRunHasEnded_theNextRunIsWaitedFor() {
        house.service("db", s -> {}).open();
        ScriptedUnit db = house.unit("db").willListen();
        db.startOutside();
        house.time.runDue();
        List<String> told = new ArrayList<>();
        Queue<Runnable> late = new ArrayDeque<>();
        Dependency dependency = dependencyOnDb(Condition.STARTED, told, late::add);
        dependency.want(Cause.person("test"), late::add);
        db.end(CODE_3);
        house.time.runDue();
        db.on(Call.START, () -> house.slow = "db");

        assertThat(late).hasSize(2);
        late.remove().run();
        assertThat(house.status("db")).isEqualTo(Status.STARTING);
        late.remove().run();
        house.time.runDue();

        assertThat(told).isEmpty();
    }

    private Dependency dependencyOnDb(Condition condition, List<String> told, Executor tasks) {
        Surroundings s = house.surroundings();
        Surroundings own = new Surroundings(
                s.ticker(),
                s.scheduler(),
                s.providerCalls(),
                s.vetoes(),
                s.completions(),
                tasks,
                s.cpu(),
                s.room(),
                s.firstReads(),
                s.startTimes(),
                s.circuits(),
                s.reads(),
                s.suspend());
        Dependency.Listener listener = new Told(told, false);
        return new Dependency(edge("db", condition, false, false), true, own, house::watcher, house.time, listener);
    }

    @Test
    void unitOfSeveral_theFailureOfAnEarlierStartIsToldWhenItServes_isAskedForAgain() {
        house.service("box", s -> {}).open();
        house.unit("box").on(Call.START, () -> {
            throw new IllegalStateException("no memory");
        });
        List<Runnable> queue = new ArrayList<>();
        List<String> told = new ArrayList<>();
        Dependency unit = new Dependency(
                DependencyConfig.ready("box"),
                false,
                house.surroundings(),
                house::watcher,
                queue::add,
                new Told(told, true));
        unit.want(new Cause(Cause.Kind.DEPENDENCY, "needed by web"), house.time);
        house.time.runDue();
        assertThat(house.status("box")).isEqualTo(Status.ERROR);

        house.unit("box").startOutside();
        house.time.runDue();
        for (int i = 0; i < queue.size(); i++) {
            queue.get(i).run();
            house.time.runDue();
        }

        assertThat(told).hasSize(2).last().isEqualTo("satisfied");
        assertThat(unit.heldRun()).isEqualTo(house.watcher("box").snapshot().epoch());
    }

    @Test
    void conditionStarted_dependencyFailedBefore_itsOldStartDoesNotCount() {
        house.service("notes", s -> s.dependsOn(edge("db", Condition.STARTED, false, false)))
                .service("db", s -> s.upstream("http://127.0.0.1:{port}"))
                .open();
        assertThat(house.acquire("db")).isNotDone();
        house.unit("db").end(CODE_3);
        house.advance(ofSeconds(1));
        assertThat(house.status("db")).isEqualTo(Status.ERROR);
        house.unit("db").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });

        CompletableFuture<Lease> caller = house.acquire("notes");

        assertThat(reason(caller).message()).contains("dependency db", "broken");
        assertThat(house.unit("notes").calls()).isEmpty();
    }

    @Test
    void group_optionalMemberDies_goesOn() {
        house.group("shop", edge("web", Condition.READY, false, false), edge("cache", Condition.READY, true, false))
                .service("web", s -> {})
                .service("cache", s -> {})
                .open();
        Lease lease = house.acquire("shop").join();
        StringBuilder told = new StringBuilder();
        lease.onLost(reason -> told.append(reason.message()));

        house.unit("cache").end(CODE_3);
        house.advance(ofSeconds(1));

        assertThat(told).isEmpty();
        assertThat(house.status("shop")).isEqualTo(Status.READY);
    }

    @Test
    void group_isReadyWhenAllMembersAre_andSleepsWithThem() {
        house.group("shop", "web", "worker")
                .service("web", s -> {})
                .service("worker", s -> {})
                .open();

        Lease lease = house.acquire("shop").join();
        assertThat(house.verbs).containsExactly("web START", "worker START");
        lease.close();
        house.advance(ofMinutes(15));

        assertThat(house.status("shop")).isEqualTo(Status.NAPPING);
        assertThat(house.verbs).contains("web STOP", "worker STOP");
    }

    @Test
    void group_memberFails_isInErrorWithItsReason() {
        house.group("shop", "web", "worker")
                .service("web", s -> {})
                .service("worker", s -> {})
                .open();
        house.unit("worker").on(Call.START, () -> {
            throw new IllegalStateException("no queue");
        });

        CompletableFuture<Lease> caller = house.acquire("shop");

        assertThat(reason(caller).message()).contains("dependency worker", "no queue");
        assertThat(house.watcher("shop").snapshot().status()).isEqualTo(Status.ERROR);
    }

    private static DependencyConfig edge(String service, Condition condition, boolean optional, boolean restartWith) {
        return new DependencyConfig(service, condition, optional, restartWith);
    }

    @Test
    void dependencyOfTwoThatNeverSleeps_isSharedAndStays() {
        house.service("a", s -> s.dependsOn("db").idleTimeout(ofSeconds(10)))
                .service("b", s -> s.dependsOn("db").idleTimeout(ServiceConfig.NEVER))
                .service("db", s -> s.idleTimeout(ServiceConfig.NEVER))
                .open();
        house.acquire("a").join().close();
        house.acquire("b").join().close();

        house.advance(ofMinutes(60));
        assertThat(house.status("a")).isEqualTo(Status.NAPPING);
        assertThat(house.status("b")).isEqualTo(Status.READY);
        house.watcher("b").sleepNow();
        house.advance(ofMinutes(60));

        assertThat(house.status("db")).isEqualTo(Status.READY);
        assertThat(house.acquire("a")).isCompleted();
        assertThat(house.unit("db").calls()).containsExactly(Call.START);
    }

    /** Notes what becomes of a dependency; {@code again} says whether it is tried again when it fails. */
    private record Told(List<String> told, boolean again) implements Dependency.Listener {
        @Override
        public void onSatisfied() {
            told.add("satisfied");
        }

        @Override
        public boolean onFailed(Reason reason, long retryAtNanos) {
            told.add(reason.message());
            return again;
        }

        @Override
        public void onLost(Reason reason) {
            told.add(reason.message());
        }
    }
}
