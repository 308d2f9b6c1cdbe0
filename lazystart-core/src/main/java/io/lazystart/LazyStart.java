// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.failure.LazyStartException;
import io.lazystart.http.HttpGate;
import io.lazystart.provider.Names;
import io.lazystart.watch.Watcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A set of services that sleep until somebody needs them. Thread-safe. Holds threads of its own, all daemon and named
 * {@code lazystart-…}; close it to end them and to stop or leave the units.
 */
public final class LazyStart implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);

    private final Services services;
    private final Source source;

    /** Null where the host does not want changes of the file to be noticed. */
    private final @Nullable FileWatch fileWatch;

    /** Why the file is refused, as the listener was told; empty if it is not. Touched by one look at the file at a time. */
    private String refusal = "";

    private LazyStart(Services services, Source source, @Nullable ReloadListener listener, FileWatch.Look seen) {
        this.services = services;
        this.source = source;
        Path file = source.file();
        fileWatch = listener == null || file == null
                ? null
                : new FileWatch(file, seen, services.scheduler(), services.reloads(), () -> reload(listener));
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

    static LazyStart open(Source source, LazyStartBuilder.Host host, @Nullable ReloadListener listener) {
        FileWatch.Look seen = FileWatch.look(source.file()); // before it is read: what comes after is a change
        Services opened = source.use(declared -> Services.open(declared, source.providers(), host));
        return new LazyStart(opened, source.opened(), listener, seen);
    }

    /**
     * Tells what is served.
     *
     * @return the configuration that is in force now
     */
    public LazyStartConfig config() {
        return services.config();
    }

    /**
     * Reads the configuration file again and serves what it says from now on.
     *
     * @return what has changed
     * @throws io.lazystart.failure.ConfigException if the file is refused; nothing has changed then
     * @throws LazyStartException if a provider cannot be opened; nothing has changed then
     * @throws IllegalStateException if the host was built without a file, or is closed
     * @see #reload(LazyStartConfig)
     */
    public Reload reload() {
        if (source.file() == null) {
            throw new IllegalStateException(
                    "reload: there is no file (expected: a configuration, as this host was built without a file)");
        }
        return services.reload(() -> source.use(services::reload));
    }

    /**
     * Serves another configuration from now on. Services that are the same keep their status, waiters, leases and units.
     * What has changed about a service is in force at once, and deadlines that run stay, unless it is about the unit itself:
     * its provider or settings, its upstream, whether others use it too, or whether it is a job. Then the unit is put to
     * sleep, once its leases have ended or its drain is over, while callers wait for the one that takes its place. A service
     * that is gone refuses callers with the reason REMOVED; its unit is stopped when its leases have ended, or left, by
     * {@code on-close}. Returns before such sleeps are over. State directory and port range cannot be changed.
     *
     * @param next the whole configuration; not null
     * @return what has changed
     * @throws io.lazystart.failure.ConfigException if the configuration is refused; nothing has changed then
     * @throws LazyStartException if a provider cannot be opened; nothing has changed then
     * @throws IllegalStateException if the host is closed
     */
    public Reload reload(LazyStartConfig next) {
        return services.reload(() -> source.use(next, services::reloadInCode));
    }

    /** Takes in what has changed about the file, and tells whether it is in force. */
    private boolean reload(ReloadListener listener) {
        Reload done;
        try {
            done = reload();
        } catch (LazyStartException refused) {
            refused(refused, null, listener);
            return false;
        } catch (RuntimeException broken) {
            if (services.isClosed()) {
                return true;
            }
            refused(new LazyStartException("reload failed: " + broken, broken), broken, listener);
            return false;
        }
        refusal = "";
        tell("reloads", () -> listener.onReloaded(done));
        return true;
    }

    private void refused(LazyStartException refused, @Nullable Throwable bug, ReloadListener listener) {
        String message = String.valueOf(refused.getMessage());
        if (!message.equals(refusal)) {
            refusal = message;
            log.warn("the changed configuration is refused, and nothing has changed: {}", message, bug);
            tell("reloads", () -> listener.onRefused(refused));
        }
    }

    /** Calls a listener of the host, which may throw what it likes. */
    static void tell(String about, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            log.error("the listener of {} failed", about, e);
        }
    }

    /**
     * Finds the watcher of a service.
     *
     * @param service name of the service
     * @return the watcher, the same for each call until the service is removed; it goes on being that of the service
     *     whatever changes about it
     * @throws LazyStartException if there is no such service; the message lists near names
     */
    public Watcher watcher(String service) {
        return known(service).watcher();
    }

    /**
     * Finds the HTTP rules of a service, for adapters.
     *
     * @param service name of the service
     * @return the gate, the same for each call until the service is removed
     * @throws LazyStartException if there is no such service; the message lists near names
     */
    public HttpGate gate(String service) {
        return known(service).gate();
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
        known(service).watcher().busy(ttl);
    }

    private Entry known(String service) {
        Map<String, Entry> entries = services.entries();
        Entry found = entries.get(service);
        if (found == null) {
            throw new LazyStartException(
                    "service: " + service + " (" + Names.expected(service, entries.keySet()) + ")");
        }
        return found;
    }

    /**
     * Lets no caller in any more, ends waiters with the reason "closing", interrupts starts, stops or leaves each unit
     * by its {@code on-close}, and ends the threads. Blocks up to 30 seconds. Idempotent.
     */
    @Override
    public void close() {
        if (fileWatch != null) {
            fileWatch.close();
        }
        services.close();
    }
}
