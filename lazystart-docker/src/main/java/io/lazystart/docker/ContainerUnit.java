// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Health;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A service's view of a container: how to reach it is the service's own. */
final class ContainerUnit implements Unit {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
    private static final int MAX_PORT = 65_535;

    private final String id;
    private final Container container;
    private final @Nullable Integer port;
    private final @Nullable String network;

    ContainerUnit(String id, Container container, @Nullable Integer port, @Nullable String network) {
        this.id = id;
        this.container = container;
        this.port = port;
        this.network = network;
    }

    /** The name or id that a service gives, as the engine is asked for it. */
    static String reference(Settings settings) {
        String given = settings.string("container");
        if (given == null || given.isBlank()) {
            throw settings.refuse("container", "missing (expected: name or id of a container)");
        }
        String name = given.strip();
        String bare = name.startsWith("/") ? name.substring(1) : name;
        if (!NAME.matcher(bare).matches()) {
            throw settings.refuse("container", given + " (expected: name or id of a container)");
        }
        return bare;
    }

    static @Nullable Integer port(Settings settings) {
        return settings.integer("port", 0, MAX_PORT);
    }

    /** The same for a whole id and for its beginning as it is shown everywhere; otherwise the name. */
    static String canonical(String reference) {
        return Inspection.isId(reference) ? Inspection.shortId(reference) : reference;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public UnitStatus status() throws InterruptedException {
        return container.status();
    }

    @Override
    public @Nullable String start() throws InterruptedException {
        return container.start();
    }

    @Override
    public void stop(@Nullable String signal, Duration timeout) throws InterruptedException {
        container.stop(signal, timeout);
    }

    @Override
    public void kill() throws InterruptedException {
        container.kill();
    }

    @Override
    public void pause() throws InterruptedException {
        container.pause();
    }

    @Override
    public void unpause() throws InterruptedException {
        container.unpause();
    }

    @Override
    public Health health() throws InterruptedException {
        Inspection seen = container.look();
        return seen == null ? Health.NONE : seen.health();
    }

    /** Port 0 says that the container serves nothing. */
    @Override
    public boolean listens() {
        return port == null || port != 0;
    }

    @Override
    public @Nullable UnitAddress address() throws InterruptedException {
        if (!listens()) {
            return null;
        }
        Inspection seen = container.look();
        if (seen == null || seen.state() == State.STOPPED) {
            return null;
        }
        return ContainerAddress.of(container.engine().address(), seen, port, network);
    }
}
