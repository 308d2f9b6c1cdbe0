// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.ServiceConfig.Restart;
import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.provider.Names;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the keys of services and of their defaults. */
final class ServiceReader {
    /** Keys of a service that name no provider, and so are no names for one. */
    static final Set<String> KEYS = Set.copyOf(new ServiceReader(Set.of(), new Refusals(""))
            .readers(new ServiceConfigBuilder())
            .keySet());

    /** Keys that say which service it is, and so cannot be shared. */
    private static final Set<String> OWN_KEYS = Set.of("depends-on", "hosts", "paths", "start-endpoint");

    /** Types that come with lazystart, but in an artifact of their own. */
    static final Set<String> ARTIFACTS = Set.of("docker", "proxmox", "systemd");

    /** A key or an index in a path such as {@code ready.http} or {@code hosts[0]}. */
    private static final Pattern STEP = Pattern.compile("[^.\\[\\]]+");

    private final Collection<String> providerTypes;
    private final Refusals refusals;

    /** Reads services whose provider has one of these types, or names of connections. */
    ServiceReader(Collection<String> providerTypes, Refusals refusals) {
        this.providerTypes = providerTypes;
        this.refusals = refusals;
    }

    /** Reads the defaults as if they were a service, so that they are right even if no service takes them over. */
    Defaults defaults(Node node) {
        Map<String, Node> entries = Values.map(node, "a map of service keys");
        ServiceConfigBuilder builder = new ServiceConfigBuilder().unit("defaults", Map.of());
        Map<String, Consumer<Node>> readers = readers(builder);
        readers.keySet().removeAll(OWN_KEYS);
        entries.forEach((key, value) -> refusals.guard(() -> {
            if (!readers.containsKey(key)) {
                throw Fields.unknown(key, value, readers.keySet());
            }
            readers.get(key).accept(value);
        }));
        refuseProblems(builder.create("defaults"), node, entries);
        return new Defaults(entries);
    }

    /** Reads one service, whose refused values are missing. */
    ServiceConfigBuilder service(String name, Node node, Defaults defaults) {
        ServiceChecks.Problem misnamed = ServiceChecks.name(name);
        if (misnamed != null) {
            throw new Refused(node.line(), node.path(), misnamed.text());
        }
        Map<String, Node> own = Values.map(node, "a map with a provider's type: " + types());
        ServiceConfigBuilder builder = new ServiceConfigBuilder();
        boolean anyUnknown = readUnit(builder, own);
        boolean group = !builder.has("unit") && own.containsKey("depends-on") && !anyUnknown;
        Map<String, Node> all = defaults.under(own);
        if (group) {
            own.forEach(this::refuseForGroup);
            all.keySet().retainAll(ServiceConfigBuilder.GROUP_KEYS);
        }
        Map<String, Consumer<Node>> readers = readers(builder);
        all.forEach((key, value) ->
                refusals.guard(() -> readers.getOrDefault(key, ignored -> {}).accept(value)));
        if (!builder.has("unit") && !group) {
            refuseMissingUnit(node, anyUnknown);
            builder.unit("none", Map.of());
        }
        refuseProblems(builder.create(name), node, all);
        return builder;
    }

    private void refuseForGroup(String key, Node node) {
        if (!ServiceConfigBuilder.GROUP_KEYS.contains(key)) {
            refusals.add(new Refused(node.line(), node.path(), ServiceConfigBuilder.notForGroups()));
        }
    }

    /** Finds the one provider among the keys; says whether a key was unknown. */
    private boolean readUnit(ServiceConfigBuilder builder, Map<String, Node> own) {
        Set<String> known = new TreeSet<>(readers(builder).keySet());
        boolean unknown = false;
        String first = null;
        for (Map.Entry<String, Node> entry : own.entrySet()) {
            String key = entry.getKey();
            Node node = entry.getValue();
            if (providerTypes.contains(key) && first == null) {
                first = key;
                refusals.guard(() -> builder.unit(key, settings(key, node)));
            } else if (providerTypes.contains(key)) {
                refusals.add(new Refused(
                        node.line(),
                        node.path(),
                        "a second provider (expected: exactly one, and " + first + " is there)"));
            } else if (!known.contains(key)) {
                unknown = true;
                refusals.add(unknown(key, node, known));
            }
        }
        return unknown || first != null;
    }

    private Refused unknown(String key, Node node, Set<String> known) {
        if (ARTIFACTS.contains(key)) {
            return new Refused(
                    node.line(),
                    node.path(),
                    "no such provider on the class path (expected: " + types()
                            + "; add the artifact io.lazystart:lazystart-" + key + ")");
        }
        Set<String> candidates = new TreeSet<>(known);
        candidates.addAll(providerTypes);
        return new Refused(node.line(), node.path(), "unknown key (" + Names.expected(key, candidates) + ")");
    }

    private void refuseMissingUnit(Node node, boolean explained) {
        if (!explained) {
            refusals.add(new Refused(
                    node.line(),
                    node.path(),
                    "no provider (expected: exactly one of " + types() + ", or depends-on for a group)"));
        }
    }

