// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.failure.ConfigException;
import io.lazystart.provider.PortRange;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the keys at the top of a file. */
final class RootReader {
    private static final List<String> KEYS =
            List.of("state-directory", "port-range", "defaults", "limits", "providers", "services");
    private static final String PORTS = "FIRST-LAST within 1 to 65535, such as 20000-29999";
    private static final String COUNT = "a whole number, zero or more";

    private final Collection<String> providerTypes;
    private final Refusals refusals;
    private Collection<String> names = Set.of();
    private Defaults defaults = Defaults.NONE;

    RootReader(Collection<String> providerTypes, Refusals refusals) {
        this.providerTypes = providerTypes;
        this.refusals = refusals;
    }

    /** The defaults, once all has been read. */
    DiscoveredServices discovered() {
        return new DiscoveredServices(names, defaults);
    }

    /** Reads everything, and throws the first refusal in file order if there was any. */
    LazyStartConfig read(Node.Mapping root, Locations locations) {
        Fields fields = new Fields(refusals, root, KEYS);
        Path state = fields.get("state-directory", RootReader::directory, LazyStartConfig.defaultStateDirectory());
        PortRange ports = fields.get("port-range", RootReader::portRange, PortRange.DEFAULT);
        Limits limits = fields.get("limits", this::limits, Limits.DEFAULT);
        ConnectionReader connectionReader = new ConnectionReader(providerTypes, refusals);
        Map<String, ConnectionConfig> connections = fields.get("providers", connectionReader::read, Map.of());
        names = connectionReader.names(fields.node("providers"));
        ServiceReader serviceReader = new ServiceReader(names, refusals);
        defaults = fields.get("defaults", serviceReader::defaults, Defaults.NONE);
        Map<String, ServiceConfigBuilder> services = services(fields, serviceReader, !connections.isEmpty());
        refusals.throwFirst();
        try {
            return LazyStartConfig.of(state, ports, limits, connections, services);
        } catch (ConfigException refused) {
            throw locations.locate(refused);
        }
    }

    private Map<String, ServiceConfigBuilder> services(Fields fields, ServiceReader serviceReader, boolean mayBeFound) {
        Map<String, ServiceConfigBuilder> services = new LinkedHashMap<>();
        Map<String, Node> nodes = fields.get("services", node -> named(node, mayBeFound), Map.of());
        if (fields.node("services") == null && !mayBeFound) {
            refusals.add(new Refused(Refused.WHOLE_FILE, "services", "missing (expected: a map of services by name)"));
        }
        nodes.forEach(
                (name, node) -> refusals.guard(() -> services.put(name, serviceReader.service(name, node, defaults))));
        return services;
    }

    /** The services; where providers are named, these may find them all by themselves. */
    private static Map<String, Node> named(Node node, boolean mayBeFound) {
        Map<String, Node> services = Values.map(node, "a map of services by name");
        if (services.isEmpty() && !mayBeFound) {
            throw new Refused(node.line(), node.path(), "no service (expected: at least one)");
        }
        return services;
    }

    private Limits limits(Node node) {
        Fields fields = new Fields(refusals, node, List.of("held-requests", "subscribers"));
        return new Limits(
                fields.get("held-requests", RootReader::count, Limits.DEFAULT.heldRequests()),
                fields.get("subscribers", RootReader::count, Limits.DEFAULT.subscribers()));
    }

    private static int count(Node node) {
        return Values.integer(node, COUNT);
    }

    private static PortRange portRange(Node node) {
        int[] range = Values.range(node, PORTS);
        try {
            return new PortRange(range[0], range[1]);
        } catch (IllegalArgumentException refused) {
            throw Refused.value(node, PORTS);
        }
    }

    private static Path directory(Node node) {
        String text = Values.text(node, "a directory");
        String home = System.getProperty("user.home");
        try {
            return text.equals("~") || text.startsWith("~/") ? Path.of(home + text.substring(1)) : Path.of(text);
        } catch (InvalidPathException refused) {
            throw Refused.value(node, "a directory");
        }
    }
}
