// SPDX-License-Identifier: Apache-2.0
package io.lazystart.demo;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/** Starts the application: first the simulated initialisation, then the port. Ends at once on SIGTERM. */
public final class DemoApp {
    private DemoApp() {}

    /**
     * Runs the application until it is ended from outside or by {@code /exit}.
     *
     * @param args {@code --port=N} (0 for any) and {@code --boot-ms=N}
     * @throws InterruptedException if the boot is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        try {
            Options options = Options.parse(args);
            new Boot(options.bootMillis()).run();
            HttpServer server = start(options);
            System.out.println(
                    "demo: listening on http://127.0.0.1:" + server.getAddress().getPort());
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("demo: " + e.getMessage());
            System.exit(2);
        }
    }

    private static HttpServer start(Options options) throws IOException {
        // Without it each answer waits for the acknowledgement of the one before.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port());
        HttpServer server = HttpServer.create(address, 1_024);
        Site site = new Site(options);
        server.createContext("/", site.counted(site::frontPage));
        server.createContext("/healthz", site.counted(site::health));
        server.createContext("/slow", site.counted(Streams::slow));
        server.createContext("/download", site.counted(Streams::download));
        server.createContext("/echo", site.counted(Streams::echo));
        server.createContext("/events", site.counted(Streams::events));
        server.createContext("/exit", site.counted(site::exit));
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        return server;
    }
}
