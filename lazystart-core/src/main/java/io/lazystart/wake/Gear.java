// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.state.Action;
import io.lazystart.state.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher does its work with, for as long as its configuration stays as it is.
 *
 * @param config what it watches, and how
 * @param calls the provider calls of the unit
 * @param prober asks a started unit whether it can serve
 * @param health asks a ready one
 * @param cpu samples the processor time of its processes; null where nobody asks for that
 */
record Gear(
        WatcherConfig config,
        Calls calls,
        Prober prober,
        HealthProber health,
        @Nullable CpuVeto cpu) {

    static Gear of(
            WatcherConfig config,
            Executor providerCalls,
            Surroundings surroundings,
            Prober.Ready ready,
            Consumer<Signal> signals) {
        Calls calls = new Calls(providerCalls);
        Prober prober = new Prober(config, surroundings, calls, ready);
        HealthProber health = new HealthProber(config, surroundings, calls, signals);
        Integer percent = config.service().busyCpu();
        CpuVeto cpu = percent == null || config.job() ? null : new CpuVeto(config.unit(), percent, calls, surroundings);
        return new Gear(config, calls, prober, health, cpu);
    }

    /** The same with the samples of an earlier one, if they are of the same unit and looked at in the same way. */
    Gear keeping(Gear earlier) {
        boolean same = config.unit() == earlier.config.unit()
                && Objects.equals(
                        config.service().busyCpu(), earlier.config.service().busyCpu());
        return same ? new Gear(config, calls, prober, health, earlier.cpu) : this;
    }

    /** Watches the health of a ready unit, and what its processes use unless that is being sampled. In the action queue. */
    void watch(Action.WatchHealth watching, boolean sample) {
        health.start(watching);
        if (cpu != null && sample && !watching.ailing()) {
            cpu.start();
        }
    }

    /** Nobody wants to know any more. In the action queue. */
    void watchNoMore() {
        health.stop();
        if (cpu != null) {
            cpu.stop();
        }
    }

    /** Those who may object to a sleep; {@code vetoes} runs the host's own. */
    List<Vetoes.Objector> objectors(Executor vetoes) {
        List<Vetoes.Objector> objectors = new ArrayList<>();
        if (cpu != null) {
            objectors.add(new Vetoes.Objector(cpu, calls));
        }
        if (!config.vetoes().isEmpty()) {
            Calls hosts = new Calls(vetoes);
            config.vetoes().forEach(veto -> objectors.add(new Vetoes.Objector(veto, hosts)));
        }
        return objectors;
    }

    /** Goes on where an earlier one is, whose probes end; {@code watching} says what health is watched. In the action queue. */
    void takeOver(Gear earlier, Action.@Nullable WatchHealth watching) {
        Action.Probe probing = earlier.prober.running();
        earlier.prober.stop();
        earlier.health.stop();
        if (earlier.cpu != null && earlier.cpu != cpu) {
            earlier.cpu.stop();
        }
        if (probing != null) {
            prober.start(probing);
        }
        if (watching != null) {
            watch(watching, earlier.cpu != cpu);
        }
    }
}
