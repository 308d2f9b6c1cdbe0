// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What requests to a sleeping service lead to: real processes, real sockets, loopback only. */
@Timeout(120)
@Isolated("looks at how long something takes")
final class ColdRequestsTest {
    private static final int HERD = 500;
    private static final byte[] MEBIBYTE = new byte[1 << 20];

    static {
        new Random(1).nextBytes(MEBIBYTE);
    }

    @TempDir
    Path directory;

    @Test
    void asleep_fiveHundredRequestsAtOnce_oneStartServesThemAll() throws Exception {
        Backend backend = new Backend(directory);
        String[] command = backend.application("");

        try (FrontDoor door = FrontDoor.open(directory, service -> service.process(command))) {
            List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, HERD)
                    .mapToObj(i -> door.send(door.request("/healthz?" + i).build()))
                    .toList();
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);

            assertThat(answers).allSatisfy(answer -> {
                assertThat(answer.join().statusCode()).isEqualTo(200);
                assertThat(answer.join().body()).isEqualTo("ok\n");
            });
            assertThat(backend.pids()).hasSize(1);
        }
    }

    static Stream<Arguments> posts() {
        BodyPublisher byLength = BodyPublishers.ofByteArray(MEBIBYTE);
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(MEBIBYTE));
        return Stream.of(
                arguments("by length", byLength, false),
                arguments("chunked", chunked, false),
                arguments("by length, 100-continue", byLength, true),
                arguments("chunked, 100-continue", chunked, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("posts")
    void asleep_postOfOneMebibyte_arrivesWhole(String framing, BodyPublisher body, boolean expectContinue)
            throws Exception {
        String[] command = new Backend(directory).application("");

        try (FrontDoor door = FrontDoor.open(directory, service -> service.process(command))) {
            HttpResponse<String> answer = door.send(door.request("/echo")
                            .POST(body)
                            .expectContinue(expectContinue)
                            .build())
                    .get(60, TimeUnit.SECONDS);

            assertThat(answer.statusCode()).as(framing).isEqualTo(200);
            assertThat(answer.body())
                    .isEqualTo("{\"length\":" + MEBIBYTE.length + ",\"sha256\":\"" + sha256(MEBIBYTE) + "\"}\n");
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
