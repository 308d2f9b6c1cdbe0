// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a service is put to sleep.
 *
 * @param method what is done to the unit
 * @param signal first signal of a stop, such as {@code SIGTERM}; null for the provider's own way
 * @param timeout how long a stop may take before the unit is killed; default 30 s
 * @param drain how long open leases are waited for when a person puts the service to sleep; default 30 s
 */
public record StopConfig(Method method, @Nullable String signal, Duration timeout, Duration drain) {
    /** Stop by the provider's own way within 30 s, drain 30 s. */
    public static final StopConfig DEFAULT =
            new StopConfig(Method.STOP, null, Duration.ofSeconds(30), Duration.ofSeconds(30));

    /** What is done to a unit that goes to sleep. */
    public enum Method {
        /** It is asked to end, and killed if it does not. */
        STOP,
        /** It is frozen and keeps its memory. */
        PAUSE,
        /** It is ended by force. */
        KILL
    }
}
