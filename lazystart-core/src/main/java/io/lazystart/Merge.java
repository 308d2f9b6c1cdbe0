// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.failure.ConfigException;
import io.lazystart.provider.DiscoveredService;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What is configured and what was found, less what is wrong of the latter. Not thread-safe. */
final class Merge {
    private final Source.Declared declared;

    /** Those that are configured; one that was only handed back as it was found is not. */
    private final Map<String, ServiceConfig> configured;

    private final Map<String, DiscoveredService> origins = new LinkedHashMap<>();
    private final Map<String, ServiceConfigBuilder> builders = new LinkedHashMap<>();
    private final Map<String, String> problems = new HashMap<>();

    /** Brings together what is wanted, what was served of what had been found, and what is found by now. */
    Merge(Source.Declared declared, Map<String, ServiceConfig> served, Map<String, List<DiscoveredService>> found) {
        this.declared = declared;
        this.configured = new LinkedHashMap<>(declared.config().services());
        served.forEach(configured::remove);
        found.forEach((connection, services) -> services.forEach(service -> add(connection, service)));
    }

    private void add(String connection, DiscoveredService service) {
        String name = service.name();
        DiscoveredService other = origins.get(name);
        if (configured.containsKey(name)) {
            problem(service, "the configuration has a service " + name + " too (expected: another name)");
        } else if (other != null) {
            problem(service, other.origin() + " has the name " + name + " too (expected: another name)");
        } else {
            try {
                builders.put(name, declared.discovered().read(connection, service));
                origins.put(name, service);
            } catch (ConfigException refused) {
                problem(service, told(service, refused));
            }
        }
    }

    /**
     * All that is to be served.
     *
     * @throws ConfigException if it does not fit together, or the host refuses it
     */
    LazyStartConfig config() {
        LazyStartConfig config = declared.config();
        if (!builders.isEmpty() || configured.size() != config.services().size()) {
            config = config.with(configured, builders);
            declared.validator().accept(config);
        }
        return config;
    }

    /** Leaves out what a refusal is about; throws it again if it is about nothing that was found. */
    void leaveOut(ConfigException refused) {
        if (builders.isEmpty()) {
            throw refused;
        }
        String named = builders.keySet().stream()
                .filter(name -> (refused.path() + ".").startsWith("services." + name + "."))
                .max((one, other) -> Integer.compare(one.length(), other.length()))
                .orElse(null);
        if (named != null) {
            builders.remove(named);
            DiscoveredService service = Objects.requireNonNull(origins.get(named));
            problem(service, told(service, refused));
            return;
        }
        // What is configured takes offence at something that was found: it was there first.
        builders.keySet().forEach(name -> {
            DiscoveredService service = Objects.requireNonNull(origins.get(name));
            problem(service, String.valueOf(refused.getMessage()));
        });
        builders.clear();
    }

    /** Those that were found and are served by a configuration. */
    Map<String, ServiceConfig> served(LazyStartConfig by) {
        Map<String, ServiceConfig> now = new HashMap<>(by.services());
        now.keySet().retainAll(builders.keySet());
        return now;
    }

    /** What is wrong, by where it was found. */
    Map<String, String> problems() {
        return problems;
    }

    private void problem(DiscoveredService service, String problem) {
        problems.put(service.origin(), problem);
    }

    /** What a refusal says, with the key as it is written where the service was found. */
    private String told(DiscoveredService service, ConfigException refused) {
        String path = refused.path();
        String start = "services." + service.name();
        String message = String.valueOf(refused.getMessage());
        String problem = message.startsWith(path + ": ") ? message.substring(path.length() + 2) : message;
        if (!path.startsWith(start + ".")) {
            return problem;
        }
        String key = path.substring(start.length() + 1);
        int dot = key.indexOf('.');
        boolean ofUnit = dot > 0 && service.unit().containsKey(key.substring(dot + 1));
        return service.prefix() + (ofUnit ? key.substring(dot + 1) : key) + ": " + problem;
    }
}
