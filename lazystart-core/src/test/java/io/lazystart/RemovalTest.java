// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.plan;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.failure.WakeException;
import io.lazystart.provider.Exit;
import io.lazystart.testkit.RecordingListener;
import io.lazystart.testkit.ScriptedUnit;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Lease;
import io.lazystart.watch.LifeEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What becomes of a service that is removed, of its unit, and of those who still have to do with it. */
class RemovalTest {
    private final ReloadHarness host = new ReloadHarness();

    private static Consumer<ServiceConfigBuilder> drain(Duration drain, String... dependencies) {
        StopConfig stop = new StopConfig(StopConfig.Method.STOP, null, ofSeconds(10), drain);
        return service -> service.dependsOn(dependencies).stop(stop);
    }

    private static void isRefusedAsRemoved(CompletableFuture<Lease> caller) {
        assertThat(caller)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingRootCause()
                .asInstanceOf(throwable(WakeException.class))
                .extracting(refusal -> refusal.reason().kind())
                .isEqualTo(Kind.REMOVED);
    }

    private static ReloadHarness.Plan pausing() {
        StopConfig pause = new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(10), ofSeconds(30));
        return database()
                .service(
                        "web",
                        "two",
                        service -> service.dependsOn("db")
                                .idleTimeout(ofSeconds(10))
                                .stop(pause));
    }

    private static ReloadHarness.Plan database() {
        return plan().service("db", "one", service -> service.idleTimeout(ofSeconds(5)));
    }

    @Test
    void pausing_whileReady_isStopped_andWhatItNeededSleeps() {
        host.load(pausing());
        host.acquire("web").join().close();

        host.load(database());
        host.time.advance(ofSeconds(6));

        assertThat(host.verbs).containsExactly("one START", "two START", "two STOP", "one STOP");
        assertThat(host.status("db")).isEqualTo(Status.NAPPING);
    }

    @Test
    void pausing_whilePaused_isStopped_andWhatItNeededSleeps() {
        host.load(pausing());
        host.acquire("web").join().close();
        host.time.advance(ofMinutes(1));
        assertThat(host.verbs).containsExactly("one START", "two START", "two PAUSE");

        host.load(database());
        host.time.advance(ofSeconds(6));

        assertThat(host.verbs).containsExactly("one START", "two START", "two PAUSE", "two STOP", "one STOP");
        assertThat(host.status("db")).isEqualTo(Status.NAPPING);
    }

    @Test
    void pausing_whileItIsBeingPaused_isStopped() {
        host.load(pausing());
        host.acquire("web").join().close();
        host.slow = true;
        host.time.advance(ofSeconds(11));

        host.load(database());
        host.runHung();
        host.time.advance(ofSeconds(6));

        assertThat(host.verbs).containsExactly("one START", "two START", "two PAUSE", "two STOP", "one STOP");
    }

    private static ReloadHarness.Plan house() {
        return plan().service("db", "one", drain(ofSeconds(1))).service("web", "two", drain(ofMinutes(5), "db"));
    }

    @Test
    void withItsDependentThatDrains_refusesAtOnceWhoKeptItsHandle() {
        host.load(house());
        List<String> lost = new ArrayList<>();
        Lease lease = host.acquire("web").join();
        lease.onLost(reason -> lost.add("web"));
        UnitWatcher db = host.watcher("db");

        host.load(plan().service("other", "three"));

        assertThat(db.tryAcquire()).isNull();
        isRefusedAsRemoved(host.acquire(db));
        host.time.advance(ofMinutes(4));
        assertThat(lost).isEmpty();
        assertThat(host.verbs).containsExactly("one START", "two START");

        lease.close();
        host.time.advance(ofSeconds(1));
        assertThat(host.verbs).containsExactly("one START", "two START", "two STOP", "one STOP");
    }

    @Test
    void withItsDependentThatDrains_whoWaitsForItIsToldAtOnce() {
        host.load(house());
        List<String> lost = new ArrayList<>();
        host.acquire("web").join().onLost(reason -> lost.add("web"));
        host.slow = true;
        host.unit("one").end(new Exit(3, false, List.of()));
        CompletableFuture<Lease> waiting = host.acquire("db");
        assertThat(waiting).isNotDone();

        host.load(plan().service("other", "three"));

        isRefusedAsRemoved(waiting);
        assertThat(lost).isEmpty();
    }

    /** A unit that goes on running whatever is done to it, until it is mended. */
    private ScriptedUnit stubborn(String name) {
        ScriptedUnit unit = host.unit(name);
        for (Call call : List.of(Call.STOP, Call.KILL)) {
            unit.on(call, () -> {
                host.verbs.add(name + " " + call);
                throw new IllegalStateException("no");
            });
        }
        return unit;
    }

    @Test
    void unitThatCannotBeStopped_isTriedAgainUntilItIs_andOnlyThenAnothers() {
        host.load(plan().service("web", "one"));
        host.acquire("web").join().close();
        ScriptedUnit unit = stubborn("one");

        host.load(plan().service("api", "one", service -> service.holdTimeout(ofMinutes(30))));
        CompletableFuture<Lease> caller = host.acquire("api");
        host.time.advance(ofMinutes(5));
        assertThat(host.verbs).startsWith("one START", "one STOP", "one KILL", "one KILL", "one KILL");
        assertThat(caller).isNotDone();
        assertThat(host.forgotten).isEmpty();
        assertThat(unit.count(Call.START)).isOne();

        host.verbs.clear();
        unit.on(Call.KILL, () -> host.verbs.add("one KILL")).on(Call.START, () -> host.verbs.add("one START"));
        host.time.advance(ofMinutes(10));

        assertThat(host.verbs).containsExactly("one KILL", "one START");
        assertThat(caller).isCompleted();
        assertThat(host.forgotten).containsExactly("web");
    }

    @Test
    void unitThatCannotBeStopped_thatEndsByItself_isAnothersAtOnce() {
        host.load(plan().service("web", "one"));
        host.acquire("web").join().close();
        ScriptedUnit unit = stubborn("one");
        host.load(plan().service("api", "one", service -> service.holdTimeout(ofMinutes(30))));
        CompletableFuture<Lease> caller = host.acquire("api");
        host.time.advance(ofMinutes(5));

        unit.end(new Exit(0, false, List.of()));
        host.time.runDue();

        assertThat(caller).isCompleted();
    }

    @Test
    void unitThatCannotBeStopped_hostCloses_endsAllTheSame() {
        host.load(plan().service("web", "one").service("other", "two"));
        host.acquire("web").join().close();
        stubborn("one");
        host.load(plan().service("other", "two"));
        host.time.advance(ofMinutes(5));

        CompletableFuture<Void> closed = host.registry.close();
        host.time.advance(ofSeconds(25));

        assertThat(closed).isDone();
        int tries = host.verbs.size();
        host.time.advance(ofMinutes(60));
        assertThat(host.verbs).hasSize(tries);
    }

    @Test
    void unitThatCannotBeStopped_hostClosesWhileItIsKilled_endsAllTheSame() {
        host.load(plan().service("web", "one").service("other", "two"));
        host.acquire("web").join().close();
        stubborn("one");
        host.load(plan().service("other", "two"));
        host.slow = true;
        host.time.advance(ofMinutes(5));

        CompletableFuture<Void> closed = host.registry.close();
        host.time.advance(ofSeconds(30));

        assertThat(closed).isDone();
    }

    @Test
    void hostCloses_whileThoseRemovedDrain_theirDependencyGoesLast() {
        host.load(house());
        host.acquire("web").join();
        host.load(plan().service("other", "three"));
        host.verbs.clear();
        stubbornToStop("two");

        CompletableFuture<Void> closed = host.registry.close();
        host.time.advance(ofSeconds(25));

        assertThat(closed).isDone();
        assertThat(host.verbs).containsExactly("two KILL", "one STOP");
    }

    @Test
    void hostCloses_whileAServiceWhoseDependencyHasChangedDrains_theFormerOneGoesAfterIt() {
        host.load(
                plan().service("db", "one").service("cache", "four").service("web", "two", drain(ofMinutes(5), "db")));
        host.acquire("web").join();
        host.load(plan().service("db", "one")
                .service("cache", "four")
                .service("web", "three", drain(ofMinutes(5), "cache")));
        host.verbs.clear();
        stubbornToStop("two");

        CompletableFuture<Void> closed = host.registry.close();
        host.time.advance(ofSeconds(25));

        assertThat(closed).isDone();
        assertThat(host.verbs).containsExactly("two KILL", "one STOP");
    }

    /** A unit that takes a moment longer to end than others. */
    private void stubbornToStop(String name) {
        host.unit(name).on(Call.STOP, () -> {
            throw new IllegalStateException("no");
        });
    }

    @Test
    void leftOnClose_whileAsleep_nothingIsTold() {
        host.load(plan().left("web", "one").service("other", "two"));
        host.acquire("web").join().close();
        UnitWatcher web = host.watcher("web");
        web.sleep();
        host.time.advance(ofSeconds(1));
        assertThat(host.status("web")).isEqualTo(Status.NAPPING);
        List<LifeEntry> life = web.history();
        RecordingListener heard = new RecordingListener();
        web.subscribe(heard, Runnable::run);
        int before = heard.types().size();

        host.load(plan().service("other", "two"));
        host.time.advance(ofSeconds(1));

        assertThat(heard.types()).hasSize(before);
        assertThat(web.history()).isEqualTo(life);
        assertThat(host.forgotten).containsExactly("web");
        assertThat(host.unit("one").calls()).containsExactly(Call.START, Call.STOP);
    }
}
