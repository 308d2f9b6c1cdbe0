// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Health;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitStatus;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A service's view of a service of a swarm: how many are to run, and how to reach them, is the former's own. */
final class SwarmUnit implements Unit {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final int MAX_PORT = 65_535;
    private static final int MAX_REPLICAS = 100_000;

    private final String id;
    private final ScaledService service;
    private final @Nullable Integer replicas;
    private final @Nullable Integer port;

    private SwarmUnit(String id, ScaledService service, @Nullable Integer replicas, @Nullable Integer port) {
        this.id = id;
        this.service = service;
        this.replicas = replicas;
        this.port = port;
    }

    /** The name that the settings give. */
    private static String name(Settings settings) {
        String given = settings.string("service");
        if (given == null || !NAME.matcher(given.strip()).matches()) {
            throw settings.refuse(
                    "service",
                    (given == null || given.isBlank() ? "missing" : given)
                            + " (expected: name of a service of the swarm)");
        }
        return given.strip();
    }

    /** Reads all settings, and then finds the service of the name. */
    static SwarmUnit of(Settings settings, Function<String, ScaledService> services) {
        String name = name(settings);
        Integer replicas = settings.integer("replicas", 1, MAX_REPLICAS);
        Integer port = settings.integer("port", 0, MAX_PORT);
        settings.refuseUnknown();
        return new SwarmUnit(name, services.apply(name), replicas, port);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public UnitStatus status() throws InterruptedException {
        return service.status();
    }

    @Override
    public @Nullable String start() throws InterruptedException {
        return service.start(replicas);
    }

    @Override
    public void stop(@Nullable String signal, Duration timeout) throws InterruptedException {
        if (signal != null) {
            throw new UnsupportedOperationException("signal: " + signal
                    + " (expected: none; a service's tasks get the signal that its specification says)");
        }
        service.stop(timeout);
    }

    @Override
    public void kill() throws InterruptedException {
        service.kill();
    }

    /** Not with its first task, but with the last that is wanted. */
    @Override
    public boolean awaitsHealth() {
        return true;
    }

    @Override
    public Health health() throws InterruptedException {
        ScaledService.Look seen = service.look();
        return seen == null ? Health.NONE : seen.sight().health();
    }

    /** Port 0 says that the service serves nothing. */
    @Override
    public boolean listens() {
        return port == null || port != 0;
    }

    @Override
    public @Nullable UnitAddress address() throws InterruptedException {
        if (!listens()) {
            return null;
        }
        ScaledService.Look seen = service.look();
        return seen == null || seen.run() == null ? null : SwarmAddress.of(id, service.api(), seen.sight(), port);
    }
}
