// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lazystart.testkit.FakeTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service of a manager that says what the test wants, and holds back what it says of containers. */
class ScaledServiceTest {
    private static final long PATIENCE_SECONDS = 10;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile int replicas;
    private volatile String desired;
    private HttpServer manager;
    private Engine engine;
    private ScaledService service;

    @BeforeEach
    void open() throws IOException {
        manager = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        manager.setExecutor(threads);
        manager.createContext("/services/web", this::answerService);
        manager.createContext("/tasks", this::answerTasks);
        manager.createContext("/containers/json", this::answerContainers);
        manager.start();
        engine = new Engine(
                EngineAddress.parse("tcp://127.0.0.1:" + manager.getAddress().getPort(), null), null);
        service = new ScaledService("web", new SwarmApi(engine), new FakeTicker(), event -> {});
    }

    @AfterEach
    void close() {
        answered.countDown();
        engine.close();
        manager.stop(0);
        threads.shutdownNow();
    }

    @Test
    void awakeId_lookOfBeforeAWakeEndsAfterIt_isThatOfTheService() throws Exception {
        say(0, "shutdown");
        Future<ScaledService.Look> early = threads.submit(service::look);
        assertThat(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

        say(1, "running");
        service.look();
        answered.countDown();
        ScaledService.Look late = early.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

        assertThat(late.sight().isOver()).isTrue();
        assertThat(service.awakeId()).isEqualTo("id-of-web");
    }

    private void say(int count, String state) {
        replicas = count;
        desired = state;
    }

    private void answerService(HttpExchange exchange) throws IOException {
        answer(exchange, """
                {"ID": "id-of-web", "Spec": {"Name": "web", "Mode": {"Replicated": {"Replicas": %d}}}}
                """.formatted(replicas));
    }

    private void answerTasks(HttpExchange exchange) throws IOException {
        answer(exchange, """
                [{"ID": "task", "ServiceID": "id-of-web", "DesiredState": "%s",
                  "Status": {"State": "running", "ContainerStatus": {"ContainerID": "container"}}}]
                """.formatted(desired));
    }

    private void answerContainers(HttpExchange exchange) throws IOException {
        asked.countDown();
        try {
            answered.await();
        } catch (InterruptedException closing) {
            throw new IOException(closing);
        }
        answer(exchange, """
                [{"Id": "container", "State": "exited"}]
                """);
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
