// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static io.lazystart.ReloadHarness.plan;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import io.lazystart.failure.Reason.Kind;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of a unit that several services use when those leave, change, or the host closes. */
class SharedDeparturesTest {
    private static final Units.Key BOX = new Units.Key("scripted", "box");

    private final ReloadHarness host = new ReloadHarness();

    private List<Reason> losses(String service) {
        List<Reason> lost = new ArrayList<>();
        host.acquire(service).join().onLost(lost::add);
        return lost;
    }

    @Test
    void allUsersRemoved_thatAreLeftOnClose_theUnitGoesOn() {
        host.load(plan().left("web", "box").left("admin", "box").service("other", "two"));
        host.acquire("web").join().close();
        host.acquire("admin").join().close();

        host.load(plan().service("other", "two"));
        host.time.advance(ofMinutes(5));

        assertThat(host.verbs).containsExactly("box START");
        assertThat(host.registry.holders().of(BOX)).isNull();
        assertThat(host.forgotten).containsExactlyInAnyOrder("web", "admin");
    }

    @Test
    void allUsersRemoved_thatAreLeftOnClose_whileInUse_theUnitGoesOn() {
        host.load(plan().left("web", "box").left("admin", "box").service("other", "two"));
        Lease lease = host.acquire("web").join();

        host.load(plan().service("other", "two"));
        host.time.advance(ofSeconds(5));
        lease.close();
        host.time.advance(ofMinutes(5));

        assertThat(host.verbs).containsExactly("box START");
        assertThat(host.registry.holders().of(BOX)).isNull();
    }

    @Test
    void allUsersRemoved_thatAreLeftOnClose_whenTheLastLetsGoTheUnitGoesOn() {
        host.load(plan().left("web", "box").left("admin", "box").service("other", "two"));
        host.acquire("web").join().close();
        onEvent("web", WakeEvent.Type.NAPPING);

        host.load(plan().service("other", "two"));
        host.time.advance(ofMinutes(5));

        assertThat(host.verbs).containsExactly("box START");
    }

    @Test
    void allUsersRemoved_thatAreLeftOnClose_keepTheUnitWhileOneDrainsForItsDependent() {
        host.load(plan().left("db", "box")
                .left("admin", "box")
                .service(
                        "web",
                        "two",
                        service -> service.dependsOn("db")
                                .stop(new StopConfig(StopConfig.Method.STOP, null, ofSeconds(10), ofMinutes(5)))));
        List<Reason> lost = losses("web");
        UnitWatcher db = host.watcher("db");
        host.load(plan().service("other", "three"));
        host.time.advance(ofMinutes(2));
        assertThat(lost).isEmpty();
        assertThat(db.snapshot().leases()).isOne();

        CompletableFuture<Void> closed = host.registry.close();
        host.time.advance(ofMinutes(1));

        assertThat(closed).isCompleted();
        assertThat(host.verbs).containsExactly("box START", "two START", "two STOP");
    }

    @Test
    void allUsersGetOtherUnits_theFormerIsStopped_alsoWhereItIsLeftOnClose() {
        host.load(plan().left("web", "box").left("admin", "box"));
        host.acquire("web").join().close();

        host.load(plan().left("web", "one").left("admin", "two"));
        host.time.advance(ofSeconds(1));

        assertThat(host.verbs).containsExactly("box START", "box STOP");
        assertThat(host.registry.holders().of(BOX)).isNull();
    }

    /** Has what other threads do be done at once when a service tells of it, before its thread goes on. */
    private void onEvent(String service, WakeEvent.Type type) {
        host.watcher(service)
                .subscribe(
                        event -> {
                            if (event.type() == type) {
                                host.time.runDue();
                            }
                        },
                        Runnable::run);
    }

    @Test
    void oneUserRemoved_itsLeaseIsLostAfterTheDrain_andTheUnitGoesOnForOthers() {
        host.load(plan().left("web", "box").left("admin", "box").left("api", "box"));
        List<Reason> web = losses("web");
        List<Reason> admin = losses("admin");

        host.load(plan().left("admin", "box").left("api", "box"));
        host.time.advance(ofSeconds(29));
        assertThat(web).isEmpty();
        host.time.advance(ofSeconds(2));

        assertThat(web).extracting(Reason::kind).containsExactly(Kind.REMOVED);
        assertThat(admin).isEmpty();
        assertThat(host.forgotten).containsExactly("web");
        assertThat(host.status("admin")).isEqualTo(Status.READY);
        assertThat(host.verbs).containsExactly("box START");
    }

