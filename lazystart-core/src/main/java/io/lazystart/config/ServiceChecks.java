// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What every value of a service must fulfil, wherever it came from. */
final class ServiceChecks {
    private static final int MAX_NAME = 64;
    private static final Pattern HOST =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]{2,45}\\]");
    private static final Pattern PATH = Pattern.compile("/([\\x21-\\x7e&&[^?#%\\\\]]|%[0-9A-Fa-f]{2})*");
    private static final Pattern PATH_AND_QUERY = Pattern.compile("/[\\x21-\\x7e&&[^#]]*");
    private static final Pattern UPSTREAM =
            Pattern.compile("http://(?<host>\\[[^\\]/]*\\]|[^/:@?#\\[\\]]+)(:(?<port>[0-9]{1,5}|\\{port\\}))?");
    private static final Pattern SIGNAL = Pattern.compile("SIG[A-Z][A-Z0-9+-]{1,12}");

    /** What {@code busy-cpu} is. */
    static final String PERCENT = "a share of one core, at least 1%, such as 20%";

    private ServiceChecks() {}

    /**
     * A value that is refused.
     *
     * @param key where it stands within the service
     * @param value the value, as it is shown
     * @param expected what it should have been
     */
    record Problem(String key, String value, String expected) {
        Problem {
            value = withoutUser(value);
        }

        String text() {
            return value + " (expected: " + expected + ")";
        }
    }

    /** Refuses a name that could not stand in a path, a file name or a metric. */
    static @Nullable Problem name(String name) {
        boolean good = isName(name) && !name.equals(".") && !name.equals("..");
        return good
                ? null
                : new Problem("", "bad name", "letters, digits, dots, hyphens and underscores, at most 64 characters");
    }

    /** Asked of each service of very many: without a pattern. */
    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !digit && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_NAME;
    }

    /** The first problem in the order of the keys, or null. */
    static @Nullable Problem first(ServiceConfig service) {
        List<Problem> problems = all(service);
        return problems.isEmpty() ? null : problems.get(0);
    }

    /** Every problem, in the order of the keys. */
    static List<Problem> all(ServiceConfig service) {
        Collector found = new Collector();
        dependsOn(found, service);
        hosts(found, service.hosts());
        paths(found, service.paths());
        upstream(found, service.upstream());
        probe(found, "ready", service.ready());
        health(found, service.health());
        found.zeroOrMore("idle-timeout", service.idleTimeout());
        found.zeroOrMore("first-use-timeout", service.firstUseTimeout());
        Integer cpu = service.busyCpu();
        if (cpu != null) {
            found.check(cpu >= 1, "busy-cpu", cpu + "%", PERCENT);
        }
        found.moreThanZero("wake-timeout", service.wakeTimeout());
        stop(found, service.stop());
        backoff(found, service.backoff());
        found.moreThanZero("hold-timeout", service.holdTimeout());
        found.check(
                service.pageStatus() == 503 || service.pageStatus() == 200,
                "page-status",
                service.pageStatus(),
                "503 or 200");
        startEndpoint(found, service.startEndpoint());
        return found.problems;
    }

    /** Hides name and password in a value that looks like an address with both. */
    static String withoutUser(String value) {
        return value.replaceAll("//[^/]*@", "//***@");
    }

    static List<String> lowerCase(List<String> texts) {
        return texts.isEmpty()
                ? texts
                : texts.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList();
    }

    /** An empty set that the elements fit into: none is made for the many services that have none of them. */
    private static Set<String> setFor(List<?> elements) {
        return elements.isEmpty() ? Set.of() : new HashSet<>();
    }

    private static void dependsOn(Collector found, ServiceConfig service) {
        Set<String> seen = setFor(service.dependsOn());
        for (DependencyConfig dependency : service.dependsOn()) {
            String other = dependency.service();
            found.check(!other.equals(service.name()), "depends-on", other, "other services than " + other + " itself");
            found.check(seen.add(other), "depends-on", other, "each service once, not " + other + " twice");
        }
        found.check(
                !service.isGroup() || !service.dependsOn().isEmpty(),
                "depends-on",
                "empty",
                "at least one service, or a provider");
    }

    private static void hosts(Collector found, List<String> hosts) {
        Set<String> seen = setFor(hosts);
        for (int i = 0; i < hosts.size(); i++) {
            String host = hosts.get(i);
            String key = "hosts[" + i + "]";
            found.check(isHost(host), key, host, "a host name without port, such as notes.localhost");
            found.check(seen.add(host), key, host, "each host once");
        }
    }

    private static boolean isHost(String host) {
        return host.length() <= 253
                && (HOST.matcher(host).matches() || IPV6.matcher(host).matches());
    }

    private static void paths(Collector found, List<String> paths) {
        Set<String> seen = setFor(paths);
        for (int i = 0; i < paths.size(); i++) {
            String path = paths.get(i);
            String key = "paths[" + i + "]";
            found.check(isPrefix(path), key, path, "a path prefix such as /notes, without a slash at its end");
            found.check(seen.add(path), key, path, "each path once");
        }
    }

    private static boolean isPrefix(String path) {
        return path.equals("/") || (isPath(path) && !path.endsWith("/"));
    }

    private static boolean isPath(String path) {
        String plain = path.toLowerCase(Locale.ROOT).replace("%2e", ".") + "/";
        return PATH.matcher(path).matches()
                && !path.contains("//")
                && !plain.contains("/../")
                && !plain.contains("/./");
    }

    private static void upstream(Collector found, @Nullable String upstream) {
        if (upstream != null) {
            boolean tls = upstream.regionMatches(true, 0, "https://", 0, "https://".length());
            found.check(
                    isUpstream(upstream),
                    "upstream",
                    upstream,
                    tls
                            ? "http://HOST[:PORT], TLS to a service is not spoken yet"
                            : "auto, or http://HOST, optionally with :PORT or :{port}, without path");
        }
    }

    private static boolean isUpstream(String upstream) {
        Matcher matcher = UPSTREAM.matcher(upstream);
        return matcher.matches()
                && isHost(matcher.group("host").toLowerCase(Locale.ROOT))
                && isPort(matcher.group("port"));
    }

    private static boolean isPort(@Nullable String port) {
        if (port == null || port.equals("{port}")) {
            return true;
        }
        int number = Integer.parseInt(port);
        return number >= 1 && number <= 65_535;
    }

    private static void probe(Collector found, String key, ReadyConfig ready) {
        if (ready.kind() == ReadyConfig.Kind.HTTP) {
            String path = ready.path();
            found.check(
                    path != null && PATH_AND_QUERY.matcher(path).matches(),
                    key + ".http",
                    path,
                    "a path such as /healthz");
            found.check(
                    100 <= ready.firstCode() && ready.firstCode() <= ready.lastCode() && ready.lastCode() <= 599,
                    key + ".codes",
                    ready.firstCode() + "-" + ready.lastCode(),
                    "FIRST-LAST within 100 to 599, such as 200-399");
        }
        found.moreThanZero(key + ".timeout", ready.timeout());
    }

    private static void health(Collector found, @Nullable HealthConfig health) {
        if (health != null) {
            probe(found, "health", health.probe());
            found.moreThanZero("health.interval", health.interval());
            found.check(health.fall() >= 1, "health.fall", health.fall(), "a whole number, one or more");
            found.check(health.rise() >= 1, "health.rise", health.rise(), "a whole number, one or more");
        }
    }

    private static void stop(Collector found, StopConfig stop) {
        String signal = stop.signal();
        found.check(
                signal == null || SIGNAL.matcher(signal).matches(),
                "stop.signal",
                signal,
                "a signal's name, such as SIGTERM");
        found.zeroOrMore("stop.timeout", stop.timeout());
        found.zeroOrMore("stop.drain", stop.drain());
    }

    private static void backoff(Collector found, BackoffConfig backoff) {
        found.moreThanZero("backoff.first", backoff.first());
        if (backoff.max().compareTo(backoff.first()) < 0) {
            found.add(
                    "backoff.max",
                    Durations.format(backoff.max()),
                    "not below backoff.first, which is " + Durations.format(backoff.first()));
        }
        found.zeroOrMore("backoff.stable-after", backoff.stableAfter());
        found.check(backoff.openAfter() >= 1, "backoff.open-after", backoff.openAfter(), "a whole number, one or more");
    }

    private static void startEndpoint(Collector found, @Nullable String path) {
        found.check(path == null || isPath(path), "start-endpoint", path, "a path such as /login, without a query");
    }

    private static final class Collector {
        final List<Problem> problems = new ArrayList<>();

        void check(boolean good, String key, @Nullable Object value, String expected) {
            if (!good) {
                add(key, String.valueOf(value), expected);
            }
        }

        void add(String key, String value, String expected) {
            problems.add(new Problem(key, value, expected));
        }

        void zeroOrMore(String key, Duration duration) {
            if (duration.isNegative()) {
                add(key, Durations.format(duration), "zero or more");
            }
        }

        void moreThanZero(String key, Duration duration) {
            if (duration.isNegative() || duration.isZero()) {
                add(key, Durations.format(duration), "more than 0s");
            }
        }
    }
}
