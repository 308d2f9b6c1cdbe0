// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.ServiceConfig;
import io.lazystart.failure.ConfigException;
import java.net.IDN;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the service of a request by host name and path prefix. Immutable, thread-safe; a look-up costs one hash per
 * path segment that some route shares.
 *
 * <p>Services with the request's host name come first, then those without hosts; among either, the longest prefix wins.
 * A prefix matches whole segments: {@code /notes} takes {@code /notes} and {@code /notes/x}, not {@code /notesx}. A
 * service without hosts and paths takes what nobody else does.
 *
 * <p>Paths are compared as sent, byte for byte. {@code %2F} is a character within a segment, not a separator, and
 * {@code /%6eotes} is not {@code /notes}: a path that this table read differently from the service behind it would pass
 * whatever rule a proxy in front attached to the prefix. For the same reason a path with dot segments, plain or encoded,
 * matches no prefix; it goes to the service that has the whole host, as sent, or nowhere. Clients remove dot segments
 * before they send (RFC 3986, 5.2.4), so nobody sound loses by it.
 */
public final class RouteTable {
    private static final String ANY_HOST = "";

    private final Map<String, Segment> roots;

    private RouteTable(Map<String, Segment> roots) {
        this.roots = roots;
    }

    /**
     * Builds the table.
     *
     * @param services services with their hosts and paths
     * @return the table
     * @throws ConfigException if two services have the same route, or a host or path cannot be one
     */
    public static RouteTable of(Collection<ServiceConfig> services) {
        Map<String, Segment> roots = new HashMap<>();
        for (ServiceConfig service : services) {
            List<String> hosts = service.hosts().isEmpty() ? List.of(ANY_HOST) : service.hosts();
            List<String> paths = service.paths().isEmpty() ? List.of("/") : service.paths();
            for (String host : hosts) {
                Segment root = roots.computeIfAbsent(configuredHost(service, host), name -> new Segment());
                for (String path : paths) {
                    add(root, service, host, path);
                }
            }
        }
        return new RouteTable(roots);
    }

    /**
     * Finds the route of a request.
     *
     * @param host the Host header, with or without port; null where there is none, and one that is not {@linkplain
     *     HostHeader#isWellFormed well-formed} is nobody's
     * @param target path and query as sent
     * @return the route, or null where no service takes the request
     */
    public @Nullable Route find(@Nullable String host, String target) {
        Segment named = host == null || !HostHeader.isWellFormed(host) ? null : roots.get(HostHeader.name(host));
        Route route = named == null ? null : longest(named, target);
        if (route != null) {
            return route;
        }
        Segment any = roots.get(ANY_HOST);
        return any == null ? null : longest(any, target);
    }

    private static void add(Segment root, ServiceConfig service, String host, String path) {
        if (!path.startsWith("/") || path.indexOf('?') >= 0 || path.indexOf('#') >= 0 || hasDotSegment(path)) {
            throw new ConfigException(
                    "services." + service.name() + ".paths",
                    path + " (expected: a path that begins with a slash, without query and dot segments)");
        }
        String prefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        Segment end = root;
        if (!prefix.isEmpty()) {
            for (String name : prefix.substring(1).split("/", -1)) {
                end = end.children.computeIfAbsent(name, segment -> new Segment());
            }
        }
        Route other = end.route;
        if (other != null) {
            throw duplicate(service, other, host, prefix);
        }
        end.route = new Route(service.name(), prefix, service.stripPrefix());
    }

    private static ConfigException duplicate(ServiceConfig service, Route other, String host, String prefix) {
        String where = (host.isEmpty() ? "any host" : "host " + host) + ", path " + (prefix.isEmpty() ? "/" : prefix);
        String key = prefix.isEmpty() && !host.isEmpty() ? ".hosts" : ".paths";
        return new ConfigException(
                "services." + service.name() + key,
                where + " (expected: a route that no other service has; " + other.service() + " has this one)");
    }

    private static @Nullable Route longest(Segment root, String target) {
        int end = pathEnd(target);
        Route best = root.route;
        if (root.children.isEmpty() || !target.startsWith("/") || hasDotSegment(target.substring(0, end))) {
            return best;
        }
        Segment segment = root;
        int start = 1;
        while (start <= end) {
            int slash = target.indexOf('/', start);
            int stop = slash < 0 || slash > end ? end : slash;
            segment = segment.children.get(target.substring(start, stop));
            if (segment == null) {
                return best;
            }
            best = segment.route != null ? segment.route : best;
            start = stop + 1;
        }
        return best;
    }

    private static int pathEnd(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target.length() : query;
    }

    /** Whether a segment is {@code .} or {@code ..}, written out, as {@code %2e}, after a backslash, or before a parameter. */
    private static boolean hasDotSegment(String path) {
        if (path.indexOf('.') < 0 && path.indexOf('%') < 0) {
            return false;
        }
        for (String segment : path.replace('\\', '/').split("/", -1)) {
            int parameter = segment.indexOf(';');
            String name = (parameter < 0 ? segment : segment.substring(0, parameter))
                    .replace("%2e", ".")
                    .replace("%2E", ".");
            if (name.equals(".") || name.equals("..")) {
                return true;
            }
        }
        return false;
    }

    private static String configuredHost(ServiceConfig service, String host) {
        if (host.equals(ANY_HOST)) {
            return host;
        }
        boolean bareIpv6 = host.indexOf(':') != host.lastIndexOf(':') && !host.startsWith("[");
        try {
            String name = bareIpv6 ? "[" + host + "]" : IDN.toASCII(host);
            if (HostHeader.isWellFormed(name)) {
                return HostHeader.name(name);
            }
        } catch (IllegalArgumentException e) {
            throw noHost(service, host, e);
        }
        throw noHost(service, host, null);
    }

    private static ConfigException noHost(ServiceConfig service, String host, @Nullable Throwable cause) {
        return new ConfigException(
                null, "services." + service.name() + ".hosts", host + " (expected: a host name)", cause);
    }

    /** One path segment; changed only while the table is built. */
    private static final class Segment {
        private final Map<String, Segment> children = new HashMap<>();
        private @Nullable Route route;
    }
}
