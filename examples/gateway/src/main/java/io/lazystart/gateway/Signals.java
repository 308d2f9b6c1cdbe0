// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import java.util.concurrent.CountDownLatch;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Ends the gateway in order when the process is asked to end. */
final class Signals {
    private Signals() {}

    /**
     * Closes the server when SIGTERM, SIGINT or SIGHUP arrives, and exits with 0 as having done what was asked. All the
     * server's threads are daemons, so one of ours keeps the process until then.
     */
    static void closeOnExit(GatewayServer server) {
        CountDownLatch never = new CountDownLatch(1);
        Thread keeper = new Thread(() -> awaitForever(never), "gateway-keeper");
        keeper.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "gateway-close"));
    }

    @SuppressWarnings("SystemExitOutsideMain") // halt is what this class is for
    private static void end(GatewayServer server) {
        int code = 0;
        try {
            server.close();
        } catch (RuntimeException | Error e) {
            LoggerFactory.getLogger(Signals.class).error("closing failed", e);
            code = 1;
        }
        stopLogging();
        // A shutdown hook that returns lets the JVM exit with 128 plus the signal's number.
        Runtime.getRuntime().halt(code);
    }

    private static void stopLogging() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof ch.qos.logback.classic.LoggerContext context) {
            context.stop();
        }
    }

    private static void awaitForever(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
