// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.provider.Capability;
import io.lazystart.provider.DiscoveredService;
import io.lazystart.provider.Exit;
import io.lazystart.provider.Health;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the core asks of every provider, as a test to extend: say how to open the provider, how to describe units, and how
 * to act on a unit behind its back. {@code docs/writing-a-provider.md} goes through one from scratch.
 *
 * <p>What a provider cannot do by its {@link io.lazystart.provider.Provider#capabilities() capabilities} is not asked of
 * it; instead it must refuse by an {@link UnsupportedOperationException}, and the case is then reported as skipped. So is
 * a case about a kind of unit, an outside action or a hold that the author says does not exist.
 *
 * <p>Each case opens a provider of its own, in a state directory of its own, makes every call on a thread of its own, and
 * fails when a call does not end in time. Afterwards its units are killed.
 */
public abstract class ProviderContractTest extends CloseCases {
    private static final String NO_SIGNAL = "SIGNOSUCH";

    /** For the provider's own test. */
    protected ProviderContractTest() {}

    @Test
    void missing_everyCall_isDoneOrRefusedAndStaysStopped() throws Exception {
        ContractUnit unit = unit(UnitKind.MISSING);

        assertThat(unit.status()).isEqualTo(new UnitStatus(State.STOPPED, null, null));
        unit.call(Call.START).refused();
        unit.call(Call.STOP).done();
        unit.call(Call.KILL).done();
        unit.call(Call.PAUSE).refused();
        unit.call(Call.UNPAUSE).refused();
        assertThat(unit.call(Call.ADDRESS).value()).as("address").isNull();
        assertThat(unit.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void address_unitListens_isKnownWhileItRunsAndOnlyThen() throws Exception {
        ContractUnit unit = unit(UnitKind.LISTENING);
        assertThat(unit.listens()).isTrue();
        assertThat(unit.call(Call.ADDRESS).value()).as("address before a start").isNull();

        unit.start();
        awaitUp(unit.service());
        UnitAddress address = unit.address();
        unit.call(Call.STOP).done();

        assertThat(address).as("address of a running unit").isNotNull();
        assertThat(unit.call(Call.ADDRESS).value()).as("address after the end").isNull();
        assertThat(unit.listens()).isTrue();
    }

    @Test
    void address_duringAStart_isAnswered() throws Exception {
        ContractUnit unit = unit(UnitKind.LISTENING);
        @Nullable OngoingCall held = beginHeld(unit, Call.START);
        OngoingCall start = held == null ? unit.begin(Call.START) : held;

        unit.call(Call.ADDRESS).doneOrRefused();

        release();
        start.end().done();
        awaitUp(unit.service());
        assertThat(unit.address()).isNotNull();
    }

    @Test
    void address_unitDoesNotListen_isNeverKnown() throws Exception {
        ContractUnit unit = plain();
        boolean listens = unit.listens();

        unit.start();

        if (!listens) {
            assertThat(unit.address()).isNull();
        }
        assertThat(unit.listens()).as("listens, which does not change").isEqualTo(listens);
    }

    @Test
    void start_fails_theLastOutputAndTheCodeAreTold() throws Exception {
        ContractUnit unit = unit(UnitKind.FAILING);

        Outcome start = unit.call(Call.START);

        Exit expected = failure();
        Exit told = start.failure() == null ? exitOf(unit, (String) start.value()) : exitOf(start.refused());
        assertThat(unit.state()).isEqualTo(State.STOPPED);
        if (expected.code() != null) {
            assertThat(told).as("exit").isNotNull();
            assertThat(told.code()).isEqualTo(expected.code());
            assertThat(told.clean()).isFalse();
        }
        if (!expected.output().isEmpty()) {
            assertThat(told).as("exit").isNotNull();
            assertThat(told.output()).endsWith(expected.output().toArray(String[]::new));
        }
    }

    @Test
    void start_afterAFailedStart_failsAgainAndNothingElse() throws Exception {
        ContractUnit unit = unit(UnitKind.FAILING);
        unit.call(Call.START).doneOrRefused();
        unit.call(Call.KILL).done();

        unit.call(Call.START).doneOrRefused();
        unit.call(Call.KILL).done();

        assertThat(unit.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void capabilities_doNotChange() throws Exception {
        Set<Capability> told = provider().capabilities();

        running();
        close().done();

        assertThat(told).isNotNull().isEqualTo(provider().capabilities());
    }

    @Test
    void capabilityPause_isToldIfAndOnlyIfItIsHad() throws Exception {
        ContractUnit unit = running();

        if (!can(Capability.PAUSE)) {
            refusesToPause(unit);
            return;
        }
        unit.call(Call.PAUSE).done();
        assertThat(unit.state()).isEqualTo(State.PAUSED);
        unit.call(Call.UNPAUSE).done();
        assertThat(unit.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void capabilityWatch_isToldIfAndOnlyIfItIsHad() throws Exception {
        ContractUnit unit = running();

        if (!can(Capability.WATCH)) {
            refusesToWatch();
            return;
        }
        heard().await(unit.id(), Kind.STARTED, 1, patience());
    }

    @Test
    void capabilityHealth_isToldIfAndOnlyIfItIsHad() throws Exception {
        ContractUnit unit = running();

        if (!can(Capability.HEALTH)) {
            assertThat(unit.awaitsHealth()).as("awaitsHealth").isFalse();
            unit.call(Call.HEALTH).unsupported();
            return;
        }
        awaitUp(unit.service());
        Object health = unit.call(Call.HEALTH).done().value();
        assertThat(health).as("health").isInstanceOf(Health.class);
        if (unit.awaitsHealth()) {
            assertThat(health).as("awaited health of a unit that is up").isEqualTo(Health.HEALTHY);
        }
    }

    @Test
    void capabilityDiscover_isToldIfAndOnlyIfItIsHad() throws Exception {
        if (!can(Capability.DISCOVER)) {
            refusesToDiscover();
            return;
        }
        CompletableFuture<Collection<DiscoveredService>> found = new CompletableFuture<>();
        discover(found::complete).done();
        assertThat(found.get(patience().toMillis(), TimeUnit.MILLISECONDS))
                .as("services found")
                .isNotNull();
    }

    @Test
    void capabilitySignal_isToldIfAndOnlyIfItIsHad() throws Exception {
        ContractUnit unit = running();
        awaitUp(unit.service());

        unit.stop(NO_SIGNAL, ContractUnit.AGES).refused();
        assertThat(unit.state()).isEqualTo(State.RUNNING);
        Outcome stop = unit.stop("SIGINT", ContractUnit.AGES);

        if (!can(Capability.SIGNAL)) {
            stop.refused();
            assertThat(unit.state()).isEqualTo(State.RUNNING);
            return;
        }
        stop.done();
        assertThat(unit.state()).isEqualTo(State.STOPPED);
        assertThat(signalSeen(unit.service())).as("signal that the unit saw").isIn(null, "SIGINT");
    }

    /** A start that returned has the end told by the event, or by the status where nobody watches. */
    private @Nullable Exit exitOf(ContractUnit unit, @Nullable String run) throws Exception {
        if (can(Capability.WATCH)) {
            UnitEvent event = heard().await(unit.id(), Kind.ENDED, 1, patience());
            assertThat(event.run()).isIn(null, run);
            return event.exit() == null ? unit.status().exit() : event.exit();
        }
        long began = System.nanoTime();
        Duration patience = patience();
        while (unit.state() != State.STOPPED && System.nanoTime() - began < patience.toNanos()) {
            Thread.onSpinWait(); // the core, too, can only ask again
        }
        return unit.status().exit();
    }

    private static @Nullable Exit exitOf(Throwable refusal) {
        return refusal instanceof ProviderException known ? known.exit() : null;
    }
}
