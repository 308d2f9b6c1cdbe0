// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.provider.PortRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigFileTest {
    @TempDir
    Path directory;

    @Test
    void read_oneProcess_hasDefaults() {
        LazyStartConfig config = read("""
                services:
                  notes:
                    process: {command: [java, -jar, notes.jar]}
                """);

        assertThat(config)
                .isEqualTo(new LazyStartConfig(
                        LazyStartConfig.defaultStateDirectory(),
                        PortRange.DEFAULT,
                        Limits.DEFAULT,
                        Map.of(),
                        Map.of(
                                "notes",
                                new ServiceConfigBuilder()
                                        .process("java", "-jar", "notes.jar")
                                        .build("notes"))));
    }

    @Test
    void read_topLevel_isTaken() {
        LazyStartConfig config = read("""
                state-directory: ~/naps
                port-range: 100-100
                limits: {held-requests: 0, subscribers: 7}
                services: {b: {process: {}}, a: {kettle: {}}}
                """);

        assertThat(config.stateDirectory()).isEqualTo(Path.of(System.getProperty("user.home"), "naps"));
        assertThat(config.portRange()).isEqualTo(new PortRange(100, 100));
        assertThat(config.limits()).isEqualTo(new Limits(0, 7));
        assertThat(config.services().keySet()).containsExactly("b", "a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "auto | AUTO | false",
                "{timeout: 2s} | AUTO | false",
                "tcp | TCP | false",
                "{tcp: true} | TCP | false",
                "provider | PROVIDER | true",
                "{provider: true} | PROVIDER | true",
                "{provider: true, tcp: true} | TCP | true",
                "{provider: true, http: /up} | HTTP | true",
                "{provider: false} | TCP | false"
            })
    void read_ready_mayAskTheProvider(String written, ReadyConfig.Kind kind, boolean provider) {
        ReadyConfig ready = read("services: {a: {process: {}, ready: %s}}\n".formatted(written))
                .services()
                .get("a")
                .ready();

        assertThat(ready.kind()).isEqualTo(kind);
        assertThat(ready.provider()).isEqualTo(provider);
    }

    @Test
    void read_providers_areConnectionsThatServicesName() {
        LazyStartConfig config = read("""
                providers:
                  process: {}
                  lab: {type: kettle, host: "tcp://10.0.0.5:2376", tls: {ca: a.pem}}
                services: {a: {lab: {cups: 2}}, b: {kettle: {}}}
                """);

        assertThat(config.connections())
                .containsExactly(
                        Map.entry("process", new ConnectionConfig("process", Map.of())),
                        Map.entry(
                                "lab",
                                new ConnectionConfig(
                                        "kettle",
                                        Map.of("host", "tcp://10.0.0.5:2376", "tls", Map.of("ca", "a.pem")))));
        assertThat(config.services().get("a").unit()).isEqualTo(new UnitConfig("lab", Map.of("cups", 2)));
        assertThat(config.connection("kettle")).isEqualTo(new ConnectionConfig("kettle", Map.of()));
        assertThat(config.connection("lab")).hasToString("ConnectionConfig[type=kettle, settings=[host, tls]]");
    }

    @Test
    void read_json_isTheSame() {
        String json = "{\"services\": {\"notes\": {\"kettle\": {\"cups\": 2}, \"idle-timeout\": \"never\"}}}";

        LazyStartConfig config = ConfigFiles.read(directory.resolve("gateway.json"), json, Map.of())
                .config();

        assertThat(config.services().get("notes"))
                .isEqualTo(new ServiceConfigBuilder()
                        .unit("kettle", Map.of("cups", 2))
                        .idleTimeout(ServiceConfig.NEVER)
                        .build("notes"));
    }

    @Test
    void read_byteOrderMark_isSkipped() {
        assertThat(read("\uFEFFservices: {a: {process: {}}}").services()).containsOnlyKeys("a");
    }

    @ParameterizedTest
    @CsvSource({
        "7, java.lang.Integer, 7",
        "-7, java.lang.Integer, -7",
        "12345678901, java.lang.Long, 12345678901",
        "1.5, java.lang.Double, 1.5",
        "true, java.lang.Boolean, true",
        "1.10, java.lang.String, 1.10",
        "007, java.lang.String, 007",
        "0x10, java.lang.String, 0x10",
        "1_000, java.lang.String, 1_000",
        "1e3, java.lang.String, 1e3",
        "True, java.lang.String, True",
        "yes, java.lang.String, yes",
        "'\"7\"', java.lang.String, 7",
        "12:30, java.lang.String, 12:30",
        "2026-11-21, java.lang.String, 2026-11-21"
    })
    void read_settings_keepTheirTypeUnlessThatWouldChangeTheText(String written, Class<?> type, String text) {
        Object value = kettle("services: {a: {kettle: {x: " + written + "}}}").get("x");

        assertThat(value).isInstanceOf(type);
        assertThat(value.toString()).isEqualTo(text);
    }

    @Test
    void read_nestedSettings_areHandedOverInOrder() {
        Map<String, Object> settings = kettle("services: {a: {kettle: {z: [1, [b, {c: d}]], y: {k: 'v'}, e: ~}}}");

        assertThat(settings)
                .isEqualTo(Map.of("z", List.of(1, List.of("b", Map.of("c", "d"))), "y", Map.of("k", "v"), "e", ""));
        assertThat(settings.keySet()).containsExactly("z", "y", "e");
    }

    @Test
    void read_defaults_holdWhereServiceSaysNothing() {
        LazyStartConfig config = read("""
                services:
                  plain: {process: {}}
                  own: {process: {}, idle-timeout: 1m, upstream: auto, wait: page}
                defaults:
                  idle-timeout: 5m
                  wait: hold
                  upstream: http://127.0.0.1:{port}
                """);

        assertThat(config.services().get("plain").idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.services().get("plain").waitMode()).isEqualTo(WaitMode.HOLD);
        assertThat(config.services().get("plain").upstream()).isEqualTo("http://127.0.0.1:{port}");
        assertThat(config.services().get("own").idleTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.services().get("own").waitMode()).isEqualTo(WaitMode.PAGE);
        assertThat(config.services().get("own").upstream()).isNull();
    }

    @Test
    void read_defaultsOfMaps_areTakenOverKeyByKey() {
        LazyStartConfig config = read("""
                defaults:
                  stop: {signal: SIGINT, timeout: 5s}
                  backoff: {first: 2s}
                services:
                  a: {process: {}, stop: {timeout: 7s}, backoff: {max: 3s}}
                """);

        ServiceConfig service = config.services().get("a");
        assertThat(service.stop())
                .isEqualTo(new StopConfig(
                        StopConfig.Method.STOP, "SIGINT", Duration.ofSeconds(7), Duration.ofSeconds(30)));
        assertThat(service.backoff())
                .isEqualTo(new BackoffConfig(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(10), 10));
    }

    @Test
    void read_healthOfTheDefaults_isTakenOverKeyByKey() {
        LazyStartConfig config = read("""
                defaults: {health: {http: /up, interval: 5s, fall: 2}}
                services:
                  same: {process: {}, health: {rise: 2}}
                  tcp: {process: {}, health: {tcp: true}}
                """);

        assertThat(config.services().get("same").health())
                .isEqualTo(new HealthConfig(ReadyConfig.http("/up"), Duration.ofSeconds(5), 2, 2));
        assertThat(config.services().get("tcp").health())
                .isEqualTo(new HealthConfig(ReadyConfig.TCP, Duration.ofSeconds(5), 2, 1));
    }

    @Test
    void read_whatTheDefaultsSwitchOn_canBeSwitchedOff() {
        LazyStartConfig config = read("""
                defaults: {health: {http: /up}, busy-cpu: 20%}
                services:
                  off: {process: {}, health: off, busy-cpu: off}
                  same: {process: {}}
                """);

        assertThat(config.services().get("off").health()).isNull();
        assertThat(config.services().get("off").busyCpu()).isNull();
        assertThat(config.services().get("same").health()).isNotNull();
        assertThat(config.services().get("same").busyCpu()).isEqualTo(20);
    }

    @Test
    void read_otherProbeThanTheDefaults_takesOverTheTimeoutAlone() {
        LazyStartConfig config = read("""
                defaults: {ready: {http: /up, codes: 204, timeout: 3s}}
                services:
                  same: {process: {}, ready: {timeout: 4s}}
                  path: {process: {}, ready: {http: /healthz}}
                  tcp: {process: {}, ready: {tcp: true}}
                """);

        assertThat(config.services().get("same").ready())
                .isEqualTo(new ReadyConfig(ReadyConfig.Kind.HTTP, "/up", 204, 204, Duration.ofSeconds(4)));
        assertThat(config.services().get("path").ready())
                .isEqualTo(new ReadyConfig(ReadyConfig.Kind.HTTP, "/healthz", 200, 399, Duration.ofSeconds(3)));
        assertThat(config.services().get("tcp").ready())
                .isEqualTo(new ReadyConfig(ReadyConfig.Kind.TCP, null, 0, 0, Duration.ofSeconds(3)));
    }

    private LazyStartConfig read(String yaml) {
        return ConfigFiles.yaml(directory, yaml).config();
    }

    private Map<String, Object> kettle(String yaml) {
        return read(yaml).services().get("a").unit().settings();
    }

    @Test
    void read_dependencies_asListAndAsMap() throws Exception {
        Map<String, ServiceConfig> services = read("""
                services:
                  shop: {depends-on: [web]}
                  web:
                    process: {command: [web]}
                    depends-on: {db: ready, migrate: completed, cache: {condition: started, optional: true, restart-with: true}}
                  db: {process: {command: [db]}}
                  migrate: {process: {command: [migrate]}}
                  cache: {process: {command: [cache]}}
                """).services();

        assertThat(services.get("shop").isGroup()).isTrue();
        assertThat(services.get("web").dependsOn())
                .containsExactly(
                        DependencyConfig.ready("db"),
                        new DependencyConfig("migrate", DependencyConfig.Condition.COMPLETED, false, false),
                        new DependencyConfig("cache", DependencyConfig.Condition.STARTED, true, true));
        assertThat(services.get("db").idleTimeout()).isZero();
    }

    @Test
    void read_defaultsBesideAGroup_applyToServicesWithUnits() throws Exception {
        Map<String, ServiceConfig> services = read("""
                defaults: {upstream: "http://127.0.0.1:80", idle-timeout: 5m}
                services:
                  shop: {depends-on: [web]}
                  web: {process: {command: [web]}}
                """).services();

        assertThat(services.get("shop").idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(services.get("shop").upstream()).isNull();
        assertThat(services.get("web").upstream()).isEqualTo("http://127.0.0.1:80");
    }
}
