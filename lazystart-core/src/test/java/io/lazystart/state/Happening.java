// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * One transition of the walk, as it is seen from outside.
 *
 * @param before the node that the signal met
 * @param move what happened
 * @param signal what the machine was told
 * @param leases leases that were open
 * @param transition what it made of it
 * @param after the world afterwards
 * @param kinds a bit for each type of action there is; types may share one
 */
record Happening(Node before, Move move, Signal signal, int leases, Transition transition, World after, long kinds) {

    static Happening of(Node before, Move move, Signal signal, int leases, Transition transition, World after) {
        long kinds = 0;
        List<Action> actions = transition.actions();
        for (int i = 0; i < actions.size(); i++) {
            kinds |= bit(actions.get(i).getClass());
        }
        return new Happening(before, move, signal, leases, transition, after, kinds);
    }

    private static long bit(Class<?> type) {
        return 1L << type.hashCode();
    }

    Status from() {
        return before.status();
    }

    Status to() {
        return transition.snapshot().status();
    }

    Step step() {
        return transition.snapshot().step();
    }

    boolean enters(Status status) {
        return from() != status && to() == status;
    }

    long epochs() {
        return transition.snapshot().epoch() - before.snapshot().epoch();
    }

    /** Actions of a type. Loops instead of streams: this runs millions of times. */
    <T extends Action> List<T> all(Class<T> type) {
        if (!has(type)) {
            return List.of();
        }
        List<T> found = new ArrayList<>();
        for (Action action : transition.actions()) {
            if (type.isInstance(action)) {
                found.add(type.cast(action));
            }
        }
        return found;
    }

    /** Asked dozens of times for each of millions, and the answer is nearly always no. */
    boolean has(Class<? extends Action> type) {
        return (kinds & bit(type)) != 0 && has(transition.actions(), type);
    }

    /** Every action is a record of its own: comparing classes is asking for the type, and quicker. */
    static boolean has(List<Action> actions, Class<? extends Action> type) {
        for (int i = 0; i < actions.size(); i++) {
            if (actions.get(i).getClass() == type) {
                return true;
            }
        }
        return false;
    }

    /** Whether the signal is the answer to the read that counts, and says this. */
    boolean reads(UnitStatus.State state) {
        return signal instanceof Signal.StatusRead read
                && read.id() == Node.READ
                && read.unit().state() == state;
    }

    /** Whether an unhealthy unit is put down to be restarted. */
    boolean restartsSick() {
        boolean health = signal instanceof Signal.HealthFell
                || (before.step() == Step.AILING
                        && (signal instanceof Signal.Drained || signal instanceof Signal.DrainExpired));
        return health && enters(Status.STOPPING);
    }

    /** Whether what fails is a dependency, or the unit for those who use it too. Before they are held only they can fail. */
    boolean failsByOthers() {
        return before.step() == Step.DEPENDENCIES
                || signal instanceof DependencySignal.Failed
                || signal instanceof DependencySignal.UnitRestarts;
    }

    boolean readFails() {
        return signal instanceof Signal.ReadFailed read && read.id() == Node.READ;
    }

    /** Whether the signal says for sure that the run that was known is over. */
    boolean ends() {
        return signal instanceof Signal.UnitEnded ended
                && ended.run() != null
                && ended.run().equals(before.snapshot().run());
    }

    /** Whether a person, the closing host, a lost dependency or a drain that ran out wants an end even though leases are open. */
    boolean cuts() {
        return signal instanceof OrderSignal.Close
                || signal instanceof DependencySignal.Lost
                || signal instanceof DependencySignal.GivenUp
                || signal instanceof Signal.DrainExpired
                || (signal instanceof OrderSignal.Sleep sleep && sleep.atOnce());
    }
}
