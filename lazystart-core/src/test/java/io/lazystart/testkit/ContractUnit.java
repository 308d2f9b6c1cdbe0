// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.provider.Provider;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A unit under test. Every call runs on a thread of its own and must end in time. */
final class ContractUnit {
    /** Longer than any case lasts: what ends within it has ended for another reason. */
    static final Duration AGES = Duration.ofMinutes(10);

    private final String service;
    private final Settings settings;
    private final Duration patience;
    private final Unit unit;

    ContractUnit(String service, Settings settings, Duration patience, Provider provider) {
        this.service = service;
        this.settings = settings;
        this.patience = patience;
        this.unit = provider.unit(service, settings);
        assertThat(unit).as("unit").isNotNull();
    }

    /** The same unit by another handle. */
    ContractUnit at(Provider provider) {
        return new ContractUnit(service, settings, patience, provider);
    }

    String service() {
        return service;
    }

    String id() {
        return unit.id();
    }

    boolean listens() {
        return unit.listens();
    }

    boolean awaitsHealth() {
        return unit.awaitsHealth();
    }

    OngoingCall begin(Call call) {
        return begin(call, AGES);
    }

    OngoingCall begin(Call call, Duration stopTimeout) {
        return begin(name(call), callable(call, stopTimeout));
    }

    /** A call whose deadline passes before it has begun. */
    OngoingCall beginInterrupted(Call call) {
        Callable<?> callable = callable(call, AGES);
        return begin(name(call), () -> {
            Thread.currentThread().interrupt();
            return callable.call();
        });
    }

    Outcome call(Call call) throws InterruptedException {
        return begin(call).end();
    }

    Outcome stop(@Nullable String signal, Duration timeout) throws InterruptedException {
        Callable<?> stop = () -> {
            unit.stop(signal, timeout);
            return null;
        };
        return begin("stop", stop).end(timeout.compareTo(AGES) < 0 ? patience.plus(timeout) : patience);
    }

    /** Starts the unit, which must succeed, and gives the id of the run. */
    @Nullable
    String start() throws InterruptedException {
        return (String) call(Call.START).done().value();
    }

    UnitStatus status() throws InterruptedException {
        UnitStatus status = (UnitStatus) call(Call.STATUS).done().value();
        assertThat(status).as("status").isNotNull();
        return status;
    }

    State state() throws InterruptedException {
        return status().state();
    }

    @Nullable
    UnitAddress address() throws InterruptedException {
        return (UnitAddress) call(Call.ADDRESS).done().value();
    }

    private OngoingCall begin(String what, Callable<?> call) {
        return OngoingCall.begin(what, patience, call);
    }

    private Callable<?> callable(Call call, Duration stopTimeout) {
        return switch (call) {
            case STATUS -> unit::status;
            case START -> unit::start;
            case STOP ->
                () -> {
                    unit.stop(null, stopTimeout);
                    return null;
                };
            case KILL ->
                () -> {
                    unit.kill();
                    return null;
                };
            case PAUSE ->
                () -> {
                    unit.pause();
                    return null;
                };
            case UNPAUSE ->
                () -> {
                    unit.unpause();
                    return null;
                };
            case ADDRESS -> unit::address;
            case HEALTH -> unit::health;
        };
    }

    private static String name(Call call) {
        return call.name().toLowerCase(java.util.Locale.ROOT);
    }
}
