// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.lazystart.provider.Capability;
import io.lazystart.provider.DiscoveryListener;
import io.lazystart.provider.Exit;
import io.lazystart.provider.PortRange;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The part of {@link ProviderContractTest} that is no case: what a provider's author says, and what the cases share. */
abstract class ContractBench {
    /** How long after its interrupt the core waits for a call before it gives it up. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private final List<ContractUnit> units = new ArrayList<>();
    private final List<HeldCall> held = new ArrayList<>();
    private SystemScheduler scheduler;
    private Provider provider;
    private HeardEvents heard;
    private boolean closed;

    /**
     * Gives the factory of the provider under test. Providers are opened by it one after the other, never two at once; what
     * one has left running the next must find.
     *
     * @return the factory, the same or a new one for each call
     */
    protected abstract ProviderFactory factory();

    /**
     * Gives the settings of the connection that providers are opened with. None unless overridden.
     *
     * @return keys and values, as a configuration gives them
     */
    protected Map<String, Object> connection() {
        return Map.of();
    }

    /**
     * Describes a unit, and creates what it needs where that is not the provider's own business. Called once for each unit
     * of a case, with a name that no other unit of the case has; the next case uses the same names for other units.
     *
     * @param service name of the service, lower-case letters, digits and hyphens
     * @param kind what the unit is to be like
     * @return its settings, or null if there are no such units: the cases about them are skipped. {@link UnitKind#PLAIN}
     *     must be given
     * @throws Exception if it cannot be created
     */
    protected abstract @Nullable Settings settings(String service, UnitKind kind) throws Exception;

    /**
     * Ends a running unit behind the provider's back, at once and whatever it takes. Returns when the unit has ended; the
     * provider need not know of it yet if it watches.
     *
     * @param service name of the service
     * @throws Exception if it cannot be ended
     */
    protected abstract void stopOutside(String service) throws Exception;

    /**
     * Starts a stopped unit behind the provider's back. Returns when it runs.
     *
     * @param service name of the service
     * @return false if nobody but the provider can start such a unit: the cases about it are skipped
     * @throws Exception if it cannot be started
     */
    protected abstract boolean startOutside(String service) throws Exception;

    /**
     * Breaks the provider's event stream, so that it hears of nothing that happens until {@link #mendEvents()}. Called only
     * where {@link Capability#WATCH} is stated.
     *
     * @return false if it cannot break short of a close: the case about it is skipped
     * @throws Exception if it could not be broken
     */
    protected abstract boolean breakEvents() throws Exception;

    /**
     * Ends what {@link #breakEvents()} began; need not wait until the provider has noticed.
     *
     * @throws Exception if it could not be mended
     */
    protected abstract void mendEvents() throws Exception;

    /**
     * Has the next such call on a unit wait in the middle of its work, as a hung daemon would have it. The wait ends when
     * the hold is closed, and by an interrupt if it is one that the provider must notice.
     *
     * @param service name of the service; for a stop its unit is {@link UnitKind#STUBBORN} where there are such
     * @param call which call
     * @return the hold, or null if it cannot be done: the call is interrupted before it begins, or closed upon at any moment
     * @throws Exception if it went wrong
     */
    protected abstract @Nullable HeldCall hold(String service, Call call) throws Exception;

    /**
     * Waits until a unit that was just started is what its kind says: ignores what it is to ignore, notes the signals it
     * gets, and is healthy where it awaits that. Returns at once unless overridden.
     *
     * @param service name of the service
     * @throws Exception if it does not come so far
     */
    protected void awaitUp(String service) throws Exception {}

    /**
     * Tells which signal ended a {@link UnitKind#PLAIN} unit.
     *
     * @param service name of the service
     * @return such as {@code SIGINT}; null, unless overridden, if that cannot be told: it is not checked then
     * @throws Exception if it cannot be found out
     */
    protected @Nullable String signalSeen(String service) throws Exception {
        return null;
    }

    /**
     * Tells how a {@link UnitKind#FAILING} unit ends, as far as the provider can know it.
     *
     * @return exit code, or null where it is not known; last lines of the output, or none. Nothing is known unless
     *     overridden
     */
    protected Exit failure() {
        return new Exit(null, false, List.of());
    }

    /**
     * Tells how long the slowest healthy call or event may take. Raise it for units that take longer; a case fails when it
     * has passed, none waits for it otherwise.
     *
     * @return 10 s unless overridden
     */
    protected Duration patience() {
        return Duration.ofSeconds(10);
    }

    final Duration grace() {
        return patience().compareTo(GRACE) < 0 ? patience() : GRACE;
    }

    @BeforeEach
    void openProvider() {
        scheduler = new SystemScheduler();
        scheduler.schedule(() -> {}, 0); // its thread is not the provider's
        open();
    }

    @AfterEach
    void closeProvider() throws InterruptedException {
        held.forEach(HeldCall::close);
        if (closed) {
            open();
        }
        try {
            for (ContractUnit unit : units) {
                // A kill that is refused fails the cases about it, not every case.
                unit.at(provider).call(Call.KILL);
            }
        } finally {
            close().done();
            scheduler.close();
        }
    }

    final Provider provider() {
        return provider;
    }

