// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.watch.Pin;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a watcher. Carries the time, and where the lease word takes part its outcome: the shell
 * asks {@link #word(Snapshot)}, does that to the word under the lock, and hands the outcome over by {@link
 * #withLeases(int)}.
 */
public sealed interface Signal
        permits ConfigSignal,
                DependencySignal,
                OrderSignal,
                Signal.Boot,
                Signal.Acquire,
                Signal.Wake,
                Signal.WaiterLeft,
                Signal.WaiterExpired,
                Signal.VerbDone,
                Signal.VerbFailed,
                Signal.VerbExpired,
                Signal.GraceOver,
                Signal.StatusRead,
                Signal.ReadFailed,
                Signal.UnitStarted,
                Signal.UnitEnded,
                Signal.Recheck,
                Signal.ProbeSucceeded,
                Signal.AttemptExpired,
                Signal.IdleDue,
                Signal.IdleAnswered,
                Signal.HealthFell,
                Signal.HealthRose,
                Signal.Drained,
                Signal.DrainExpired,
                Signal.RetryDue,
                Signal.LingerOver,
                Signal.RereadDue,
                Signal.Resumed {

    /**
     * Tells the time of the signal.
     *
     * @return monotonic nanoseconds
     */
    long now();

    /** Lets the rule for this signal work on the draft. */
    void apply(Draft d);

    /**
     * Tells what has to be done to the lease word first.
     *
     * @param s the state the signal meets
     * @return what to do
     */
    default Word word(Snapshot s) {
        return Word.NONE;
    }

    /**
     * The signal with the outcome of what was done to the lease word.
     *
     * @param leases the outcome
     * @return a signal to hand to the machine
     */
    default Signal withLeases(int leases) {
        return this;
    }

    /** The host begins: the unit is read for the first time. */
    record Boot(long now) implements Signal {
        @Override
        public void apply(Draft d) {
            ReadRules.recheck(d);
        }
    }

    /** A caller asks for a lease and will wait. */
    record Acquire(long now, Cause cause) implements Signal {
        @Override
        public Word word(Snapshot s) {
            return s.status() == Status.READY ? Word.TAKE : Word.NONE;
        }

        @Override
        public void apply(Draft d) {
            DemandRules.acquire(d, cause);
        }
    }

    /** Somebody asks for the service without waiting. */
    record Wake(long now, Cause cause) implements Signal {
        @Override
        public void apply(Draft d) {
            DemandRules.wake(d, cause);
        }
    }

    /** A waiter withdrew. */
    record WaiterLeft(long now) implements Signal {
        @Override
        public void apply(Draft d) {
            d.waiters--;
        }
    }

    /** A waiter's own deadline has passed. */
    record WaiterExpired(long now) implements Signal {
        @Override
        public void apply(Draft d) {
            DemandRules.waiterExpired(d);
        }
    }

    /** A verb returned well; {@code run} is the id of the run that a start began, or null. */
    record VerbDone(long now, long id, @Nullable String run) implements Signal {
        @Override
        public void apply(Draft d) {
            UnitRules.verbReturned(d, id, run, null);
        }
    }

    /** A verb threw. */
    record VerbFailed(long now, long id, Reason reason) implements Signal {
        @Override
        public void apply(Draft d) {
            UnitRules.verbReturned(d, id, null, reason);
        }
    }

    /** A verb's deadline has passed. */
    record VerbExpired(long now, long id) implements Signal {
        @Override
        public void apply(Draft d) {
            TimeRules.verbExpired(d, id);
        }
    }

    /** An interrupted verb has not returned within its grace. */
    record GraceOver(long now, long id) implements Signal {
        @Override
        public void apply(Draft d) {
            TimeRules.graceOver(d, id);
        }
    }

    /** The unit's status was read. */
    record StatusRead(long now, long id, UnitStatus unit, int leases) implements Signal {
        @Override
        public Word word(Snapshot s) {
            return id == s.read() && !s.done() && ReadRules.endsRun(s.run(), unit) ? Word.closeOrCount(s) : Word.NONE;
        }

        @Override
        public Signal withLeases(int open) {
            return new StatusRead(now, id, unit, open);
        }

        @Override
        public void apply(Draft d) {
            if (id == d.read) {
                ReadRules.statusRead(d, unit, leases);
            }
        }
    }

    /** The unit's status could not be read. */
    record ReadFailed(long now, long id, Reason reason) implements Signal {
        @Override
        public void apply(Draft d) {
            ReadRules.readFailed(d, id, reason);
        }
    }

    /** The provider's event stream says that the unit began to run. */
    record UnitStarted(long now, @Nullable String run) implements Signal {
        @Override
        public void apply(Draft d) {
            UnitRules.unitStarted(d, run);
        }
    }

    /** The provider's event stream says that the unit's run is over. */
    record UnitEnded(
            long now, @Nullable String run, @Nullable Exit exit, int leases) implements Signal {
        @Override
        public Word word(Snapshot s) {
            return run != null && run.equals(s.run()) && !s.done() ? Word.closeOrCount(s) : Word.NONE;
        }

        @Override
        public Signal withLeases(int open) {
            return new UnitEnded(now, run, exit, open);
        }

        @Override
        public void apply(Draft d) {
            UnitRules.unitEnded(d, run, exit, leases);
        }
    }

    /** Something may have changed unheard: an event was vague or lost, or a caller found the unit unreachable. */
    record Recheck(long now) implements Signal {
        @Override
        public void apply(Draft d) {
            ReadRules.recheck(d);
        }
    }

    /** A probe found the unit able to serve, in answer to {@link Action.Probe}. */
    record ProbeSucceeded(long now, long question) implements Signal {
        @Override
        public void apply(Draft d) {
            UnitRules.probeSucceeded(d, question);
        }
    }

    /** The deadline of the wake attempt has passed; {@code observed} is what the last probe saw. */
    record AttemptExpired(long now, long epoch, String observed) implements Signal {
        @Override
        public void apply(Draft d) {
            if (epoch == d.epoch) {
                TimeRules.attemptExpired(d, observed);
            }
        }
    }

    /** The unit may be idle; {@code leases} are open, the last was released at {@code stamp} if {@code used}. */
    record IdleDue(long now, long epoch, int leases, boolean used, long stamp) implements Signal {
        @Override
        public void apply(Draft d) {
            if (epoch == d.epoch) {
                TimeRules.idleDue(d, leases, used, stamp);
            }
        }
    }

    /** The vetoes have answered a question. */
    record IdleAnswered(long now, long question, boolean busy, long stamp, int leases) implements Signal {
        @Override
        public Word word(Snapshot s) {
            boolean asked = s.step() == Step.ASKING && question == s.question();
            return asked && !busy && s.pin() != Pin.READY ? Word.CLOSE_IF_IDLE : Word.NONE;
        }

        @Override
        public Signal withLeases(int outcome) {
            return new IdleAnswered(now, question, busy, stamp, outcome);
        }

        @Override
        public void apply(Draft d) {
            TimeRules.idleAnswered(d, question, busy, leases);
        }
    }

    /** The health probe of a unit that was ready has failed often enough; {@code observed} is what the last one saw. */
    record HealthFell(long now, long epoch, String observed, int leases) implements Signal {
        @Override
        public Word word(Snapshot s) {
            return epoch == s.epoch() ? Word.closeOrCount(s) : Word.NONE;
        }

        @Override
        public Signal withLeases(int open) {
            return new HealthFell(now, epoch, observed, open);
        }

        @Override
        public void apply(Draft d) {
            HealthRules.fell(d, epoch, observed, leases);
        }
    }

    /** The health probe of an unhealthy unit has succeeded often enough. */
    record HealthRose(long now, long epoch) implements Signal {
        @Override
        public void apply(Draft d) {
            HealthRules.rose(d, epoch);
        }
    }

    /** The last lease of a draining or unhealthy incarnation was closed. */
    record Drained(long now, long epoch, int leases) implements Signal {
        @Override
        public Word word(Snapshot s) {
            return epoch == s.epoch() && s.step() == Step.AILING ? Word.COUNT : Word.NONE;
        }

        @Override
        public Signal withLeases(int open) {
            return new Drained(now, epoch, open);
        }

        @Override
        public void apply(Draft d) {
            if (epoch == d.epoch) {
                TimeRules.drained(d, leases);
            }
        }
    }

    /** The drain has run out. */
    record DrainExpired(long now, long epoch) implements Signal {
        @Override
        public void apply(Draft d) {
            if (epoch == d.epoch) {
                TimeRules.drainExpired(d);
            }
        }
    }

    /** A back-off is over and something is to be retried. */
    record RetryDue(long now, long epoch) implements Signal {
        @Override
        public void apply(Draft d) {
            TimeRules.retryDue(d, epoch);
        }
    }

    /** A unit that is not ready has been left running for long enough. */
    record LingerOver(long now, long epoch) implements Signal {
        @Override
        public void apply(Draft d) {
            if (epoch == d.epoch && d.step == Step.LINGERING && d.policy.lingerNanos() != Policy.NEVER) {
                Moves.stop(d, new Cause(Cause.Kind.IDLE, "never became ready"));
            }
        }
    }

    /** A status that could not be read is to be read again. */
    record RereadDue(long now, long epoch) implements Signal {
        @Override
        public void apply(Draft d) {
            if (epoch == d.epoch) {
                ReadRules.recheck(d);
            }
        }
    }

    /** The host was suspended and goes on. */
    record Resumed(long now) implements Signal {
        @Override
        public void apply(Draft d) {
            TimeRules.resumed(d);
        }
    }
}
