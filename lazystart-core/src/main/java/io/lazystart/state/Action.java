// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import org.jspecify.annotations.Nullable;

/** Something the shell does after a transition, off the lock. */
public sealed interface Action {

    /**
     * Binds the action to what it is about.
     *
     * @param actor the shell
     * @return what is to be run once the lock is released
     */
    Runnable bind(Actor actor);

    /**
     * Tell the listeners.
     *
     * @param type what happened
     * @param epoch the epoch it belongs to
     * @param cause who or what led to it
     * @param message one sentence
     * @param reason the failure, for ERROR
     * @param detail name of a dependency, or null
     */
    record Publish(
            WakeEvent.Type type,
            long epoch,
            Cause cause,
            String message,
            @Nullable Reason reason,
            @Nullable String detail)
            implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.publish(this);
        }
    }

    /**
     * Set a timer; one of the same kind that is set is forgotten.
     *
     * @param kind which
     * @param token epoch, or number of the verb, that the timer's signal carries back
     * @param atNanos when, on the monotonic clock
     */
    record Arm(Timer kind, long token, long atNanos) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.arm(this);
        }
    }

    /**
     * Take the leases on the dependencies, those that are not held yet; answer with {@link DependencySignal.Taken}, or
     * with {@link DependencySignal.Failed} unless it is done beside a unit that runs already. What is held and lost is
     * taken again until it is given back.
     *
     * @param epoch the attempt
     * @param cause why the service is woken
     * @param beside whether the unit runs already: then what fails is tried again
     * @param ailment for what a unit that others use too is given up before it is taken again; null where it is kept
     */
    record TakeDependencies(
            long epoch,
            Cause cause,
            boolean beside,
            @Nullable Reason ailment) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.takeDependencies(this);
        }

        /**
         * The same in another epoch.
         *
         * @param another the epoch
         * @return what is taken there
         */
        public TakeDependencies in(long another) {
            return new TakeDependencies(another, cause, beside, ailment);
        }
    }

    /**
     * The leases on the dependencies are held on in another epoch: what becomes of them carries that. Takes and wakes
     * nothing.
     *
     * @param epoch the epoch
     */
    record KeepDependencies(long epoch) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.keepDependencies(this);
        }
    }

    /**
     * Give the leases on the dependencies back; what is still being taken, as soon as it is there.
     *
     * @param ailment for what a unit that others use too is given up; null where it is of no more use
     */
    record ReleaseDependencies(@Nullable Reason ailment) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.releaseDependencies(this);
        }
    }

    /**
     * Read the unit's status; answer with {@link Signal.StatusRead} or {@link Signal.ReadFailed}.
     *
     * @param id number of the read
     */
    record Read(long id) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.read(this);
        }
    }

    /**
     * Run a verb; answer with {@link Signal.VerbDone} or {@link Signal.VerbFailed}.
     *
     * @param verb which
     */
    record Run(Verb verb) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.run(this);
        }
    }

    /**
     * Interrupt a verb in flight.
     *
     * @param id number of the verb
     */
    record Interrupt(long id) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.interrupt(this);
        }
    }

    /**
     * Count a verb as abandoned.
     *
     * @param id number of the verb
     */
    record Abandon(long id) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.abandon(this);
        }
    }

    /**
     * Probe until ready; answer with {@link Signal.ProbeSucceeded}.
     *
     * @param question number of the question; each start, and each run that has a name of its own, is asked about by another
     * @param sinceNanos when the unit was seen running
     * @param slow whether once a second is enough
     */
    record Probe(long question, long sinceNanos, boolean slow) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.probe(this);
        }
    }

    /**
     * Watch the health of a unit that is ready, or was; answer with {@link Signal.HealthFell} and {@link
     * Signal.HealthRose}. Ends with the epoch or the status.
     *
     * @param epoch the epoch
     * @param ailing whether it is unhealthy, and is probed on until it is well
     */
    record WatchHealth(long epoch, boolean ailing) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.watchHealth(this);
        }
    }

    /** Stop probing. */
    record StopProbing() implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.stopProbing();
        }
    }

    /** Complete all waiters with the leases counted for them. */
    record ServeWaiters() implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.serveWaiters();
        }
    }

    /**
     * Complete all waiters with a failure.
     *
     * @param reason why
     * @param retryAtNanos end of the back-off; not after now where there is none
     */
    record FailWaiters(Reason reason, long retryAtNanos) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.failWaiters(this);
        }
    }

    /** Complete the waiter that the signal is about with the lease taken for it. */
    record ServeOne() implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.serveOne();
        }
    }

    /** Keep the waiter that the signal is about. */
    record KeepOne() implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.keepOne();
        }
    }

    /**
     * Complete the waiter that the signal is about with a failure.
     *
     * @param reason why
     * @param retryAtNanos end of the back-off; not after now where there is none
     */
    record RefuseOne(Reason reason, long retryAtNanos) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.refuseOne(this);
        }
    }

    /** Complete the waiter that the signal is about: its own deadline has passed. */
    record ExpireOne() implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.expireOne();
        }
    }

    /**
     * Ask the vetoes; answer with {@link Signal.IdleAnswered}.
     *
     * @param question number of the question
     * @param stamp the last release that was seen
     */
    record AskVetoes(long question, long stamp) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.askVetoes(this);
        }
    }

    /**
     * Tell the holders of open leases that the unit is lost.
     *
     * @param reason why
     */
    record LoseLeases(Reason reason) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.loseLeases(this);
        }
    }

    /**
     * Remember how long a wake took.
     *
     * @param nanos from the beginning of the attempt to READY
     */
    record Learn(long nanos) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.learn(this);
        }
    }

    /**
     * Tell that the circuit has opened or closed.
     *
     * @param reason the last failure, or null if it has closed
     * @param failures how many there were in a row
     */
    record TellCircuit(@Nullable Reason reason, int failures) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.tellCircuit(this);
        }
    }

    /** The unit is at rest, and another may take its place. */
    record Vacated() implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.vacated();
        }
    }

    /** The watcher has closed, for the reason given: nothing more will happen. */
    record Closed(Cause cause) implements Action {
        @Override
        public Runnable bind(Actor actor) {
            return actor.closed(this);
        }
    }

    /** Timers that the machine sets. */
    enum Timer {
        /** Deadline of the wake attempt; carries the epoch. */
        ATTEMPT,
        /** Deadline of a verb; carries its number. */
        VERB,
        /** End of the grace of an interrupted verb; carries its number. */
        GRACE,
        /** Earliest moment of idleness; carries the epoch. */
        IDLE,
        /** End of a drain, or of the time that an unhealthy unit keeps its leases; carries the epoch. */
        DRAIN,
        /** End of the back-off where something is to be retried; carries the epoch. */
        RETRY,
        /** End of the time that a unit which is not ready is left running; carries the epoch. */
        LINGER,
        /** Time to read a status again that could not be read; carries the epoch. */
        REREAD
    }
}