    final boolean can(Capability capability) {
        return provider.capabilities().contains(capability);
    }

    /** Ends the case if the provider does not watch, which it must say when asked to. */
    final HeardEvents heard() throws InterruptedException {
        if (!can(Capability.WATCH)) {
            refusesToWatch();
            abort("the provider does not state WATCH");
        }
        return heard;
    }

    final void refusesToWatch() throws InterruptedException {
        OngoingCall.begin("watch", patience(), () -> {
                    provider.watch(heard);
                    return null;
                })
                .end()
                .unsupported();
    }

    final void refusesToDiscover() throws InterruptedException {
        discover(services -> {}).unsupported();
    }

    final Outcome discover(DiscoveryListener listener) throws InterruptedException {
        return OngoingCall.begin("discover", patience(), () -> {
                    provider.discover(listener);
                    return null;
                })
                .end();
    }

    /** Ends the case if the provider cannot pause, which it must say when asked to. */
    final void needsPause(ContractUnit running) throws InterruptedException {
        if (!can(Capability.PAUSE)) {
            refusesToPause(running);
            abort("the provider does not state PAUSE");
        }
    }

    final void refusesToPause(ContractUnit running) throws InterruptedException {
        running.call(Call.PAUSE).unsupported();
        running.call(Call.UNPAUSE).unsupported();
        assertThat(running.state()).isEqualTo(State.RUNNING);
    }

    /** A unit that has never run. Ends the case if there are none of the kind. */
    final ContractUnit unit(UnitKind kind) throws Exception {
        String service = "contract-" + (units.size() + 1);
        Settings settings = settings(service, kind);
        if (settings == null) {
            assertThat(kind).as("a kind that every provider has").isNotEqualTo(UnitKind.PLAIN);
            abort("there are no units that are " + kind);
        }
        ContractUnit unit = new ContractUnit(service, settings, patience(), provider);
        units.add(unit);
        return unit;
    }

    final ContractUnit plain() throws Exception {
        return unit(UnitKind.PLAIN);
    }

    final ContractUnit running() throws Exception {
        ContractUnit unit = plain();
        unit.start();
        return unit;
    }

    final ContractUnit paused() throws Exception {
        ContractUnit unit = running();
        needsPause(unit);
        unit.call(Call.PAUSE).done();
        return unit;
    }

    /** A unit that is in the state in which a call has something to do; for a stop one that can be held. */
    final ContractUnit readyFor(Call call) throws Exception {
        return switch (call) {
            case START -> plain();
            case STOP -> stubbornOrPlain();
            case UNPAUSE -> paused();
            case PAUSE -> {
                ContractUnit unit = running();
                needsPause(unit);
                yield unit;
            }
            case STATUS, KILL, ADDRESS, HEALTH -> running();
        };
    }

    private ContractUnit stubbornOrPlain() throws Exception {
        String service = "contract-" + (units.size() + 1);
        Settings settings = settings(service, UnitKind.STUBBORN);
        if (settings == null) {
            return running();
        }
        ContractUnit unit = new ContractUnit(service, settings, patience(), provider);
        units.add(unit);
        unit.start();
        awaitUp(service);
        return unit;
    }

    /** Begins a call and returns when it is in the middle of its work, or null if it cannot be held there. */
    final @Nullable OngoingCall beginHeld(ContractUnit unit, Call call) throws Exception {
        HeldCall hold = hold(unit.service(), call);
        if (hold == null) {
            return null;
        }
        held.add(hold);
        OngoingCall begun = unit.begin(call);
        OngoingCall.begin("hold of " + call, patience(), () -> {
                    hold.awaitReached();
                    return null;
                })
                .end()
                .done();
        return begun;
    }

    final OngoingCall orAbort(@Nullable OngoingCall begun) {
        return begun == null ? abort("the call cannot be held") : begun;
    }

    final void release() {
        held.forEach(HeldCall::close);
    }

    /** The provider's own close, which must end in time. */
    final Outcome close() throws InterruptedException {
        closed = true;
        return beginClose().end();
    }

    final OngoingCall beginClose() {
        closed = true;
        Provider closing = provider;
        return OngoingCall.begin("close", patience(), () -> {
            closing.close();
            return null;
        });
    }

    /** Opens a provider after the last was closed, as the next host would, which watches if it can. */
    final void open() {
        ProviderFactory factory = factory();
        Settings connection = new Settings("providers." + factory.type(), connection());
        provider = factory.create(new ProviderContext(
                factory.type(), connection, Ticker.system(), scheduler, folder.resolve("state"), PortRange.DEFAULT));
        connection.refuseUnknown();
        closed = false;
        heard = new HeardEvents();
        if (can(Capability.WATCH)) {
            provider.watch(heard);
        }
    }

    /** Whatever was done to a unit, it can be ended, started and stopped. */
    final void stillServes(ContractUnit unit) throws InterruptedException {
        unit.status();
        unit.call(Call.KILL).done();
        assertThat(unit.state()).as("state after kill").isEqualTo(State.STOPPED);
        unit.start();
        assertThat(unit.state()).as("state after start").isEqualTo(State.RUNNING);
        unit.call(Call.KILL).done();
        assertThat(unit.state()).as("state after kill").isEqualTo(State.STOPPED);
    }
}
