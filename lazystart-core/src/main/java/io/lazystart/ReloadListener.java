// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.failure.LazyStartException;

/** Hears what became of changes to the configuration file. Called on a thread that is there for that, one call at a
 * time; the next change waits until the call returns, and what it throws is logged. */
public interface ReloadListener {

    /**
     * The file has changed and is in force.
     *
     * @param reload what has changed
     */
    void onReloaded(Reload reload);

    /**
     * The file has changed, and is refused: nothing else has. It is tried again each ten seconds, since what stands against
     * it may lie elsewhere, and when it changes again; the same refusal is told once.
     *
     * @param refusal says what was expected, and where; its message is one for people
     */
    void onRefused(LazyStartException refusal);
}
