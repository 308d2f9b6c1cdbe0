// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.HealthConfig;
import io.lazystart.failure.Reason;
import io.lazystart.probe.ProbeResult;
import io.lazystart.provider.Unit;
import io.lazystart.state.Action;
import io.lazystart.state.Signal;
import io.lazystart.time.Scheduler;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a unit that is ready, or was, whether it can serve, and counts what it sees: so many failures in a row are told,
 * and so many successes of an unhealthy unit. A service without {@code health} is asked only when a caller found it
 * unreachable, and then each second until it answers or has failed often enough.
 */
final class HealthProber {
    private static final Logger log = LoggerFactory.getLogger("io.lazystart");

    /** How far apart the probes of an unhealthy unit are at most, and those that callers cause at least. */
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** How long the provider may take to tell the address. */
    private static final long ADDRESS_NANOS = 10_000_000_000L;

    private final Surroundings surroundings;
    private final Calls calls;
    private final Consumer<Signal> signals;
    private final String service;
    private final Unit unit;
    private final Upstream upstream;
    private final HealthCheck check;
    private final HealthConfig terms;

    /** Whether the service is asked though no caller complains. */
    private final boolean regular;

    private final long intervalNanos;

    /** Replaced by the watcher's action queue only; its tasks look whether it is still the current one. */
    private volatile @Nullable Round current;

    HealthProber(WatcherConfig config, Surroundings surroundings, Calls calls, Consumer<Signal> signals) {
        HealthConfig given = config.service().health();
        this.surroundings = surroundings;
        this.calls = calls;
        this.signals = signals;
        this.service = config.service().name();
        this.unit = config.unit();
        this.upstream = new Upstream(config.service().upstream());
        this.check = new HealthCheck(config);
        this.regular = given != null;
        this.terms = given == null ? HealthConfig.TCP : given;
        this.intervalNanos = given == null ? SECOND_NANOS : WatcherConfig.nanos(terms.interval());
    }

    void start(Action.WatchHealth action) {
        stop();
        if (!check.asks()) {
            return;
        }
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

    /** A caller found the unit unreachable. From any thread; callers of one second share a probe that failed. */
    void probeNow() {
        Round round = current;
        if (round != null) {
            round.probeNow();
        }
    }

    /** Something about the unit has changed that its provider may be asked of. From any thread. */
    void changed() {
        Round round = current;
        if (check.asksProvider() && regular && round != null) {
            round.changed();
        }
    }

    /** The probes from one change of the status to the next. */
    private final class Round {
        private final Action.WatchHealth action;

        /** Touched by one call of the round at a time. */
        private @Nullable URI address;

        /** Touched like the address. */
        private boolean resolved;

        /** Guarded by {@code this}, with the fields below. */
        private boolean asking;

        private long begunNanos;
        private int failures;

        /** When one was counted last; several changes at once are one. */
        private long failedNanos;

        /** Whether something has changed while the unit was asked. */
        private boolean changed;

        /** Whether a change is why the unit is asked now. */
        private boolean byChange;

        private int successes;
        private Scheduler.@Nullable Timer timer;
        private @Nullable BlockingCall<@Nullable ProbeResult> call;

        Round(Action.WatchHealth action) {
            this.action = action;
        }

        void begin() {
            if (regular || action.ailing()) {
                schedule(pause());
            }
        }

        synchronized void end() {
            if (timer != null) {
                timer.cancel();
            }
            if (call != null) {
                call.interrupt();
            }
        }

        void probeNow() {
            synchronized (this) {
                if (failures > 0 && surroundings.ticker().nanos() - begunNanos < SECOND_NANOS) {
                    return;
                }
            }
            ask();
        }

        void changed() {
            synchronized (this) {
                changed = true;
                if (asking) {
                    return; // asked again after that
                }
            }
            ask();
        }

        private synchronized void schedule(long delayNanos) {
            if (timer != null) {
                timer.cancel();
            }
            timer = surroundings.scheduler().schedule(this::ask, delayNanos);
        }

        private void ask() {
            synchronized (this) {
                if (asking || current != this) {
                    return;
                }
                asking = true;
                byChange = changed;
                changed = false;
                begunNanos = surroundings.ticker().nanos();
                if (timer != null) {
                    timer.cancel();
                    timer = null;
                }
            }
            BlockingCall<@Nullable ProbeResult> begun =
                    calls.run("health probe", Reason.Kind.UNHEALTHY, this::probe, this::answered, this::failed);
            begun.deadline(surroundings
                    .scheduler()
                    .schedule(begun::interrupt, ADDRESS_NANOS + check.timeout().toNanos()));
            synchronized (this) {
                call = begun;
            }
            if (current != this) {
                end(); // over before it could be seen by stop(): nobody else would interrupt it
            }
        }

        private @Nullable ProbeResult probe() throws Exception {
            return check.ask(this::address);
        }

        private @Nullable URI address() throws Exception {
            if (!resolved || (address == null && unit.listens())) {
                resolved = false;
                address = upstream.resolve(upstream.asksUnit() ? unit.address() : null);
                resolved = true;
            }
            return address;
        }

        private void answered(@Nullable ProbeResult result) {
            if (result == null) {
                again();
            } else {
                count(result.ready(), result.observed());
            }
        }

        /** A provider that cannot tell the address says nothing about the unit. */
        private void failed(Reason reason) {
            if (resolved) {
                count(false, reason.message());
            } else {
                log.debug("{}: {}", service, reason.message());
                again();
            }
        }

        private void count(boolean good, String observed) {
            boolean fell;
            boolean rose;
            synchronized (this) {
                long now = surroundings.ticker().nanos();
                boolean same = byChange && failures > 0 && now - failedNanos < Math.min(SECOND_NANOS, intervalNanos);
                failures = good ? 0 : same ? failures : failures + 1;
                failedNanos = good || same ? failedNanos : now;
                successes = good ? successes + 1 : 0;
                fell = !good && (action.ailing() || failures >= terms.fall());
                rose = good && action.ailing() && successes >= terms.rise();
            }
            again();
            if (current != this) {
                return;
            }
            if (!good) {
                log.debug("{}: health probe failed: {}", service, observed);
            }
            long now = surroundings.ticker().nanos();
            if (fell) {
                signals.accept(new Signal.HealthFell(now, action.epoch(), observed, 0));
            } else if (rose) {
                signals.accept(new Signal.HealthRose(now, action.epoch()));
            }
        }

        private void again() {
            long pause;
            boolean doubtful;
            synchronized (this) {
                asking = false;
                doubtful = failures > 0;
                long interval = pause();
                pause = changed
                        ? 0
                        : Math.max(
                                interval / 2, interval - (surroundings.ticker().nanos() - begunNanos));
            }
            if (current == this && (regular || action.ailing() || doubtful)) {
                schedule(pause);
            }
        }

        private long pause() {
            return action.ailing() ? Math.min(SECOND_NANOS, intervalNanos) : intervalNanos;
        }
    }
}
