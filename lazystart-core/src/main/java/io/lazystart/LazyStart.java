// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.failure.LazyStartException;
import io.lazystart.http.HttpGate;
import io.lazystart.provider.Names;
import io.lazystart.watch.Watcher;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A set of services that sleep until somebody needs them. Thread-safe. Holds threads of its own, all daemon and named
 * {@code lazystart-…}; close it to end them and to stop or leave the units.
 */
public final class LazyStart implements AutoCloseable {
    private final LazyStartConfig config;
    private final Services services;

    private LazyStart(LazyStartConfig config, Services services) {
        this.config = config;
        this.services = services;
    }

    /**
     * Begins a description.
     *
     * @return an empty builder
     */
    public static LazyStartBuilder builder() {
        return new LazyStartBuilder();
    }

    /**
     * Opens what a file describes.
     *
     * @param file YAML or JSON
     * @return to be closed by the caller
     * @throws io.lazystart.failure.ConfigException if the file is refused; nothing was started then
     */
    public static LazyStart from(Path file) {
        return builder().file(file).build();
    }

    static LazyStart open(LazyStartConfig config, Providers providers, LazyStartBuilder.Host host) {
        return new LazyStart(config, Services.open(config, providers, host));
    }

    /**
     * Tells what is served.
     *
     * @return the configuration
     */
    public LazyStartConfig config() {
        return config;
    }

    /**
     * Finds the watcher of a service.
     *
     * @param service name of the service
     * @return the watcher, the same for each call
     * @throws LazyStartException if there is no such service; the message lists near names
     */
    public Watcher watcher(String service) {
        return known(service, services.watchers().get(service));
    }

    /**
     * Finds the HTTP rules of a service, for adapters.
     *
     * @param service name of the service
     * @return the gate, the same for each call
     * @throws LazyStartException if there is no such service; the message lists near names
     */
    public HttpGate gate(String service) {
        return known(service, services.gates().get(service));
    }

    /**
     * Says that a service is busy though nobody holds a lease, such as for a job that a host runs in it. It wakes nothing:
     * a service that is ready does not sleep by idleness until the time has passed, and its idle time starts anew when it
     * would have. Thread-safe.
     *
     * @param service name of the service
     * @param ttl for how long from now; zero or more; a longer time that was given before stays
     * @throws LazyStartException if there is no such service; the message lists near names
     * @throws IllegalArgumentException if the time is negative
     */
    public void busy(String service, Duration ttl) {
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("ttl: " + ttl + " (expected: zero or more)");
        }
        known(service, services.watchers().get(service)).busy(ttl);
    }

    private <T> T known(String service, @org.jspecify.annotations.Nullable T found) {
        if (found == null) {
            throw new LazyStartException("service: " + service + " ("
                    + Names.expected(service, config.services().keySet()) + ")");
        }
        return found;
    }

    /**
     * Lets no caller in any more, ends waiters with the reason "closing", interrupts starts, stops or leaves each unit
     * by its {@code on-close}, and ends the threads. Blocks up to 30 seconds. Idempotent.
     */
    @Override
    public void close() {
        services.close();
    }
}
