// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Answers each GET with its own target, on a thread for each connection. A few threads stand ready to accept, and one makes
 * more of them, so that no connection waits for its thread to be made.
 */
final class Echo {
    private static final int STANDBY = 4;

    private Echo() {}

    /** Serves on threads of its own until the server is closed. */
    static void start(ServerSocket server) {
        run(() -> serve(server));
    }

    /** Serves until the server is closed. */
    static void serve(ServerSocket server) {
        Semaphore wanted = new Semaphore(STANDBY);
        while (!server.isClosed()) {
            wanted.acquireUninterruptibly();
            run(() -> answerNext(server, wanted));
        }
    }

    private static void answerNext(ServerSocket server, Semaphore wanted) throws IOException {
        Socket client;
        try {
            client = server.accept();
        } finally {
            wanted.release();
        }
        answerAll(client);
    }

    private static void answerAll(Socket client) throws IOException {
        try (client) {
            client.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = client.getOutputStream();
            String target = nextTarget(in);
            while (target != null) {
                out.write(answer(target).getBytes(StandardCharsets.US_ASCII));
                target = nextTarget(in);
            }
        }
    }

    private static String answer(String target) {
        return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + target.length() + "\r\n\r\n"
                + target;
    }

    /** Reads one head; null at the end of the connection. */
    private static @Nullable String nextTarget(BufferedReader in) throws IOException {
        String first = in.readLine();
        String line = first;
        while (line != null && !line.isEmpty()) {
            line = in.readLine();
        }
        return line == null || first == null ? null : first.split(" ", -1)[1];
    }

    /** Work that a closed socket ends. */
    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // the other side, or the rehearsal, is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
