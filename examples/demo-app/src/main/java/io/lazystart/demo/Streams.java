// SPDX-License-Identifier: Apache-2.0
package io.lazystart.demo;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Answers that take long or are large. */
final class Streams {
    private static final int MIB = 1 << 20;
    private static final int MAX_SECONDS = 3_600;
    private static final int MAX_MIB = 10_240;
    private static final int BLOCK = 1 << 16;

    private Streams() {}

    /** Is silent for so many seconds, then answers. */
    static void slow(HttpExchange exchange) throws IOException {
        int seconds = Query.number(exchange, "seconds", 5, MAX_SECONDS);
        pause(seconds * 1_000L);
        Answers.send(exchange, 200, Answers.TEXT, "answered after " + seconds + " s\n");
    }

    /** Sends so many MiB, the same bytes each time, evenly over so many seconds. */
    static void download(HttpExchange exchange) throws IOException {
        int mib = Query.number(exchange, "mib", 10, MAX_MIB);
        int seconds = Query.number(exchange, "seconds", 0, MAX_SECONDS);
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.getResponseHeaders().set("Content-Disposition", "attachment; filename=\"demo.bin\"");
        if (exchange.getRequestMethod().equals("HEAD") || mib == 0) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(200, (long) mib * MIB);
        int blocks = mib * (MIB / BLOCK);
        byte[] block = new byte[BLOCK];
        new Random(1).nextBytes(block);
        OutputStream out = exchange.getResponseBody();
        for (int i = 0; i < blocks; i++) {
            out.write(block);
            pause(seconds * 1_000L * (i + 1) / blocks - seconds * 1_000L * i / blocks);
        }
    }

    /** Answers a POST with its length and hash. */
    static void echo(HttpExchange exchange) throws IOException {
        MessageDigest digest = sha256();
        long length;
        try (InputStream in = new DigestInputStream(exchange.getRequestBody(), digest)) {
            length = in.transferTo(OutputStream.nullOutputStream());
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        Answers.send(exchange, 200, Answers.JSON, "{\"length\":" + length + ",\"sha256\":\"" + hash + "\"}\n");
    }

    /** Sends one event per second until the client leaves, or so many. */
    static void events(HttpExchange exchange) throws IOException {
        int count = Query.number(exchange, "count", MAX_SECONDS, MAX_SECONDS);
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        for (int i = 1; i <= count; i++) {
            out.write(("id: " + i + "\ndata: tick " + i + "\n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            pause(i == count ? 0 : 1_000);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
