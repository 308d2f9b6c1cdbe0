// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a started unit is asked whether it can serve.
 *
 * @param kind what is asked
 * @param path path and query of the HTTP request; null unless the kind is HTTP
 * @param firstCode lowest HTTP status that means ready
 * @param lastCode highest HTTP status that means ready
 * @param timeout how long one probe may take
 * @param provider whether the unit's provider is asked too, and enough where it says that the unit is healthy; always for the
 *     kind PROVIDER, and AUTO is TCP with it. Needs {@link io.lazystart.provider.Capability#HEALTH}
 */
public record ReadyConfig(
        Kind kind, @Nullable String path, int firstCode, int lastCode, Duration timeout, boolean provider) {
    /**
     * Default: as {@link #TCP}, and for units that are more than one process what their provider says as well, see {@link
     * io.lazystart.provider.Unit#awaitsHealth()}.
     */
    public static final ReadyConfig AUTO = new ReadyConfig(Kind.AUTO, null, 0, 0, Duration.ofSeconds(1));

    /** A TCP connection that is accepted and not closed at once, within one second. */
    public static final ReadyConfig TCP = new ReadyConfig(Kind.TCP, null, 0, 0, Duration.ofSeconds(1));

    /** What the unit's provider says, such as by a Docker {@code HEALTHCHECK}, and nothing else. */
    public static final ReadyConfig PROVIDER = new ReadyConfig(Kind.PROVIDER, null, 0, 0, Duration.ofSeconds(1));

    /** What is asked. */
    public enum Kind {
        /** Whether a TCP connection is accepted and stays open, and the unit is healthy where it awaits that. */
        AUTO,
        /** Whether a TCP connection is accepted and stays open. */
        TCP,
        /** Whether a GET is answered with an expected status. */
        HTTP,
        /** Nothing but the unit's provider. */
        PROVIDER
    }

    /**
     * Sees to it that the provider is asked where nothing else is, and that who asks for it as well gets either.
     *
     * @param kind the component
     * @param path the component
     * @param firstCode the component
     * @param lastCode the component
     * @param timeout the component
     * @param provider the component
     */
    public ReadyConfig {
        kind = provider && kind == Kind.AUTO ? Kind.TCP : kind;
        provider = provider || kind == Kind.PROVIDER;
    }

    /**
     * Asks the provider only where the kind says so.
     *
     * @param kind the component
     * @param path the component
     * @param firstCode the component
     * @param lastCode the component
     * @param timeout the component
     */
    public ReadyConfig(Kind kind, @Nullable String path, int firstCode, int lastCode, Duration timeout) {
        this(kind, path, firstCode, lastCode, timeout, false);
    }

    /**
     * Asks by HTTP for any status from 200 to 399 within one second.
     *
     * @param path path and query, beginning with a slash
     * @return the probe
     */
    public static ReadyConfig http(String path) {
        return new ReadyConfig(Kind.HTTP, path, 200, 399, Duration.ofSeconds(1));
    }

    /**
     * The same, but the unit's provider is asked too.
     *
     * @return what asks both, of which one is enough
     */
    public ReadyConfig orProvider() {
        return new ReadyConfig(kind, path, firstCode, lastCode, timeout, true);
    }
}
