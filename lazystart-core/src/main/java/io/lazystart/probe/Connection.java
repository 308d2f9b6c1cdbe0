// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/** Connects to a unit, and puts failures into words. Sockets come from channels: those are ended by an interrupt. */
final class Connection {
    private Connection() {}

    /**
     * Connects to the first address of the target that answers. A name such as localhost may have several, of which the
     * unit listens on one.
     *
     * @throws IOException with the failure of the last address
     * @throws IllegalArgumentException if the target is no URI to connect to
     */
    static SocketChannel open(URI target, Deadline deadline) throws IOException {
        IOException last = new UnknownHostException(host(target));
        for (InetAddress address : InetAddress.getAllByName(host(target))) {
            try {
                return open(new InetSocketAddress(address, port(target)), deadline);
            } catch (SocketTimeoutException late) {
                throw late;
            } catch (IOException failure) {
                last = failure;
            }
        }
        throw last;
    }

    /** Host without the brackets of an IPv6 literal. */
    static String host(URI target) {
        String host = target.getHost();
        if (host == null) {
            throw new IllegalArgumentException("target: " + target + " (expected: http://HOST:PORT)");
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    static int port(URI target) {
        if (target.getPort() >= 0) {
            return target.getPort();
        }
        return tls(target) ? 443 : 80;
    }

    static boolean tls(URI target) {
        String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "https" -> true;
            case "http" -> false;
            default -> throw new IllegalArgumentException("target: " + target + " (expected: http or https)");
        };
    }

    /**
     * Puts the failure of a probe into words.
     *
     * @throws InterruptedException if it failed because the thread was interrupted
     */
    static ProbeResult failed(IOException failure, Deadline deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("probe");
        }
        if (failure instanceof SocketTimeoutException || deadline.passed()) {
            return ProbeResult.notReady(deadline.toString());
        }
        return ProbeResult.notReady(
                failure instanceof UnknownHostException ? "unknown host" : lowerCaseFirst(words(failure)));
    }

    private static SocketChannel open(InetSocketAddress address, Deadline deadline) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            Socket socket = channel.socket();
            socket.connect(address, deadline.socketMillis(Long.MAX_VALUE));
            // While nobody listens on a port that the system gives to clients too, a connect can meet itself.
            if (socket.getLocalSocketAddress().equals(socket.getRemoteSocketAddress())) {
                throw new ConnectException("Connection refused");
            }
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /** The first line of the innermost message: wrappers only say that something failed. */
    private static String words(IOException failure) {
        Throwable inner = failure;
        while (inner.getCause() != null && inner.getCause() != inner) {
            inner = inner.getCause();
        }
        String message = inner.getMessage();
        return message == null || message.isBlank()
                ? inner.getClass().getSimpleName()
                : message.lines().findFirst().orElseThrow();
    }

    private static String lowerCaseFirst(String text) {
        boolean abbreviation = text.length() > 1 && Character.isUpperCase(text.charAt(1));
        return abbreviation ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
