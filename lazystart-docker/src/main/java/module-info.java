// SPDX-License-Identifier: Apache-2.0
/** Wakes containers of a Docker engine and services of a swarm, and puts them to sleep. */
@SuppressWarnings("requires-automatic") // docker-java has no module descriptors
module io.lazystart.docker {
    requires transitive io.lazystart.core;
    requires com.fasterxml.jackson.databind;
    requires com.github.dockerjava.api;
    requires com.github.dockerjava.core;
    requires com.github.dockerjava.transport;
    requires com.github.dockerjava.transport.zerodep;
    requires com.google.common; // these three for docker-java, which cannot ask for them itself
    requires org.apache.commons.io;
    requires org.apache.commons.lang3;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.lazystart.docker;

    provides io.lazystart.provider.ProviderFactory with
            io.lazystart.docker.DockerProviderFactory,
            io.lazystart.docker.SwarmProviderFactory;
}
