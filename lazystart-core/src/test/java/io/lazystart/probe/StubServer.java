// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A server on loopback that does one thing with each connection, on a thread for each. */
final class StubServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    StubServer(Behaviour behaviour) throws IOException {
        this("127.0.0.1", ServerSocketFactory.getDefault(), behaviour);
    }

    StubServer(String address, ServerSocketFactory factory, Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        listener = factory.createServerSocket(0, 16, InetAddress.getByName(address));
        spawn(this::acceptAll);
    }

    int port() {
        return listener.getLocalPort();
    }

    URI http() {
        return URI.create("http://127.0.0.1:" + port());
    }

    int accepted() {
        return accepted.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void acceptAll() throws IOException {
        while (!listener.isClosed()) {
            Socket socket = listener.accept();
            accepted.incrementAndGet();
            open.add(socket);
            spawn(() -> behaviour.serve(socket));
        }
    }

    private static void spawn(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException | InterruptedException over) {
                // the other side has what it wanted, or the test is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** What to do with a connection; it is closed with the server unless that closes it. */
    @FunctionalInterface
    interface Behaviour {
        void serve(Socket socket) throws IOException, InterruptedException;
    }

    @FunctionalInterface
    private interface Task {
        void run() throws IOException, InterruptedException;
    }
}
