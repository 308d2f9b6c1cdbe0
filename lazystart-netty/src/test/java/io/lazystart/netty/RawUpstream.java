// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does with each connection what a script says. Its failures are the test's. */
final class RawUpstream implements AutoCloseable {
    private final ServerSocket listener;
    private final Script script;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Wire> wires = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    /** What to do with one connection; closed when it returns. */
    @FunctionalInterface
    interface Script {
        void serve(Wire wire) throws Exception;
    }

    RawUpstream(Script script) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.script = script;
        start("upstream-accept", this::accept);
    }

    /** Serves requests on one connection until the other side ends it. */
    static Script each(Script request) {
        return wire -> {
            wire.socket().setSoTimeout(0);
            while (true) {
                wire.socket().getInputStream();
                request.serve(wire);
            }
        };
    }

    private void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                Wire wire = new Wire(socket);
                wires.add(wire);
                start("upstream-serve", () -> serve(wire));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Wire wire) {
        try (wire) {
            script.serve(wire);
        } catch (java.io.EOFException | java.net.SocketException e) {
            // the other side has ended the connection, as most do
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    int port() {
        return listener.getLocalPort();
    }

    int accepted() {
        return accepted.get();
    }

    @Override
    public void close() throws Exception {
        listener.close();
        for (Wire wire : wires) {
            wire.close();
        }
        for (Thread thread : threads) {
            thread.join(5_000);
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("the upstream's script failed", failures.peek());
        }
    }
}
