// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.util.Objects;

/**
 * A service that another one needs.
 *
 * @param service name of the service that is needed; not null
 * @param condition how far it must have come before the dependent's unit is started; not null
 * @param optional whether the dependent starts without it if it fails, or has not come so far when half of the dependent's
 *     wake time-out is over
 * @param restartWith whether the dependent is restarted when the unit of this one is lost; else it stays READY while this
 *     one is started again
 */
public record DependencyConfig(String service, Condition condition, boolean optional, boolean restartWith) {

    /** How far a dependency must have come. */
    public enum Condition {
        /** It is READY. */
        READY,
        /** Its unit runs; it need not be able to serve. */
        STARTED,
        /**
         * Its unit has run and ended with exit code 0, as a migration does. A service that is needed like this is a job: it
         * is READY when it has ended well, and stays so until nobody who woke it is awake any more. Then it is asleep,
         * and runs again at the next wake.
         */
        COMPLETED
    }

    /**
     * Checks the components.
     *
     * @param service the component
     * @param condition the component
     * @param optional the component
     * @param restartWith the component
     */
    public DependencyConfig {
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(condition, "condition");
    }

    /**
     * A dependency that must be READY, is not optional and does not take its dependent along when it is lost.
     *
     * @param service name of the service that is needed; not null
     * @return the dependency
     */
    public static DependencyConfig ready(String service) {
        return new DependencyConfig(service, Condition.READY, false, false);
    }
}
