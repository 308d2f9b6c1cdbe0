// SPDX-License-Identifier: Apache-2.0
package io.lazystart.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** The front page, and what goes with every request. */
final class Site {
    private static final int HIGHEST_EXIT_CODE = 255;

    private final Options options;
    private final String page;
    private final AtomicInteger requests = new AtomicInteger();

    Site(Options options) throws IOException {
        this.options = options;
        try (InputStream in = Objects.requireNonNull(Site.class.getResourceAsStream("index.html"), "index.html")) {
            page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Counts the request, refuses methods, answers mistakes, and closes the exchange. */
    HttpHandler counted(HttpHandler handler) {
        return exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                handle(exchange, handler);
            } catch (IOException clientLeft) {
                System.out.println("demo: " + exchange.getRequestURI().getPath() + ": the client left");
            }
        };
    }

    void frontPage(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals("/")) {
            Answers.send(exchange, 404, Answers.TEXT, "Not found\n");
            return;
        }
        String html = page.replace(
                        "{{pid}}", String.valueOf(ProcessHandle.current().pid()))
                .replace("{{boot}}", String.valueOf(options.bootMillis()))
                .replace("{{up}}", String.valueOf(upSeconds()))
                .replace("{{requests}}", String.valueOf(requests.get()));
        Answers.send(exchange, 200, Answers.HTML, html);
    }

    void health(HttpExchange exchange) throws IOException {
        Answers.send(exchange, 200, Answers.TEXT, "ok\n");
    }

    void exit(HttpExchange exchange) throws IOException {
        int code = Query.number(exchange, "code", 0, HIGHEST_EXIT_CODE);
        System.out.println("demo: asked to exit with code " + code);
        Answers.send(exchange, 200, Answers.TEXT, "exiting with code " + code + "\n");
        exchange.close();
        System.exit(code);
    }

    private static void handle(HttpExchange exchange, HttpHandler handler) throws IOException {
        String expected = exchange.getRequestURI().getPath().equals("/echo") ? "POST" : "GET, HEAD";
        if (!expected.contains(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", expected);
            Answers.send(exchange, 405, Answers.TEXT, "Method not allowed (expected: " + expected + ")\n");
            return;
        }
        try {
            handler.handle(exchange);
        } catch (Query.BadRequest badRequest) {
            Answers.send(exchange, 400, Answers.TEXT, badRequest.getMessage() + "\n");
        }
    }

    private static long upSeconds() {
        Instant start = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
        return Duration.between(start, Instant.now()).toSeconds();
    }
}
