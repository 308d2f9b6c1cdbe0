// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads, checks and shows the address to listen on. */
final class ListenAddress {
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^\\]]+\\]|[^:\\[\\]]+):([0-9]{1,5})");

    private ListenAddress() {}

    static InetSocketAddress parse(String source, String text) {
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
            throw new UsageException(source + ": " + text + " (expected: HOST:PORT, such as 127.0.0.1:8080)");
        }
        InetSocketAddress address = new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
        if (address.isUnresolved()) {
            throw new UsageException(source + ": " + text + " (expected: a host that this machine knows)");
        }
        return address;
    }

    /**
     * Refuses an address that cannot be had, before anything is opened or adopted for its sake. Who takes it between
     * this look and the real bind is noticed then.
     */
    static void refuseTaken(InetSocketAddress address) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException taken) {
            throw refused(address, taken);
        }
    }

    static UsageException refused(InetSocketAddress address, IOException cause) {
        return new UsageException("--listen: " + show(address) + " cannot be listened on: " + cause.getMessage()
                + " (expected: an address that is free; choose one with --listen HOST:PORT)");
    }

    /** The URL that a person opens. */
    static String url(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        boolean any = host.isAnyLocalAddress();
        return "http://"
                + show(any ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()) : address)
                + "/";
    }

    static String show(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
