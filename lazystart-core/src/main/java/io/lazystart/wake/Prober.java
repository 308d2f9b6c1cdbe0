// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.ReadyConfig;
import io.lazystart.failure.Reason;
import io.lazystart.probe.Probe;
import io.lazystart.probe.ProbeResult;
import io.lazystart.probe.ProbeSchedule;
import io.lazystart.provider.Health;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.state.Action;
import io.lazystart.time.Scheduler;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks a started unit again and again whether it can serve; one probe at a time, shared by all who wait. The address is
 * asked of the provider within the same attempt, never remembered from an earlier one.
 */
final class Prober {
    private static final String PROBE = "probe";
    private static final long SLOW_NANOS = 1_000_000_000L;

    /** How long the provider may take to tell the address. */
    private static final long ADDRESS_NANOS = 10_000_000_000L;

    /** Hears that the unit can serve. */
    @FunctionalInterface
    interface Ready {
        /** Says what keeps it from counting as ready, in words that end a message, and it is asked again; null if nothing. */
        @Nullable
        String onReady(Action.Probe probed, @Nullable URI upstream);
    }

    private final Surroundings surroundings;
    private final Calls calls;
    private final Unit unit;
    private final Upstream upstream;
    private final @Nullable Probe probe;
    private final Duration timeout;

    /** What all probes of one answer may take together. */
    private final long longestNanos;

    private final Ready ready;

    /** Whether the provider is asked how the unit is, and it is enough that it says healthy. */
    private final boolean asksProvider;

    /** Whether the service leaves it to its unit what makes it ready. */
    private final boolean auto;

    /** Asked where the service has found a run unhealthy that goes on, as others use it; null where there is no such thing. */
    private final @Nullable Doubted doubted;

    private record Doubted(SharedUnit unit, HealthCheck check) {}

    /** Replaced by the watcher's action queue only; its task looks whether it is still the current one. */
    private volatile @Nullable Round current;

    /** What the last probe saw; written by the current round only. */
    private volatile String observed = "";

    /** Creates a prober; a started unit counts as ready without a probe, or where it is never reached by an address. */
    Prober(WatcherConfig config, Surroundings surroundings, Calls calls, Ready ready) {
        this.surroundings = surroundings;
        this.calls = calls;
        this.unit = config.unit();
        this.upstream = new Upstream(config.service().upstream());
        this.probe = config.probe();
        ReadyConfig asked = config.service().ready();
        this.timeout = asked.timeout();
        this.ready = ready;
        this.asksProvider = asked.provider();
        this.auto = asked.kind() == ReadyConfig.Kind.AUTO;
        SharedUnit shared = config.shared();
        this.doubted = shared == null || config.service().health() == null
                ? null
                : new Doubted(shared, new HealthCheck(config));
        this.longestNanos = timeout.toNanos()
                + (doubted == null ? 0 : doubted.check().timeout().toNanos());
    }

    /** The probes that run, or null. In the action queue. */
    Action.@Nullable Probe running() {
        Round round = current;
        return round == null ? null : round.action;
    }

    void start(Action.Probe action) {
        observed = action.slow() ? observed : "";
        stop();
        Round round = new Round(action);
        current = round;
        round.begin();
    }

    /** Ends the round; a probe in flight is interrupted. */
    void stop() {
        Round over = current;
        current = null;
        if (over != null) {
            over.end();
        }
    }

    String observed() {
        return observed;
    }

    /** Something about the unit has changed that its provider may be asked of. From any thread. */
    void changed() {
        Round round = current;
        if (round != null) {
            round.changed();
        }
    }

    /** The probes of one attempt. */
    private final class Round {
        private final Action.Probe action;

        /** Touched by one call of the round at a time. */
        private @Nullable URI address;

        /** The unit's own part of it; null where the upstream is fixed. Touched like the address. */
        private @Nullable UnitAddress own;

        private boolean resolved;

        /** What the provider says, where it is asked. */
        private final HealthReport report;

        /** Whether the provider must say that the unit is healthy, whatever else is asked; known once it was asked. */
        private volatile boolean awaitsHealth;

        /** Whether nothing is waited for any more but that. Touched like the address. */
        private boolean untold;

        /** When the call in flight began; touched like the address. */
        private long begunNanos;

        /** Until the next probe; null while one runs. Guarded by {@code this}. */
        private Scheduler.@Nullable Timer timer;

        /** The call in flight, to be interrupted when the round is over. */
        private volatile @Nullable BlockingCall<ProbeResult> call;

        Round(Action.Probe action) {
            this.action = action;
            this.report = new HealthReport(unit, surroundings.ticker());
        }

