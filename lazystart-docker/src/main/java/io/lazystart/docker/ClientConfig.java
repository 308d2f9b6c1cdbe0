// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.AuthConfigurations;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.core.SSLConfig;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What docker-java is to know. Its own way would also read system properties, the environment and files of the user. */
final class ClientConfig implements DockerClientConfig {
    private final URI host;
    private final @Nullable String apiVersion;

    ClientConfig(URI host, @Nullable String apiVersion) {
        this.host = host;
        this.apiVersion = apiVersion;
    }

    @Override
    public URI getDockerHost() {
        return host;
    }

    /** Without a version the engine uses its own: no version is known to all of them. */
    @Override
    public RemoteApiVersion getApiVersion() {
        return apiVersion == null ? RemoteApiVersion.unknown() : RemoteApiVersion.parseConfig(apiVersion);
    }

    @Override
    public @Nullable String getRegistryUsername() {
        return null;
    }

    @Override
    public @Nullable String getRegistryPassword() {
        return null;
    }

    @Override
    public @Nullable String getRegistryEmail() {
        return null;
    }

    @Override
    public String getRegistryUrl() {
        return AuthConfig.DEFAULT_SERVER_ADDRESS;
    }

    @Override
    public @Nullable AuthConfig effectiveAuthConfig(String image) {
        return null;
    }

    @Override
    public AuthConfigurations getAuthConfigurations() {
        return new AuthConfigurations();
    }

    @Override
    @SuppressWarnings("deprecation") // the interface asks for it; the transport has its own
    public @Nullable SSLConfig getSSLConfig() {
        return null;
    }
}
