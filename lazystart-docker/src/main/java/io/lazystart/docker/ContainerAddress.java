// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.NetworkSettings;
import com.github.dockerjava.api.model.Ports.Binding;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitAddress;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a running container can be reached from here. */
final class ContainerAddress {
    private static final int MAX_PORT = 65_535;

    private static final Set<String> EVERYWHERE = Set.of("", "0.0.0.0");
    private static final Set<String> EVERYWHERE_6 = Set.of("::", "[::]");

    private final EngineAddress engine;
    private final Inspection seen;
    private final Map<Integer, Binding[]> ports = new TreeMap<>();

    private ContainerAddress(EngineAddress engine, Inspection seen) {
        this.engine = engine;
        this.seen = seen;
        NetworkSettings settings = seen.told().getNetworkSettings();
        if (settings != null && settings.getPorts() != null) {
            settings.getPorts().getBindings().forEach(this::add);
        }
        if (seen.told().getConfig() != null && seen.told().getConfig().getExposedPorts() != null) {
            for (ExposedPort exposed : seen.told().getConfig().getExposedPorts()) {
                add(exposed, null);
            }
        }
    }

    /**
     * Finds the address.
     *
     * @param port what the service says of it, or null
     * @param network what the service says of it, or null
     * @throws ProviderException if it has none, or several that nobody has chosen from
     */
    static UnitAddress of(EngineAddress engine, Inspection seen, @Nullable Integer port, @Nullable String network) {
        ContainerAddress address = new ContainerAddress(engine, seen);
        return address.at(port == null ? address.port() : port, network);
    }

    private void add(ExposedPort exposed, Binding @Nullable [] bindings) {
        if (exposed.getProtocol() == InternetProtocol.TCP) {
            Binding[] known = ports.getOrDefault(exposed.getPort(), new Binding[0]);
            ports.put(exposed.getPort(), bindings == null ? known : bindings);
        }
    }

    private int port() {
        String label = seen.label(Label.PORT);
        if (label != null) {
            return labelled(label.strip());
        }
        if (ports.isEmpty()) {
            throw refused("it exposes no port (expected: one; or port, the label " + Label.PORT + ", or upstream)");
        }
        if (ports.size() > 1) {
            String all = ports.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "));
            throw refused("it exposes the ports " + all + " (expected: one; or port or the label " + Label.PORT
                    + " to choose)");
        }
        return ports.keySet().iterator().next();
    }

    private int labelled(String label) {
        int port = label.matches("[0-9]{1,5}") ? Integer.parseInt(label) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw refused("label " + Label.PORT + ": " + label + " (expected: a port from 1 to " + MAX_PORT + ")");
        }
        return port;
    }

    private UnitAddress at(int port, @Nullable String network) {
        if (network != null) {
            return inside(port, network);
        }
        if (mode().equals("host")) {
            return new UnitAddress(engine.host(), port);
        }
        UnitAddress published = published(port);
        return published == null ? inside(port, null) : published;
    }

    private @Nullable UnitAddress published(int port) {
        UnitAddress found = null;
        String elsewhere = null;
        for (Binding binding : ports.getOrDefault(port, new Binding[0])) {
            String spec = binding.getHostPortSpec();
            if (spec != null && spec.matches("[1-9][0-9]{0,4}")) {
                String ip = binding.getHostIp() == null ? "" : binding.getHostIp();
                if (!engine.isHere() && (ip.startsWith("127.") || ip.equals("::1"))) {
                    elsewhere = ip;
                } else if (!EVERYWHERE_6.contains(ip)) {
                    return new UnitAddress(reached(ip), Integer.parseInt(spec));
                } else {
                    // Docker lists a port of every address twice; the older protocol is what everybody speaks.
                    found = new UnitAddress(reached(ip), Integer.parseInt(spec));
                }
            }
        }
        if (found == null && elsewhere != null) {
            throw refused("its port is published for " + elsewhere + " of " + engine.host()
                    + " only (expected: an address that can be reached from here)");
        }
        return found;
    }

    private String reached(String ip) {
        if (EVERYWHERE.contains(ip)) {
            return engine.host();
        }
        if (EVERYWHERE_6.contains(ip)) {
            return engine.isHere() ? "::1" : engine.host();
        }
        return ip;
    }

    /** Its own address, which only the engine's machine and other containers can reach. */
    private UnitAddress inside(int port, @Nullable String network) {
        Map<String, String> addresses = addresses();
        if (network != null) {
            String address = addresses.get(network);
            if (address == null) {
                throw refused("network: " + network + " (expected: one it is connected to: "
                        + (addresses.isEmpty() ? "none" : String.join(", ", addresses.keySet())) + ")");
            }
            return new UnitAddress(address, port);
        }
        if (!engine.isHere()) {
            throw refused("its port " + port + " is not published (expected: published, as the engine is at "
                    + engine.host() + ")");
        }
        if (addresses.isEmpty()) {
            throw refused("it has no address of its own, and its port " + port + " is not published (network mode "
                    + mode() + "; expected: a published port, a network, or upstream)");
        }
        if (addresses.size() > 1) {
            throw refused("it is connected to the networks " + String.join(", ", addresses.keySet())
                    + " and its port " + port
                    + " is not published (expected: network, to choose one that can be reached"
                    + " from here)");
        }
        return new UnitAddress(addresses.values().iterator().next(), port);
    }

    /** Addresses by the networks' names, in their order. */
    private Map<String, String> addresses() {
        Map<String, String> addresses = new TreeMap<>();
        NetworkSettings settings = seen.told().getNetworkSettings();
        Map<String, ContainerNetwork> networks = settings == null ? null : settings.getNetworks();
        if (networks != null) {
            networks.forEach((name, network) -> {
                if (given(network.getIpAddress())) {
                    addresses.put(name, network.getIpAddress());
                } else if (given(network.getGlobalIPv6Address())) {
                    addresses.put(name, network.getGlobalIPv6Address());
                }
            });
        }
        return addresses;
    }

    private String mode() {
        String mode = seen.told().getHostConfig() == null
                ? null
                : seen.told().getHostConfig().getNetworkMode();
        return mode == null ? "default" : mode;
    }

    private ProviderException refused(String problem) {
        return new ProviderException("container " + seen.name() + ": " + problem, null, null);
    }

    private static boolean given(@Nullable String text) {
        return text != null && !text.isBlank();
    }
}
