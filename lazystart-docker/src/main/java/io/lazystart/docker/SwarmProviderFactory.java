// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;

/**
 * Makes the provider of type {@code swarm}: replicated services of a swarm, asked of an engine that is one of its managers. The
 * engine is found as for {@link DockerProviderFactory}.
 */
public final class SwarmProviderFactory implements ProviderFactory {
    private final EngineFinder finder;

    /** For {@link java.util.ServiceLoader}. */
    public SwarmProviderFactory() {
        this(EngineFinder.ofSystem());
    }

    SwarmProviderFactory(EngineFinder finder) {
        this.finder = finder;
    }

    @Override
    public String type() {
        return "swarm";
    }

    /**
     * Opens the provider; connects to nothing yet.
     *
     * @throws io.lazystart.failure.ConfigException if a setting is wrong, or the environment or a context of the {@code
     *     docker} command that it leads to
     */
    @Override
    public Provider create(ProviderContext context) {
        if (context.settings().string("discover") != null) {
            throw context.settings()
                    .refuse("discover", "unknown key (expected: none; services of a swarm are not found by labels)");
        }
        return new SwarmProvider(context, Connection.of(context.settings(), finder));
    }
}
