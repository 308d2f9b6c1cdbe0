// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

/** What a unit is like that {@link ProviderContractTest} asks for. */
public enum UnitKind {
    /** Starts at once, runs until it is stopped, and stops at once when asked to. */
    PLAIN,
    /** Runs, and does not stop when asked to: only force ends it. */
    STUBBORN,
    /** Cannot be started, or ends badly by itself right after it was. */
    FAILING,
    /** Is PLAIN and has an address while it runs. */
    LISTENING,
    /** Does not exist: its settings are in order, but what they name is not there. */
    MISSING
}
