// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;

/**
 * Makes the provider of type {@code docker}: containers of one engine. Without settings it is the engine that the {@code
 * docker} command would use, or else the first of the usual sockets of Docker and Podman that is there.
 */
public final class DockerProviderFactory implements ProviderFactory {
    private final EngineFinder finder;

    /** For {@link java.util.ServiceLoader}. */
    public DockerProviderFactory() {
        this(EngineFinder.ofSystem());
    }

    DockerProviderFactory(EngineFinder finder) {
        this.finder = finder;
    }

    @Override
    public String type() {
        return "docker";
    }

    /**
     * Opens the provider; connects to nothing yet.
     *
     * @throws io.lazystart.failure.ConfigException if a setting is wrong, or the environment or a context of the {@code
     *     docker} command that it leads to
     */
    @Override
    public Provider create(ProviderContext context) {
        return new DockerProvider(context, Connection.of(context.settings(), finder));
    }
}
