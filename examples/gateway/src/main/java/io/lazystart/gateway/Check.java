// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.Durations;
import io.lazystart.config.HealthConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.UnitConfig;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what would be served. Starts nothing, adopts nothing, takes no port and no lock. */
final class Check {
    private Check() {}

    static void print(Options options, PrintStream out) {
        Path file = options.config();
        LazyStartConfig config = Served.by(file, () -> Path.of("demo-app.jar")).check();
        out.println("configuration: " + (file == null ? "embedded default" : file));
        out.println("listen: " + ListenAddress.show(options.listen()));
        out.println("state-directory: " + config.stateDirectory());
        out.println("port-range: " + config.portRange());
        config.services()
                .values()
                .forEach(service -> print(service, config.routed().contains(service), out));
    }

    /** Of the unit no more than its provider and the names of its settings: the settings may hold secrets. */
    private static void print(ServiceConfig service, boolean routed, PrintStream out) {
        out.println();
        out.println("service " + service.name());
        line(out, "routes", routed ? String.join(", ", routes(service)) : "none");
        UnitConfig unit = service.unit();
        line(
                out,
                "unit",
                unit == null
                        ? "none, a group"
                        : unit.provider() + " ("
                                + String.join(", ", unit.settings().keySet()) + ")");
        if (!service.dependsOn().isEmpty()) {
            line(out, "depends-on", String.join(", ", dependencies(service)));
        }
        String upstream = service.upstream();
        line(out, "upstream", upstream == null ? "auto" : upstream);
        line(out, "ready", ready(service.ready()));
        HealthConfig health = service.health();
        line(out, "health", health == null ? "none" : health(health));
        line(out, "idle-timeout", Durations.format(service.idleTimeout()));
        line(out, "wake-timeout", Durations.format(service.wakeTimeout()));
        line(out, "hold-timeout", Durations.format(service.holdTimeout()));
        line(out, "wait", lower(service.waitMode()));
        Integer busy = service.busyCpu();
        line(out, "busy-cpu", busy == null ? "none" : busy + "%");
        line(out, "restart", lower(service.restart()));
        line(out, "backoff", backoff(service.backoff()));
        line(out, "stop", lower(service.stop().method()));
        line(out, "on-close", lower(service.onClose()));
    }

    private static void line(PrintStream out, String key, String value) {
        out.printf(Locale.ROOT, "  %-13s %s%n", key, value);
    }

    private static List<String> routes(ServiceConfig service) {
        List<String> hosts = service.hosts().isEmpty() ? List.of("*") : service.hosts();
        List<String> paths = service.paths().isEmpty() ? List.of("/") : service.paths();
        List<String> routes = new ArrayList<>();
        hosts.forEach(host -> paths.forEach(path -> routes.add(host + path)));
        return routes;
    }

    private static List<String> dependencies(ServiceConfig service) {
        return service.dependsOn().stream()
                .map(edge -> edge.service() + " (" + lower(edge.condition()) + (edge.optional() ? ", optional" : "")
                        + (edge.restartWith() ? ", restart-with" : "") + ")")
                .toList();
    }

    private static String ready(ReadyConfig ready) {
        String own = switch (ready.kind()) {
            case AUTO -> "auto";
            case TCP -> "tcp";
            case HTTP -> "GET " + ready.path() + " gives " + ready.firstCode() + "-" + ready.lastCode();
            case PROVIDER -> "its provider says so";
        };
        return ready.provider() && ready.kind() != ReadyConfig.Kind.PROVIDER ? own + ", or its provider says so" : own;
    }

    private static String health(HealthConfig health) {
        return ready(health.probe()) + " each " + Durations.format(health.interval()) + ", fall " + health.fall()
                + ", rise " + health.rise();
    }

    private static String backoff(BackoffConfig backoff) {
        return Durations.format(backoff.first()) + " to " + Durations.format(backoff.max()) + ", open after "
                + backoff.openAfter();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
