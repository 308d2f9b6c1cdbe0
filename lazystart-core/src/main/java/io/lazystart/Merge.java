// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.failure.ConfigException;
import io.lazystart.provider.DiscoveredService;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** What is configured and what was found, less what is wrong of the latter. Not thread-safe. */
final class Merge {
    private final Source.Declared declared;
    private final Map<String, List<DiscoveredService>> found;
    private final Map<String, Origin> origins = new LinkedHashMap<>();
    private final Map<String, ServiceConfigBuilder> builders = new LinkedHashMap<>();
    private final Map<String, String> problems = new LinkedHashMap<>();

    /**
     * A service that was found and is served.
     *
     * @param connection whose provider has found it
     * @param config what it is
     */
    record Served(String connection, ServiceConfig config) {}

    private record Origin(String connection, DiscoveredService service) {
        @Override
        public String toString() {
            return connection + ": " + service.origin();
        }
    }

    /** Brings together what is wanted, what was served of what had been found, and what is found by now. */
    Merge(Source.Declared declared, Map<String, Served> served, Map<String, List<DiscoveredService>> found) {
        this.declared = declared;
        this.found = found;
        List<Origin> all = new ArrayList<>();
        found.forEach((connection, services) -> services.forEach(service -> all.add(new Origin(connection, service))));
        // Of two with one name the one that has it keeps it, and one that was asked for comes first.
        all.sort(Comparator.comparing((Origin origin) -> !has(served, origin))
                .thenComparing(origin -> origin.service().forOthers()));
        all.forEach(this::add);
    }

    private static boolean has(Map<String, Served> served, Origin origin) {
        Served one = served.get(origin.service().name());
        return one != null && one.connection().equals(origin.connection());
    }

    private void add(Origin origin) {
        String name = origin.service().name();
        Origin other = origins.get(name);
        if (declared.config().services().containsKey(name)) {
            problem(origin, "the configuration has a service " + name + " too (expected: another name)");
        } else if (other != null) {
            problem(origin, other + " has the name " + name + " too (expected: another name)");
        } else {
            try {
                builders.put(name, declared.discovered().read(origin.connection(), origin.service()));
                origins.put(name, origin);
            } catch (ConfigException refused) {
                problem(origin, told(origin.service(), refused));
            }
        }
    }

    /**
     * All that is to be served.
     *
     * @throws ConfigException if it does not fit together, or the host refuses it
     */
    LazyStartConfig config() {
        if (builders.isEmpty()) {
            return declared.config();
        }
        LazyStartConfig all = with(builders);
        Set<String> asked = askedFor(all);
        Map<String, ServiceConfigBuilder> wanted = new LinkedHashMap<>(builders);
        wanted.keySet().retainAll(asked);
        LazyStartConfig config = wanted.size() == builders.size() ? all : with(wanted);
        refuseNewJobs(config, wanted.keySet());
        declared.validator().accept(config);
        return config;
    }

    private LazyStartConfig with(Map<String, ServiceConfigBuilder> some) {
        return declared.config().with(declared.config().services(), some);
    }

    /** Names of the services that somebody has asked for, and of what they depend on. */
    private Set<String> askedFor(LazyStartConfig all) {
        Set<String> asked = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        all.services().keySet().stream().filter(name -> !isForOthers(name)).forEach(open::add);
        for (String next = open.poll(); next != null; next = open.poll()) {
            if (asked.add(next)) {
                of(all, next).dependsOn().forEach(edge -> open.add(edge.service()));
            }
        }
        return asked;
    }

    private boolean isForOthers(String name) {
        Origin origin = origins.get(name);
        return origin != null && origin.service().forOthers();
    }

    /** A service that is configured serves, or is run to its end, as the configuration has it. */
    private void refuseNewJobs(LazyStartConfig config, Set<String> names) {
        Set<String> jobs = declared.config().jobs();
        names.forEach(name -> of(config, name).dependsOn().forEach(edge -> {
            boolean configured = declared.config().services().containsKey(edge.service());
            boolean completes = edge.condition() == DependencyConfig.Condition.COMPLETED;
            if (configured && completes && !jobs.contains(edge.service())) {
                throw new ConfigException(
                        "services." + name + ".depends-on",
                        edge.service() + ": completed (expected: ready or started; the configuration has it serve)");
            }
        }));
    }

