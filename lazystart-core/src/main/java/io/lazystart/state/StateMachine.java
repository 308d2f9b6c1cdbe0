// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

/**
 * The life of one unit as a pure function: reads no clock, takes no lock, calls nobody.
 *
 * <pre>
 *               wake, found running                  probe succeeded
 *   NAPPING ────────────────────────▶ STARTING ────────────────────────▶ READY
 *      ▲                               ▲  │  │                            │ │ │
 *      │          restart queued ┌─────┘  │  └──── put to sleep ────┐     │ │ │
 *      │ asleep                  │        │ failed, died, too late  │     │ │ │ died
 *      │                         │        ▼                         │     │ │ └──────────┐
 *      ├──────────────────── STOPPING ◀── ERROR ◀───────────────────┼─────┼─┼────────────┘
 *      │                         ▲  │     ▲  ▲                      │     │ │
 *      │                         │  └─────┘  └── kill failed        │     │ │
 *      │                         └──────────────────────────────────┴─────┘ │ idle, put to sleep
 *      └────────────────────────────────────────────────────────────────────┘ ended by itself and well
 *   ERROR ▶ STARTING (wake, found running), ERROR ▶ READY (ready after all), ERROR ▶ NAPPING (asleep after all),
 *   READY ▶ STARTING (restarted from outside, found unhealthy), NAPPING ▶ STOPPING (pinned asleep and found running)
 * </pre>
 */
public final class StateMachine {
    private final Policy policy;

    /**
     * Creates a machine.
     *
     * @param policy what it is told about its service
     */
    public StateMachine(Policy policy) {
        this.policy = policy;
    }

    /**
     * Decides what a signal leads to.
     *
     * @param snapshot the state it meets
     * @param signal what happened, with the outcome of {@link Signal#word(Snapshot)}
     * @return the new state and what to do
     */
    public Transition step(Snapshot snapshot, Signal signal) {
        Draft draft = new Draft(policy, snapshot, signal.now());
        signal.apply(draft);
        return draft.done();
    }
}
