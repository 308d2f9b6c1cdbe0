// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import io.lazystart.LazyStart;
import io.lazystart.LazyStartBuilder;
import io.lazystart.Reload;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.http.HttpGate;
import io.lazystart.http.RequestView;
import io.lazystart.netty.Destination;
import io.lazystart.netty.NettyServer;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.ScriptedUnit;
import io.lazystart.watch.Watcher;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A Netty server in front of three services whose backends live in this JVM, under two configurations by turns: {@link
 * #STEADY} is the same in both, {@link #CHANGED} has another unit in each, {@link #ONE} is in the first only, and {@link
 * #OTHER} in the second.
 */
final class ReloadStage implements AutoCloseable {
    static final String STEADY = "steady";
    static final String CHANGED = "changed";
    static final String ONE = "one";
    static final String OTHER = "other";

    private final EventLoopGroup backends = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("benchmarks-backend", true), NioIoHandler.newFactory());
    private final ScriptedProvider provider = new ScriptedProvider().truthful();
    private final List<ScriptedUnit> units =
            List.of(unit(STEADY), unit(CHANGED + 0), unit(CHANGED + 1), unit(ONE), unit(OTHER));
    private final LazyStart lazyStart;
    private final NettyServer server;

    /** Where requests go. Replaced when the configuration has changed. */
    private volatile Map<String, Served> served;

    private int reloads;

    /** Who serves the requests to a service. */
    private record Served(HttpGate gate, Watcher watcher) {}

    ReloadStage() throws IOException {
        LazyStartBuilder builder = LazyStart.builder()
                .discoverProviders(false)
                .keepStartTimes(false)
                .provider(provider);
        services(0).forEach((name, unit) -> builder.service(name, service -> describe(service, unit)));
        lazyStart = builder.build();
        served = served();
        server = NettyServer.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .gates(this::find)
                .start();
    }

    /** The services of a configuration, and the unit of each. */
    private static Map<String, String> services(int turn) {
        Map<String, String> services = new LinkedHashMap<>();
        services.put(STEADY, STEADY);
        services.put(CHANGED, CHANGED + turn);
        String third = turn == 0 ? ONE : OTHER;
        services.put(third, third);
        return services;
    }

    private static void describe(ServiceConfigBuilder service, String unit) {
        service.unit("scripted", Map.of("unit", unit))
                .idleTimeout(ServiceConfig.NEVER)
                .onClose(ServiceConfig.OnClose.STOP);
    }

    /** A unit that listens from its start to its stop. */
    private ScriptedUnit unit(String name) {
        ScriptedUnit unit = provider.unit(name).willListen();
        AtomicReference<@Nullable LoopbackServer> running = new AtomicReference<>();
        return unit.on(ScriptedUnit.Call.START, () -> unit.listensOn(begin(running)))
                .on(ScriptedUnit.Call.STOP, () -> end(running))
                .on(ScriptedUnit.Call.KILL, () -> end(running));
    }

    private int begin(AtomicReference<@Nullable LoopbackServer> running) {
        LoopbackServer begun = new LoopbackServer(backends);
        running.set(begun);
        return begun.port();
    }

    private static boolean end(AtomicReference<@Nullable LoopbackServer> running) {
        LoopbackServer ended = running.getAndSet(null);
        if (ended != null) {
            ended.close();
        }
        return ended != null;
    }

    private Map<String, Served> served() {
        Map<String, Served> found = new LinkedHashMap<>();
        for (String name : lazyStart.config().services().keySet()) {
            found.put(name, new Served(lazyStart.gate(name), lazyStart.watcher(name)));
        }
        return found;
    }

    /** The first part of a path names the service. */
    private @Nullable Destination find(RequestView request) {
        Served found = served.get(service(request.target()));
        return found == null ? null : new Destination(found.gate(), found.watcher(), request.target());
    }

    /** The service that a target is for. */
    static String service(String target) {
        return target.substring(1, target.indexOf('/', 1));
    }

    InetSocketAddress address() {
        return server.address();
    }

    /** Goes over to the other configuration. */
    Reload reload() {
        reloads++;
        LazyStartConfig now = lazyStart.config();
        Map<String, ServiceConfigBuilder> next = new LinkedHashMap<>();
        services(reloads % 2).forEach((name, unit) -> {
            ServiceConfigBuilder service = new ServiceConfigBuilder();
            describe(service, unit);
            next.put(name, service);
        });
        Reload done = lazyStart.reload(
                LazyStartConfig.of(now.stateDirectory(), now.portRange(), now.limits(), now.connections(), next));
        served = served();
        return done;
    }

    /** What a reload should have told that was the last one. */
    Reload expected() {
        boolean first = reloads % 2 == 0;
        return new Reload(List.of(first ? ONE : OTHER), List.of(CHANGED), List.of(first ? OTHER : ONE));
    }

    /** How often the unchanged service's unit was started. */
    int steadyStarts() {
        return units.get(0).count(ScriptedUnit.Call.START);
    }

    /** How often any unit was started. */
    int starts() {
        return units.stream()
                .mapToInt(unit -> unit.count(ScriptedUnit.Call.START))
                .sum();
    }

    @Override
    public void close() {
        server.close();
        lazyStart.close();
        backends.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