    @Test
    void oneUserRemoved_whileTheOthersSleep_theUnitSleepsWhenTheDrainIsOver() {
        host.load(plan().left("web", "box").left("admin", "box").left("api", "box"));
        List<Reason> web = losses("web");

        host.load(plan().left("admin", "box").left("api", "box"));
        host.time.advance(ofSeconds(29));
        assertThat(host.verbs).containsExactly("box START");
        host.time.advance(ofSeconds(2));

        assertThat(web).extracting(Reason::kind).containsExactly(Kind.REMOVED);
        assertThat(host.verbs).containsExactly("box START", "box STOP");
    }

    @Test
    void hostCloses_aUnitThatIsLeftGoesOn_andItsUsersAreTold() {
        host.load(plan().left("web", "box").left("admin", "box"));
        List<Reason> web = losses("web");
        host.acquire("admin").join().close();

        CompletableFuture<Void> closed = host.registry.close();
        host.time.advance(ofMinutes(1));

        assertThat(closed).isDone();
        assertThat(web).extracting(Reason::kind).containsExactly(Kind.CLOSING);
        assertThat(host.verbs).containsExactly("box START");
    }

    @Test
    void hostCloses_itsUsersLetGoBeforeTheTurnOfAUnitThatIsLeft_itGoesOn() {
        host.load(plan().left("web", "box").left("admin", "box").service("other", "two"));
        host.acquire("web").join().close();
        host.acquire("other").join().close();
        onEvent("other", WakeEvent.Type.STOPPING);

        CompletableFuture<Void> closed = host.registry.close();
        host.time.advance(ofMinutes(1));

        assertThat(closed).isDone();
        assertThat(host.verbs).containsExactly("box START", "two START", "two STOP");
    }

    @Test
    void otherSettings_andANewUserAtTheSameTime_allAreOnTheNewUnit() {
        host.load(plan().service("web", "box").service("admin", "box"));
        host.acquire("web").join().close();
        host.acquire("admin").join().close();

        host.version = 2;
        host.load(plan().service("web", "box").service("admin", "box").service("api", "box"));
        host.time.advance(ofSeconds(1));
        host.acquire("api").join().close();
        host.acquire("web").join().close();
        host.acquire("admin").join().close();

        assertThat(host.verbs).containsExactly("box START", "box STOP", "box2 START");
    }

    @Test
    void otherSettings_andANewUserThatIsNamedFirst_whileInUse_waitsForTheNewUnit() {
        host.load(plan().service("web", "box").service("admin", "box"));
        Lease lease = host.acquire("web").join();

        host.version = 2;
        host.load(plan().service("api", "box").service("web", "box").service("admin", "box"));
        CompletableFuture<Lease> api = host.acquire("api");
        assertThat(api).isNotDone();
        lease.close();
        host.time.advance(ofSeconds(1));

        assertThat(api).isCompleted();
        assertThat(host.acquire("web")).isCompleted();
        assertThat(host.verbs).containsExactly("box START", "box STOP", "box2 START");
    }

    private static void fragile(ServiceConfigBuilder service) {
        service.backoff(new BackoffConfig(ofSeconds(1), ofSeconds(1), ofSeconds(1), 1));
    }

    private static ReloadHarness.Plan fragileUsers() {
        return plan().service("web", "box", SharedDeparturesTest::fragile)
                .service("admin", "box", SharedDeparturesTest::fragile);
    }

    private void openTheirCircuit() {
        host.unit("box").on(Call.START, () -> {
            throw new IllegalStateException("broken");
        });
        host.load(fragileUsers());
        assertThat(host.acquire("web")).isCompletedExceptionally();
        assertThat(host.alerts).contains("opened web", "opened admin");
        host.alerts.clear();
    }

    @Test
    void otherSettings_whileTheCircuitIsOpen_theAlertIsOver() {
        openTheirCircuit();

        host.version = 2;
        host.load(fragileUsers());
        host.time.advance(ofSeconds(1));

        assertThat(host.alerts).contains("closed web", "closed admin").doesNotContain("opened web", "opened admin");
        assertThat(host.acquire("web")).isCompleted();
    }

    @Test
    void oneUserIsLeftAlone_whileTheCircuitIsOpen_theAlertIsOver() {
        openTheirCircuit();

        host.load(plan().service("web", "box", SharedDeparturesTest::fragile));
        host.time.advance(ofSeconds(1));

        assertThat(host.alerts).contains("closed web", "closed admin").doesNotContain("opened web");
        assertThat(host.watcher("web").snapshot().circuitOpen()).isFalse();
    }
}
