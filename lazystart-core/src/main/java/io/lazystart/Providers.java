// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.Names;
import io.lazystart.provider.ProviderFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The provider types that are there: handed over, then found by {@link ServiceLoader}. One that cannot be loaded is
 * remembered and does not hide the others; two of one type are refused.
 */
final class Providers {
    private static final Logger log = LoggerFactory.getLogger(Providers.class);
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Set<String> OWN_ARTIFACTS = Set.of("docker", "proxmox", "systemd");

    private final Map<String, ProviderFactory> byType = new TreeMap<>();
    private final List<String> broken = new ArrayList<>();

    /** Handed-over factories, and those that the class loader finds unless it is null. */
    static Providers of(List<ProviderFactory> given, boolean discover) {
        Providers providers = new Providers();
        given.forEach(factory -> providers.add(factory, factory.type()));
        if (discover) {
            providers.discover(ServiceLoader.load(ProviderFactory.class, ProviderFactory.class.getClassLoader()));
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            if (context != null && context != ProviderFactory.class.getClassLoader()) {
                providers.discover(ServiceLoader.load(ProviderFactory.class, context));
            }
        }
        return providers;
    }

    private void discover(ServiceLoader<ProviderFactory> loader) {
        Map<ProviderFactory, String> loaded = new LinkedHashMap<>();
        var found = loader.stream().iterator();
        boolean more = true;
        while (more) {
            try {
                more = found.hasNext();
                if (more) {
                    ProviderFactory factory = found.next().get();
                    loaded.put(factory, factory.type());
                }
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                log.warn("a provider on the class path cannot be loaded and is left out: {}", e.toString());
                log.debug("left out", e);
                broken.add(String.valueOf(e.getMessage()));
            }
        }
        loaded.forEach(this::add);
    }

    private void add(ProviderFactory factory, @Nullable String type) {
        String name = factory.getClass().getName();
        if (type == null || !TYPE.matcher(type).matches()) {
            throw new ConfigException(
                    "providers",
                    "type \"" + type + "\" of " + name
                            + " (expected: lower-case letters, digits and hyphens, a letter first, at most 32)");
        }
        ProviderFactory rival = byType.putIfAbsent(type, factory);
        if (rival != null && rival.getClass() != factory.getClass()) {
            throw new ConfigException(
                    "providers",
                    "type \"" + type + "\" is claimed by " + rival.getClass().getName() + " and " + name
                            + " (expected: one of them on the class path)");
        }
    }

    Set<String> types() {
        return Set.copyOf(byType.keySet());
    }

    /** The factory of a type that the path names, or a refusal that lists what was found and names the artifact to add. */
    ProviderFactory factory(String path, String type) {
        ProviderFactory factory = byType.get(type);
        if (factory != null) {
            return factory;
        }
        String artifact = OWN_ARTIFACTS.contains(type) ? "; add io.lazystart:lazystart-" + type : "";
        String left = broken.isEmpty() ? "" : "; could not be loaded: " + String.join("; ", broken);
        throw new ConfigException(
                path,
                "no provider of this type (" + Names.expected(type, byType.keySet()) + "; found: "
                        + String.join(", ", byType.keySet()) + artifact + left + ")");
    }
}
