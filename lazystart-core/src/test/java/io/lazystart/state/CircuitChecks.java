// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;
import java.util.List;

/** When the circuit opens and closes, and that nothing but a person starts a unit while it is open. */
final class CircuitChecks {
    private final int openAfter;

    CircuitChecks(Policy policy) {
        this.openAfter = policy.openAfter();
    }

    void check(Happening h) {
        Failures was = h.before().snapshot().failures();
        Failures now = h.transition().snapshot().failures();
        boolean fails = failsToStartOrDies(h);
        boolean reset = h.signal() instanceof OrderSignal.Reset;
        boolean forgets = h.from() == Status.READY && h.before().snapshot().readyNanos() == Node.PAST;
        int failures = (forgets ? 0 : was.count()) + (fails ? 1 : 0);
        if (fails) {
            check(now.open() == (was.open() || failures >= openAfter), "open " + now.open() + " after ", failures);
        } else {
            check(!now.open() || was.open(), "opened by ", h.move().name());
            boolean closes =
                    h.to() == Status.READY || (reset && !h.before().snapshot().closing());
            check(now.open() == (was.open() && !closes), "closed by ", h.move().name());
        }
        List<Action.TellCircuit> told = h.all(Action.TellCircuit.class);
        check(told.size() == (was.open() == now.open() ? 0 : 1), "how often it was told: ", told.size());
        for (Action.TellCircuit one : told) {
            check((one.reason() != null) == now.open(), "told the contrary: ", one);
        }
        if (was.open() && h.epochs() > 0 && h.step() == Step.DEPENDENCIES && h.from() != Status.STOPPING) {
            check(reset || byPerson(h), "started by ", h.move().name());
        }
    }

    /**
     * Whether a start has failed, or a unit that was ready has died or was put down as if it had.
     */
    private static boolean failsToStartOrDies(Happening h) {
        boolean served = h.from() == Status.READY || h.before().step() == Step.AILING;
        boolean starting = h.from() == Status.STARTING && !served && !h.failsByOthers();
        boolean restarted = h.before().step() == Step.AILING && h.step() == Step.DEPENDENCIES;
        return h.restartsSick() || restarted || ((served || starting) && h.to() == Status.ERROR);
    }

    private static boolean byPerson(Happening h) {
        return (h.signal() instanceof Signal.Acquire acquire && acquire.cause().equals(WalkMoves.PERSON))
                || (h.signal() instanceof Signal.Wake wake && wake.cause().equals(WalkMoves.PERSON))
                || h.signal() instanceof OrderSignal.SetPin;
    }

    private static void check(boolean holds, String problem, Object detail) {
        Violation.check(holds, "circuit", problem, detail);
    }
}