        private boolean heedsProvider() {
            return asksProvider || awaitsHealth;
        }

        void begin() {
            if (current == this) {
                begunNanos = surroundings.ticker().nanos();
                BlockingCall<ProbeResult> begun =
                        calls.run(PROBE, Reason.Kind.NOT_READY, this::probe, this::answered, this::failed);
                call = begun;
                // Over before it could be seen by stop(): nobody else would interrupt it.
                if (current != this) {
                    end();
                }
                begun.deadline(surroundings.scheduler().schedule(begun::interrupt, ADDRESS_NANOS + longestNanos));
            }
        }

        void end() {
            BlockingCall<ProbeResult> running = call;
            if (running != null) {
                running.interrupt();
            }
        }

        /** Who has found this run unhealthy is ready on it once it is healthy, too. */
        private ProbeResult probe() throws Exception {
            ProbeResult reached = reach();
            if (!reached.ready() || doubted == null || !doubted.unit().isDoubted()) {
                return reached;
            }
            ProbeResult well = doubted.check().ask(() -> address);
            return well == null ? reached : well;
        }

        /** Asks for the address until there is one, then probes it. */
        private ProbeResult reach() throws Exception {
            untold = false;
            awaitsHealth = auto && unit.awaitsHealth();
            Health health = health();
            boolean healthy = health == Health.HEALTHY;
            if (awaitsHealth && !healthy) {
                untold = true;
                return new ProbeResult(false, HealthReport.awaited(health));
            }
            if (!resolved) {
                own = upstream.asksUnit() ? unit.address() : null;
                address = upstream.resolve(own);
                resolved = address != null;
            }
            if (address == null && unit.listens()) {
                return new ProbeResult(false, "it has no address yet");
            }
            if (asksProvider && healthy) {
                return unlessStranger();
            }
            if (probe != null && address != null) {
                return probe.probe(address, timeout, ProbeSchedule.lingerNanos(elapsed()), this::stranger);
            }
            untold = asksProvider;
            return untold ? new ProbeResult(false, HealthReport.observed(health)) : unlessStranger();
        }

        /** What cannot be found out is left to the probe, where there is one that is enough. */
        private Health health() throws Exception {
            if (!heedsProvider()) {
                return Health.NONE;
            }
            try {
                return report.ask();
            } catch (InterruptedException over) {
                throw over;
            } catch (Exception unknown) {
                if (probe == null || awaitsHealth) {
                    untold = true;
                    throw unknown;
                }
                return Health.NONE;
            }
        }

        private ProbeResult unlessStranger() throws InterruptedException {
            String stranger = stranger();
            return stranger == null ? new ProbeResult(true, "it runs") : new ProbeResult(false, stranger);
        }

        /** Not before it is reached: until then there is nobody to be asked about. */
        private @Nullable String stranger() throws InterruptedException {
            try {
                return own == null ? null : unit.strangerAt(own);
            } catch (InterruptedException over) {
                throw over;
            } catch (Exception unknown) {
                return Reasons.of(Reason.Kind.NOT_READY, PROBE, unknown).message();
            }
        }

        void changed() {
            if (heedsProvider()) {
                report.changed();
                due();
            }
        }

        private void answered(ProbeResult result) {
            note(result.observed());
            if (result.ready() && current == this) {
                String missing = ready.onReady(action, address);
                if (missing == null) {
                    return;
                }
                note(missing);
            }
            again();
        }

        private void failed(Reason reason) {
            note(reason.message());
            again();
        }

        private void again() {
            if (current == this) {
                synchronized (this) {
                    timer = surroundings.scheduler().schedule(this::due, pause());
                }
                if (heedsProvider() && report.isChanged()) {
                    due(); // it has while it was probed
                }
            }
        }

        /** Probes now, unless a probe runs: that is followed by another. */
        void due() {
            if (taken()) {
                begin();
            }
        }

        /** Whether the next probe is this caller's to begin. */
        private synchronized boolean taken() {
            Scheduler.Timer waiting = timer;
            timer = null;
            if (waiting != null) {
                waiting.cancel();
            }
            return waiting != null;
        }

        private void note(String what) {
            if (current == this) {
                observed = what;
            }
        }

        private long elapsed() {
            return surroundings.ticker().nanos() - action.sinceNanos();
        }

        /** What is left of the interval, which runs from probe to probe; half of it at least, however slow a probe is. */
        private long pause() {
            long interval = action.slow() ? SLOW_NANOS : ProbeSchedule.intervalNanos(elapsed());
            interval = untold ? HealthReport.INTERVAL_NANOS : interval;
            return Math.max(interval / 2, interval - (surroundings.ticker().nanos() - begunNanos));
        }
    }
}
