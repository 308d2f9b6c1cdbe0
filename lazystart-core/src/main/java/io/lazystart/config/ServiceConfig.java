// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One service, as the builder and a file give it. {@link ServiceConfigBuilder} has the defaults.
 *
 * @param name letters, digits, dots, hyphens and underscores, at most 64 characters
 * @param unit which provider runs it, with that provider's settings; null for a group, which has dependencies only
 * @param dependsOn services that are woken before it and held awake as long as it is; each once
 * @param hosts host names that a gateway routes to it; lower case
 * @param paths path prefixes that a gateway routes to it; each begins with a slash
 * @param stripPrefix whether a gateway removes the matched prefix before it forwards
 * @param upstream template of the address, with {@code {port}}, or null to ask the provider after each start
 * @param ready how a started unit is asked whether it can serve
 * @param health how a ready unit is asked whether it still can, or null where only callers find out
 * @param idleTimeout how long nobody uses it before it sleeps; {@link #NEVER} for a service that does not sleep by itself
 * @param firstUseTimeout at least so long from READY to sleep while no lease has been taken
 * @param busyCpu so many percent of one core, used over the last minute, keep it awake; null for no matter how many
 * @param wakeTimeout deadline of a wake attempt
 * @param stop how it is put to sleep
 * @param restart what starts it again after it has died
 * @param backoff when it may be started again after a failure
 * @param waitMode what callers get while it is not ready
 * @param holdTimeout how long a caller is held
 * @param pageStatus status of the loading page: 503 or 200
 * @param startEndpoint the only path that wakes it, or null for any
 * @param errorDetails how much of a failure callers are told
 * @param onClose what becomes of the unit when the host closes
 */
public record ServiceConfig(
        String name,
        @Nullable UnitConfig unit,
        List<DependencyConfig> dependsOn,
        List<String> hosts,
        List<String> paths,
        boolean stripPrefix,
        @Nullable String upstream,
        ReadyConfig ready,
        @Nullable HealthConfig health,
        Duration idleTimeout,
        Duration firstUseTimeout,
        @Nullable Integer busyCpu,
        Duration wakeTimeout,
        StopConfig stop,
        Restart restart,
        BackoffConfig backoff,
        WaitMode waitMode,
        Duration holdTimeout,
        int pageStatus,
        @Nullable String startEndpoint,
        ErrorDetails errorDetails,
        OnClose onClose) {

    /** An idle time-out that never passes. */
    public static final Duration NEVER = Duration.ofSeconds(Long.MAX_VALUE);

    /**
     * Copies the lists.
     *
     * @param name the component
     * @param unit the component
     * @param dependsOn the component
     * @param hosts the component
     * @param paths the component
     * @param stripPrefix the component
     * @param upstream the component
     * @param ready the component
     * @param health the component
     * @param idleTimeout the component
     * @param firstUseTimeout the component
     * @param busyCpu the component
     * @param wakeTimeout the component
     * @param stop the component
     * @param restart the component
     * @param backoff the component
     * @param waitMode the component
     * @param holdTimeout the component
     * @param pageStatus the component
     * @param startEndpoint the component
     * @param errorDetails the component
     * @param onClose the component
     */
    public ServiceConfig {
        dependsOn = List.copyOf(dependsOn);
        hosts = List.copyOf(hosts);
        paths = List.copyOf(paths);
    }

    /**
     * Tells whether this is a group: a service without a unit, READY when all that it depends on is.
     *
     * @return true for a group
     */
    public boolean isGroup() {
        return unit == null;
    }

    /** The same service with another idle time-out. */
    ServiceConfig withIdleTimeout(Duration other) {
        return new ServiceConfig(
                name,
                unit,
                dependsOn,
                hosts,
                paths,
                stripPrefix,
                upstream,
                ready,
                health,
                other,
                firstUseTimeout,
                busyCpu,
                wakeTimeout,
                stop,
                restart,
                backoff,
                waitMode,
                holdTimeout,
                pageStatus,
                startEndpoint,
                errorDetails,
                onClose);
    }

    /** What callers get while a service is not ready. */
    public enum WaitMode {
        /** A person's navigation gets the loading page, everything else is held. */
        AUTO,
        /** Every GET and HEAD gets the loading page. */
        PAGE,
        /** Everybody is held. */
        HOLD,
        /** Navigations get the page, everything else is told to come back. */
        ASYNC
    }

    /** How much of a failure callers are told. */
    public enum ErrorDetails {
        /** Only that it failed. */
        NONE,
        /** The reason with the exit code, without output. */
        REASON,
        /** The reason and the last lines of output. */
        OUTPUT
    }

    /** What starts a service again after its unit has died, or was put down because it was unhealthy. */
    public enum Restart {
        /** A person's wake only; it stays in error until then. */
        NEVER,
        /** The next caller, once the back-off is over. */
        ON_REQUEST,
        /** Nobody need ask: it is started when the back-off is over. */
        ALWAYS
    }

    /** What becomes of a unit when the host closes. */
    public enum OnClose {
        /** It is stopped. */
        STOP,
        /** It goes on running and is adopted by the next host. */
        LEAVE
    }
}
