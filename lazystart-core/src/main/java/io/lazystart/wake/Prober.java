// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.probe.Probe;
import io.lazystart.probe.ProbeResult;
import io.lazystart.probe.ProbeSchedule;
import io.lazystart.provider.Unit;
import io.lazystart.state.Action;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks a started unit again and again whether it can serve; one probe at a time, shared by all who wait. The address is
 * asked of the provider within the same attempt, never remembered from an earlier one.
 */
final class Prober {
    private static final long SLOW_NANOS = 1_000_000_000L;

    /** Hears that the unit can serve. */
    @FunctionalInterface
    interface Ready {
        void onReady(long epoch, @Nullable URI upstream);
    }

    private final Surroundings surroundings;
    private final Unit unit;
    private final Upstream upstream;
    private final @Nullable Probe probe;
    private final Duration timeout;
    private final Ready ready;

    /** Replaced by the watcher's action queue only; its task looks whether it is still the current one. */
    private volatile @Nullable Round current;

    /** What the last probe saw; written by the current round only. */
    private volatile String observed = "";

    /** Creates a prober; without a probe, or without an upstream to probe, a started unit counts as ready. */
    Prober(WatcherConfig config, Surroundings surroundings, Ready ready) {
        this.surroundings = surroundings;
        this.unit = config.unit();
        this.upstream = new Upstream(config.service().upstream());
        this.probe = config.probe();
        this.timeout = config.service().ready().timeout();
        this.ready = ready;
    }

    void start(Action.Probe action) {
        observed = action.slow() ? observed : "";
        Round round = new Round(action);
        current = round;
        surroundings.providerCalls().execute(round);
    }

    void stop() {
        current = null;
    }

    String observed() {
        return observed;
    }

    /** The probes of one attempt. */
    private final class Round implements Runnable {
        private final Action.Probe action;

        /** Touched by one task of the round at a time. */
        private @Nullable URI address;

        private boolean resolved;

        Round(Action.Probe action) {
            this.action = action;
        }

        @Override
        public void run() {
            if (current != this) {
                return;
            }
            if (probe()) {
                ready.onReady(action.epoch(), address);
            } else if (current == this) {
                surroundings
                        .scheduler()
                        .schedule(() -> surroundings.providerCalls().execute(this), interval());
            }
        }

        private boolean probe() {
            try {
                if (!resolved) {
                    address = upstream.resolve(unit.address());
                    resolved = true;
                }
                if (probe == null || address == null) {
                    return true;
                }
                ProbeResult result = probe.probe(address, timeout, ProbeSchedule.lingerNanos(elapsed()));
                note(result.observed());
                return result.ready();
            } catch (Exception | Error e) {
                note(Reasons.describe(e));
                return false;
            }
        }

        private void note(String what) {
            if (current == this) {
                observed = what;
            }
        }

        private long elapsed() {
            return surroundings.ticker().nanos() - action.sinceNanos();
        }

        private long interval() {
            return action.slow() ? SLOW_NANOS : ProbeSchedule.intervalNanos(elapsed());
        }
    }
}
