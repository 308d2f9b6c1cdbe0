// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.ServiceConfig;
import io.lazystart.state.Action;
import io.lazystart.state.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher does its work with, for as long as its configuration stays as it is. What only a unit needs that is awake is
 * made for the first that is.
 */
final class Gear {
    private final WatcherConfig config;
    private final Calls calls;
    private final Surroundings surroundings;
    private final Prober.Ready ready;
    private final Consumer<Signal> signals;

    /** Samples the processor time of the unit's processes; null where nobody asks for that. */
    private final @Nullable CpuVeto cpu;

    /** Asks a started unit whether it can serve. Made by the action queue only, read anywhere, as the field below. */
    private volatile @Nullable Prober prober;

    /** Asks a ready unit. */
    private volatile @Nullable HealthProber health;

    private Gear(
            WatcherConfig config,
            Calls calls,
            Surroundings surroundings,
            Prober.Ready ready,
            Consumer<Signal> signals,
            @Nullable CpuVeto cpu) {
        this.config = config;
        this.calls = calls;
        this.surroundings = surroundings;
        this.ready = ready;
        this.signals = signals;
        this.cpu = cpu;
    }

    static Gear of(
            WatcherConfig config,
            Executor providerCalls,
            Surroundings surroundings,
            Prober.Ready ready,
            Consumer<Signal> signals) {
        Calls calls = new Calls(providerCalls);
        Integer percent = config.service().busyCpu();
        CpuVeto cpu = percent == null || config.job() ? null : new CpuVeto(config.unit(), percent, calls, surroundings);
        return new Gear(config, calls, surroundings, ready, signals, cpu);
    }

    /** The same with what an earlier one counts and samples, if that is of the same unit and looked at in the same way. */
    Gear keeping(Gear earlier) {
        if (config.unit() != earlier.config.unit()) {
            return this;
        }
        ServiceConfig now = config.service();
        ServiceConfig then = earlier.config.service();
        boolean sampled = config.job() == earlier.config.job() && Objects.equals(now.busyCpu(), then.busyCpu());
        Gear kept = new Gear(config, earlier.calls, surroundings, ready, signals, sampled ? earlier.cpu : cpu);
        boolean asked =
                Objects.equals(now.health(), then.health()) && now.ready().equals(then.ready());
        if (asked && Objects.equals(now.upstream(), then.upstream())) {
            kept.health = earlier.health;
        }
        return kept;
    }

    /** What is watched, and how. */
    WatcherConfig config() {
        return config;
    }

    /** The provider calls of the unit. */
    Calls calls() {
        return calls;
    }

    /** Begins to probe a started unit. In the action queue. */
    void probe(Action.Probe action) {
        Prober known = prober;
        if (known == null) {
            known = new Prober(config, surroundings, calls, ready);
            prober = known;
        }
        known.start(action);
    }

    /** In the action queue. */
    void stopProbing() {
        Prober known = prober;
        if (known != null) {
            known.stop();
        }
    }

    /** What the last probe of a started unit saw. From any thread. */
    String observed() {
        Prober known = prober;
        return known == null ? "" : known.observed();
    }

    /** Somebody found the ready unit unreachable. From any thread. */
    void probeHealth() {
        HealthProber known = health;
        if (known != null) {
            known.probeNow();
        }
    }

    /** Something about the unit has changed, perhaps its health. From any thread. */
    void changed() {
        Prober asking = prober;
        if (asking != null) {
            asking.changed();
        }
        HealthProber watching = health;
        if (watching != null) {
            watching.changed();
        }
    }

    /** Watches the health of a ready unit, and what its processes use. In the action queue. */
    void watch(Action.WatchHealth watching) {
        watchHealth(watching);
        sample(watching);
    }

    private void watchHealth(Action.WatchHealth watching) {
        HealthProber known = health;
        if (known == null) {
            known = new HealthProber(config, surroundings, calls, signals);
            health = known;
        }
        known.start(watching);
    }

    private void sample(Action.WatchHealth watching) {
        if (cpu != null && !watching.ailing()) {
            cpu.start();
        }
    }

    /** Nobody wants to know any more. In the action queue. */
    void watchNoMore() {
        stopHealth();
        stopSampling();
    }

    private void stopSampling() {
        if (cpu != null) {
            cpu.stop();
        }
    }

    private void stopHealth() {
        HealthProber known = health;
        if (known != null) {
            known.stop();
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
        Prober before = earlier.prober;
        Action.Probe probing = before == null ? null : before.running();
        earlier.stopProbing();
        if (probing != null) {
            probe(probing);
        }
        if (health == null || health != earlier.health) {
            earlier.stopHealth();
            if (watching != null) {
                watchHealth(watching);
            }
        }
        if (cpu != earlier.cpu) {
            earlier.stopSampling();
            if (watching != null) {
                sample(watching);
            }
        }
    }
}
