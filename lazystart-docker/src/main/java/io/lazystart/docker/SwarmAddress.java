// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.exception.DockerException;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a service can be reached from here: at the engine for a port that the whole swarm publishes, at a task's own node for
 * one that the nodes publish.
 */
final class SwarmAddress {
    private static final String ON_THE_NODE = "host";

    private final String name;
    private final SwarmApi api;
    private final SwarmSight seen;

    private SwarmAddress(String name, SwarmApi api, SwarmSight seen) {
        this.name = name;
        this.api = api;
        this.seen = seen;
    }

    /**
     * Finds the address.
     *
     * @param port the target port that the service says, or null
     * @return the address, or null where no task has one yet
     * @throws ProviderException if it publishes no port, or several that nobody has chosen from
     */
    static @Nullable UnitAddress of(String name, SwarmApi api, SwarmSight seen, @Nullable Integer port)
            throws InterruptedException {
        SwarmAddress address = new SwarmAddress(name, api, seen);
        JsonNode published = address.published(port);
        return isOnTheNode(published)
                ? address.onNode(published.path("TargetPort").asInt())
                : new UnitAddress(
                        api.engine().address().host(),
                        published.path("PublishedPort").asInt());
    }

    private JsonNode published(@Nullable Integer port) {
        Map<Integer, JsonNode> ports = new TreeMap<>();
        for (JsonNode each : seen.service().ports()) {
            if (each.path("Protocol").asText("tcp").equals("tcp")) {
                ports.merge(each.path("TargetPort").asInt(), each, (one, other) -> isOnTheNode(one) ? other : one);
            }
        }
        if (ports.isEmpty()) {
            throw refused("it publishes no port (expected: one, or upstream)");
        }
        if (port == null && ports.size() > 1) {
            throw refused("it publishes the ports " + listed(ports) + " (expected: one, or port to choose)");
        }
        JsonNode chosen = port == null ? ports.values().iterator().next() : ports.get(port);
        if (chosen == null) {
            throw refused("port: " + port + " (expected: a target port that it publishes: " + listed(ports) + ")");
        }
        return chosen;
    }

    /** A task of the engine that is asked is the nearest; otherwise that of any node that says where it is. */
    private @Nullable UnitAddress onNode(int target) throws InterruptedException {
        List<SwarmTask> serving = seen.serving();
        String own = api.ownNode();
        for (SwarmTask task : serving) {
            int port = hostPort(task, target);
            if (port > 0 && task.node().equals(own)) {
                return new UnitAddress(api.engine().address().host(), port);
            }
        }
        for (SwarmTask task : serving) {
            int port = hostPort(task, target);
            String host = port > 0 ? nodeAddress(task.node()) : "";
            if (!host.isEmpty()) {
                return new UnitAddress(host, port);
            }
        }
        return null;
    }

    private String nodeAddress(String node) throws InterruptedException {
        try {
            return api.nodeAddress(node);
        } catch (DockerException refusal) {
            throw new ProviderException(
                    "service " + name + ": node " + node + ": " + Refusals.said(refusal), null, refusal);
        }
    }

    private static int hostPort(SwarmTask task, int target) {
        for (JsonNode port : task.hostPorts()) {
            if (port.path("TargetPort").asInt() == target && isOnTheNode(port)) {
                return port.path("PublishedPort").asInt();
            }
        }
        return 0;
    }

    private static boolean isOnTheNode(JsonNode port) {
        return port.path("PublishMode").asText().equals(ON_THE_NODE);
    }

    private static String listed(Map<Integer, JsonNode> ports) {
        return ports.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private ProviderException refused(String problem) {
        return new ProviderException("service " + name + ": " + problem, null, null);
    }
}
