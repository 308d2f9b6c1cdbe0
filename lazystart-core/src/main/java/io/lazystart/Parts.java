// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.http.HttpGate;
import io.lazystart.provider.Unit;
import io.lazystart.wake.Surroundings;
import io.lazystart.wake.WatcherConfig;
import java.util.concurrent.Executor;

/** What the watchers are made with. */
interface Parts {

    /** What a watcher shares with others; the executor runs the calls of its provider. */
    Surroundings surroundings(Executor calls);

    /** Runs the calls of a provider. */
    Executor calls(String connection);

    /** Runs what does not block. */
    Executor tasks();

    /** How a unit is watched. */
    WatcherConfig config(Target target, Unit unit);

    /** A service was removed, and all is over. */
    void forget(String service);

    /** Nobody has a unit any more, or is to have it. */
    void released(Units.Key unit);

    /** The HTTP rules of a service. */
    HttpGate gate(Entry entry);
}