    private static ServiceConfig of(LazyStartConfig config, String name) {
        return Objects.requireNonNull(config.services().get(name), name);
    }

    /** Whether a service was found, and has not been left out. */
    boolean isFound(String name) {
        return builders.containsKey(name);
    }

    /** Leaves out the service that a refusal is about; false if it is about none that was found. */
    boolean leaveOut(ConfigException refused) {
        String named = builders.keySet().stream()
                .filter(name -> (refused.path() + ".").startsWith("services." + name + "."))
                .max(Comparator.comparingInt(String::length))
                .orElse(null);
        if (named != null) {
            leaveOut(named, refused);
        }
        return named != null;
    }

    private void leaveOut(String name, ConfigException refused) {
        builders.remove(name);
        Origin origin = Objects.requireNonNull(origins.get(name));
        problem(origin, told(origin.service(), refused));
    }

    /**
     * Leaves out those with which a trial is refused that is not without them: what is configured may take offence at
     * something that was found, and was there first.
     *
     * @throws ConfigException if what is configured is refused alone
     */
    void leaveOutByTrial(Consumer<LazyStartConfig> trial) {
        Map<String, ServiceConfigBuilder> open = new LinkedHashMap<>(builders);
        builders.clear();
        trial.accept(config());
        Map<String, ConfigException> refusals = new HashMap<>();
        boolean progress = true;
        while (progress) { // one may depend on another that comes later
            progress = false;
            for (String name : List.copyOf(open.keySet())) {
                builders.put(name, Objects.requireNonNull(open.get(name)));
                try {
                    trial.accept(config());
                    open.remove(name);
                    progress = true;
                } catch (ConfigException refused) {
                    builders.remove(name);
                    refusals.put(name, refused);
                }
            }
        }
        open.keySet().forEach(name -> leaveOut(name, Objects.requireNonNull(refusals.get(name))));
    }

    /** What was found, by connection. */
    Map<String, List<DiscoveredService>> found() {
        return found;
    }

    /** Those that were found and are served by a configuration. */
    Map<String, Served> served(LazyStartConfig by) {
        Map<String, Served> now = new HashMap<>();
        builders.keySet().forEach(name -> {
            Origin origin = Objects.requireNonNull(origins.get(name));
            ServiceConfig service = by.services().get(name);
            if (service != null) { // else it is there for others, and none of them is
                now.put(name, new Served(origin.connection(), service));
            }
        });
        return now;
    }

    /** What is wrong, by where it was found. */
    Map<String, String> problems() {
        return problems;
    }

    private void problem(Origin origin, String problem) {
        problems.put(origin.toString(), problem);
    }

    /** What a refusal says, with the key as it is written where the service was found. */
    private static String told(DiscoveredService service, ConfigException refused) {
        String path = refused.path();
        String start = "services." + service.name();
        String message = String.valueOf(refused.getMessage());
        String problem = message.startsWith(path + ": ") ? message.substring(path.length() + 2) : message;
        if (path.equals(start)) {
            return problem;
        }
        if (!path.startsWith(start + ".")) {
            return message;
        }
        String key = path.substring(start.length() + 1);
        int dot = key.indexOf('.');
        boolean ofUnit = dot > 0 && service.unit().containsKey(key.substring(dot + 1));
        return service.prefix() + (ofUnit ? key.substring(dot + 1) : written(service, key)) + ": " + problem;
    }

    /** The key of a refusal may go on behind that of an option, as in {@code hosts[0]}. */
    private static String written(DiscoveredService service, String key) {
        for (Map.Entry<String, String> option : service.written().entrySet()) {
            String rest = key.startsWith(option.getKey())
                    ? key.substring(option.getKey().length())
                    : key;
            if (rest.isEmpty() || rest.startsWith(".") || rest.startsWith("[")) {
                return option.getValue() + rest;
            }
        }
        return key;
    }
}
