// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.ServiceConfig.Restart;
import io.lazystart.config.ServiceConfig.WaitMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Describes the same random service to the builder and in a file, many times. */
final class BuilderAndFileAgreeTest {
    private static final int ROUNDS = 300;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 20261121})
    void read_sameKeysAsBuilder_givesEqualRecord(long seed) throws IOException {
        Random random = new Random(seed);

        for (int round = 0; round < ROUNDS; round++) {
            ServiceConfigBuilder builder = new ServiceConfigBuilder();
            Map<String, Object> keys = new LinkedHashMap<>();
            describe(random, builder, keys);
            ServiceConfig built = builder.build("s");

            Map<String, Object> file = Map.of("services", Map.of("s", keys));
            String json = new ObjectMapper().writeValueAsString(file);
            String yaml = new ObjectMapper(new YAMLFactory()).writeValueAsString(file);

            assertThat(read("c.json", json))
                    .as("seed %d, round %d: %s", seed, round, json)
                    .isEqualTo(built);
            assertThat(read("c.yaml", yaml))
                    .as("seed %d, round %d: %s", seed, round, yaml)
                    .isEqualTo(built);
        }
    }

    private ServiceConfig read(String name, String content) {
        return ConfigFiles.read(directory.resolve(name), content, Map.of())
                .config()
                .services()
                .get("s");
    }

    private static void describe(Random random, ServiceConfigBuilder builder, Map<String, Object> keys) {
        Describer service = new Describer(random, builder, keys);
        Map<String, Object> settings = Map.of("command", List.of("java", "-Dx=" + random.nextInt(), "{port}"), "n", 7);
        String provider = random.nextBoolean() ? "process" : "kettle";
        keys.put(provider, settings);
        builder.unit(provider, settings);
        service.maybe("hosts", List.of("A" + random.nextInt(9) + ".localhost"), (b, v) -> b.hosts(v.get(0)));
        service.maybe("paths", List.of("/a", "/b"), (b, v) -> b.paths("/a", "/b"));
        service.maybe("strip-prefix", random.nextBoolean(), ServiceConfigBuilder::stripPrefix);
        service.maybe(
                "upstream",
                service.one("auto", "http://127.0.0.1:{port}", "http://[::1]:8443"),
                ServiceConfigBuilder::upstream);
        service.duration("idle-timeout", ServiceConfigBuilder::idleTimeout);
        service.duration("first-use-timeout", ServiceConfigBuilder::firstUseTimeout);
        service.maybe("busy-cpu", "150%", (b, v) -> b.busyCpu(150));
        service.duration("wake-timeout", ServiceConfigBuilder::wakeTimeout);
        service.duration("hold-timeout", ServiceConfigBuilder::holdTimeout);
        service.constant("restart", Restart.values(), ServiceConfigBuilder::restart);
        service.constant("wait", WaitMode.values(), ServiceConfigBuilder::waitMode);
        service.constant("error-details", ErrorDetails.values(), ServiceConfigBuilder::errorDetails);
        service.constant("on-close", OnClose.values(), ServiceConfigBuilder::onClose);
        service.maybe("page-status", service.one(200, 503), ServiceConfigBuilder::pageStatus);
        service.maybe("start-endpoint", "/login", ServiceConfigBuilder::startEndpoint);
        service.maybe(
                "ready",
                Map.of("http", "/up?x=1", "codes", "200-204", "timeout", "2s"),
                (b, v) -> b.ready(new ReadyConfig(ReadyConfig.Kind.HTTP, "/up?x=1", 200, 204, Duration.ofSeconds(2))));
        service.maybe(
                "health",
                Map.of("tcp", true, "timeout", "2s", "interval", "5s", "fall", 2, "rise", 4),
                (b, v) -> b.health(new HealthConfig(
                        new ReadyConfig(ReadyConfig.Kind.TCP, null, 0, 0, Duration.ofSeconds(2)),
                        Duration.ofSeconds(5),
                        2,
                        4)));
        service.maybe(
                "stop",
                Map.of("method", "kill", "signal", "SIGINT", "timeout", "1s", "drain", "0s"),
                (b, v) ->
                        b.stop(new StopConfig(StopConfig.Method.KILL, "SIGINT", Duration.ofSeconds(1), Duration.ZERO)));
        service.maybe(
                "backoff",
                Map.of("first", "PT0.5S", "max", "1h", "stable-after", "3s", "open-after", 4),
                (b, v) -> b.backoff(
                        new BackoffConfig(Duration.ofMillis(500), Duration.ofHours(1), Duration.ofSeconds(3), 4)));
    }

    private record Describer(Random random, ServiceConfigBuilder builder, Map<String, Object> keys) {
        @SafeVarargs
        final <T> T one(T... values) {
            return values[random.nextInt(values.length)];
        }

        <T> void maybe(String key, T value, BiConsumer<ServiceConfigBuilder, T> setter) {
            if (random.nextBoolean()) {
                keys.put(key, value);
                setter.accept(builder, value);
            }
        }

        void duration(String key, BiConsumer<ServiceConfigBuilder, Duration> setter) {
            Duration duration =
                    Duration.ofMillis(one(1L, 250L, 1_000L, 90_000L, 7_200_000L, 1L + random.nextInt(1 << 20)));
            if (random.nextBoolean()) {
                keys.put(key, Durations.format(duration));
                setter.accept(builder, duration);
            }
        }

        <E extends Enum<E>> void constant(String key, E[] constants, BiConsumer<ServiceConfigBuilder, E> setter) {
            E constant = one(constants);
            if (random.nextBoolean()) {
                keys.put(key, constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
                setter.accept(builder, constant);
            }
        }
    }
}
