// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import java.util.List;

/**
 * What a signal led to.
 *
 * @param snapshot the state after it
 * @param actions what the shell has to do, in order, once the lock is released
 */
public record Transition(Snapshot snapshot, List<Action> actions) {
    /** Copies the actions. */
    public Transition {
        actions = List.copyOf(actions);
    }
}