    private static Map<String, Object> settings(String type, Node node) {
        if (node instanceof Node.Mapping mapping) {
            return mapping.plain();
        }
        // Not shown: what stands below a provider may be a secret.
        String kind = node instanceof Node.Sequence ? "a list" : node.shown().equals("empty") ? "empty" : "a text";
        throw new Refused(node.line(), node.path(), kind + " (expected: a map with the settings of " + type + ")");
    }

    private String types() {
        return String.join(", ", new TreeSet<>(providerTypes));
    }

    private void refuseProblems(ServiceConfig service, Node node, Map<String, Node> entries) {
        for (ServiceChecks.Problem problem : ServiceChecks.all(service)) {
            refusals.add(located(node, entries, problem));
        }
    }

    /** Where the refused value stands: in the service, in the defaults, or nowhere, then the nearest key is told. */
    private static Refused located(Node service, Map<String, Node> entries, ServiceChecks.Problem problem) {
        List<String> steps =
                STEP.matcher(problem.key()).results().map(MatchResult::group).toList();
        Node node = new Node.Mapping(service.path(), service.line(), entries);
        for (String step : steps) {
            Node next = child(node, step);
            if (next == null) {
                return new Refused(node.line(), service.path() + "." + problem.key(), problem.text());
            }
            node = next;
        }
        return Refused.value(node, problem.expected());
    }

    private static @Nullable Node child(Node node, String step) {
        if (node instanceof Node.Mapping mapping) {
            return mapping.entries().get(step);
        }
        return node instanceof Node.Sequence sequence ? sequence.elements().get(Integer.parseInt(step)) : null;
    }

    private Map<String, Consumer<Node>> readers(ServiceConfigBuilder builder) {
        Map<String, Consumer<Node>> readers = new LinkedHashMap<>();
        readers.put("depends-on", node -> builder.dependsOn(new DependencyReader(refusals).read(node)));
        readers.put("hosts", node -> builder.hosts(Values.texts(node, "a list of host names")));
        readers.put("paths", node -> builder.paths(Values.texts(node, "a list of path prefixes")));
        readers.put("strip-prefix", node -> builder.stripPrefix(Values.bool(node)));
        readers.put("upstream", node -> builder.upstream(Values.text(node, "auto, or http(s)://HOST:PORT")));
        readers.put("ready", node -> builder.ready(ready(node)));
        readers.put("health", unlessOff(node -> builder.health(health(node))));
        readers.put("idle-timeout", node -> builder.idleTimeout(Values.durationOrNever(node)));
        readers.put("first-use-timeout", node -> builder.firstUseTimeout(Values.duration(node)));
        readers.put("busy-cpu", unlessOff(node -> builder.busyCpu(Values.percent(node))));
        readers.put("wake-timeout", node -> builder.wakeTimeout(Values.duration(node)));
        readers.put("stop", node -> builder.stop(stop(node)));
        readers.put("restart", node -> builder.restart(Values.constant(node, Restart.class)));
        readers.put("backoff", node -> builder.backoff(backoff(node)));
        readers.put("wait", node -> builder.waitMode(Values.constant(node, WaitMode.class)));
        readers.put("hold-timeout", node -> builder.holdTimeout(Values.duration(node)));
        readers.put("page-status", node -> builder.pageStatus(Values.integer(node, "503 or 200")));
        readers.put("start-endpoint", node -> builder.startEndpoint(Values.text(node, "a path such as /login")));
        readers.put("error-details", node -> builder.errorDetails(Values.constant(node, ErrorDetails.class)));
        readers.put("on-close", node -> builder.onClose(Values.constant(node, OnClose.class)));
        return readers;
    }

    /** What is off by default can be switched off where the defaults of the file switch it on. */
    private static Consumer<Node> unlessOff(Consumer<Node> reader) {
        return node -> {
            if (!Values.isOff(node)) {
                reader.accept(node);
            }
        };
    }

    private ReadyConfig ready(Node node) {
        return new ReadyReader(refusals).read(node);
    }

    private HealthConfig health(Node node) {
        return new ReadyReader(refusals).health(node);
    }

    private StopConfig stop(Node node) {
        Fields fields = new Fields(refusals, node, List.of("method", "signal", "timeout", "drain"));
        StopConfig otherwise = StopConfig.DEFAULT;
        return new StopConfig(
                fields.get("method", value -> Values.constant(value, StopConfig.Method.class), otherwise.method()),
                fields.get("signal", value -> Values.text(value, "a signal's name, such as SIGTERM"), null),
                fields.get("timeout", Values::duration, otherwise.timeout()),
                fields.get("drain", Values::duration, otherwise.drain()));
    }

    private BackoffConfig backoff(Node node) {
        Fields fields = new Fields(refusals, node, List.of("first", "max", "stable-after", "open-after"));
        BackoffConfig otherwise = BackoffConfig.DEFAULT;
        Duration first = fields.get("first", Values::duration, otherwise.first());
        Duration max = fields.get("max", Values::duration, otherwise.max());
        Duration stable = fields.get("stable-after", Values::duration, otherwise.stableAfter());
        String count = "a whole number, one or more";
        return new BackoffConfig(
                first,
                max,
                stable,
                fields.get("open-after", value -> Values.integer(value, count), otherwise.openAfter()));
    }
}
