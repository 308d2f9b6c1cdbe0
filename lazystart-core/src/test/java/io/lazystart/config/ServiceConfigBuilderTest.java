// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.ServiceConfig.Restart;
import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.failure.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceConfigBuilderTest {

    @Test
    void build_onlyProcess_hasDefaults() {
        ServiceConfig service =
                new ServiceConfigBuilder().process("java", "-jar", "notes.jar").build("notes");

        assertThat(service)
                .isEqualTo(new ServiceConfig(
                        "notes",
                        new UnitConfig("process", Map.of("command", List.of("java", "-jar", "notes.jar"))),
                        List.of(),
                        List.of(),
                        List.of(),
                        false,
                        null,
                        ReadyConfig.AUTO,
                        null,
                        Duration.ofMinutes(15),
                        Duration.ofSeconds(30),
                        null,
                        Duration.ofMinutes(3),
                        StopConfig.DEFAULT,
                        Restart.ON_REQUEST,
                        BackoffConfig.DEFAULT,
                        WaitMode.AUTO,
                        Duration.ofSeconds(60),
                        503,
                        null,
                        ErrorDetails.REASON,
                        OnClose.STOP));
    }

    @Test
    void build_otherProvider_isLeftOnClose() {
        ServiceConfig service =
                new ServiceConfigBuilder().unit("docker", Map.of()).build("notes");

        assertThat(service.onClose()).isEqualTo(OnClose.LEAVE);
    }

    @Test
    void build_everythingSet_isKept() {
        ServiceConfig service = new ServiceConfigBuilder()
                .unit("docker", Map.of("container", "notes"))
                .dependsOn("db")
                .hosts("Notes.Localhost", "[::1]")
                .paths("/caf%C3%A9", "/")
                .stripPrefix(true)
                .upstream("http://127.0.0.1:{port}")
                .ready(ReadyConfig.http("/healthz?deep=1"))
                .health(new HealthConfig(ReadyConfig.TCP, Duration.ofMillis(1), 1, 9))
                .idleTimeout(ServiceConfig.NEVER)
                .firstUseTimeout(Duration.ZERO)
                .busyCpu(250)
                .wakeTimeout(Duration.ofSeconds(1))
                .stop(new StopConfig(StopConfig.Method.KILL, "SIGRTMIN+3", Duration.ZERO, Duration.ZERO))
                .restart(Restart.ALWAYS)
                .backoff(new BackoffConfig(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO, 1))
                .waitMode(WaitMode.ASYNC)
                .holdTimeout(Duration.ofSeconds(2))
                .pageStatus(200)
                .startEndpoint("/login")
                .errorDetails(ErrorDetails.OUTPUT)
                .onClose(OnClose.STOP)
                .build("notes");

        assertThat(service)
                .isEqualTo(new ServiceConfig(
                        "notes",
                        new UnitConfig("docker", Map.of("container", "notes")),
                        List.of(DependencyConfig.ready("db")),
                        List.of("notes.localhost", "[::1]"),
                        List.of("/caf%C3%A9", "/"),
                        true,
                        "http://127.0.0.1:{port}",
                        ReadyConfig.http("/healthz?deep=1"),
                        new HealthConfig(ReadyConfig.TCP, Duration.ofMillis(1), 1, 9),
                        ServiceConfig.NEVER,
                        Duration.ZERO,
                        250,
                        Duration.ofSeconds(1),
                        new StopConfig(StopConfig.Method.KILL, "SIGRTMIN+3", Duration.ZERO, Duration.ZERO),
                        Restart.ALWAYS,
                        new BackoffConfig(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO, 1),
                        WaitMode.ASYNC,
                        Duration.ofSeconds(2),
                        200,
                        "/login",
                        ErrorDetails.OUTPUT,
                        OnClose.STOP));
    }

    @Test
    void upstream_auto_isAskedOfTheProvider() {
        assertThat(service().upstream("auto").build("a").upstream()).isNull();
    }

    static Stream<Arguments> setters() {
        return Stream.of(
                setter("hosts", b -> b.hosts()),
                setter("paths", b -> b.paths()),
                setter("strip-prefix", b -> b.stripPrefix(false)),
                setter("upstream", b -> b.upstream("auto")),
                setter("ready", b -> b.ready(ReadyConfig.TCP)),
                setter("health", b -> b.health(HealthConfig.TCP)),
                setter("idle-timeout", b -> b.idleTimeout(Duration.ZERO)),
                setter("first-use-timeout", b -> b.firstUseTimeout(Duration.ZERO)),
                setter("busy-cpu", b -> b.busyCpu(1)),
                setter("wake-timeout", b -> b.wakeTimeout(Duration.ofSeconds(1))),
                setter("stop", b -> b.stop(StopConfig.DEFAULT)),
                setter("restart", b -> b.restart(Restart.NEVER)),
                setter("backoff", b -> b.backoff(BackoffConfig.DEFAULT)),
                setter("wait", b -> b.waitMode(WaitMode.AUTO)),
                setter("hold-timeout", b -> b.holdTimeout(Duration.ofSeconds(1))),
                setter("page-status", b -> b.pageStatus(200)),
                setter("start-endpoint", b -> b.startEndpoint("/")),
                setter("error-details", b -> b.errorDetails(ErrorDetails.NONE)),
                setter("on-close", b -> b.onClose(OnClose.STOP)),
                setter("unit", b -> b.unit("docker", Map.of())));
    }

    @ParameterizedTest
    @MethodSource("setters")
    void set_second_isRefused(String key, Consumer<ServiceConfigBuilder> setter) {
        ServiceConfigBuilder builder = new ServiceConfigBuilder();
        setter.accept(builder);

        assertThatIllegalStateException()
                .isThrownBy(() -> setter.accept(builder))
                .withMessage(key + ": set already (expected: once)");
    }

    @Test
    void process_besideUnit_isRefused() {
        ServiceConfigBuilder builder = service();

        assertThatIllegalStateException().isThrownBy(() -> builder.unit("docker", Map.of()));
    }

    @Test
    void set_null_isRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> new ServiceConfigBuilder().idleTimeout(null))
                .withMessage("idle-timeout");
    }

    @Test
    void build_dependenciesWithoutUnit_isAGroup() {
        ServiceConfig group = new ServiceConfigBuilder().dependsOn("a", "b").build("shop");

        assertThat(group.isGroup()).isTrue();
        assertThat(group.dependsOn()).containsExactly(DependencyConfig.ready("a"), DependencyConfig.ready("b"));
    }

    @Test
    void build_groupWithAUnitsKey_isRefused() {
        assertThatThrownBy(() -> new ServiceConfigBuilder()
                        .dependsOn("a")
                        .upstream("http://127.0.0.1:80")
                        .build("shop"))
                .hasMessage(
                        "services.shop.upstream: set for a group (expected: a provider, or for a group without one only"
                                + " depends-on, idle-timeout, wake-timeout, wait, hold-timeout, page-status)");
    }

    @Test
    void build_noUnit_isRefused() {
        assertThatThrownBy(() -> new ServiceConfigBuilder().build("notes"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "services.notes: no provider (expected: process(…) or unit(…), or dependsOn(…) for a group)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "é", "${x}"})
    void build_badName_isRefused(String name) {
        assertThatThrownBy(() -> service().build(name))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "services." + name
                                + ": bad name (expected: letters, digits, dots, hyphens and underscores, at most 64 characters)");
    }

    @Test
    void build_longestName_isTaken() {
        String name = "A-b_c.".repeat(10) + "1234";

        assertThat(service().build(name).name()).hasSize(64).isEqualTo(name);
        assertThatThrownBy(() -> service().build(name + "5")).isInstanceOf(ConfigException.class);
    }

    static Stream<Arguments> wrong() {
        Duration minus = Duration.ofSeconds(-1);
        return Stream.of(
                wrong(
                        b -> b.hosts("notes.localhost:80"),
                        "hosts[0]: notes.localhost:80 (expected: a host name without port, such as notes.localhost)"),
                wrong(
                        b -> b.hosts("a", "*.b"),
                        "hosts[1]: *.b (expected: a host name without port, such as notes.localhost)"),
                wrong(b -> b.hosts("a", "A"), "hosts[1]: a (expected: each host once)"),
                wrong(
                        b -> b.paths("notes"),
                        "paths[0]: notes (expected: a path prefix such as /notes, without a slash at its end)"),
                wrong(
                        b -> b.paths("/notes/"),
                        "paths[0]: /notes/ (expected: a path prefix such as /notes, without a slash at its end)"),
                wrong(
                        b -> b.paths("/a/../b"),
                        "paths[0]: /a/../b (expected: a path prefix such as /notes, without a slash at its end)"),
                wrong(
                        b -> b.paths("/a/%2E%2e/b"),
                        "paths[0]: /a/%2E%2e/b (expected: a path prefix such as /notes, without a slash at its end)"),
                wrong(
                        b -> b.paths("/100%"),
                        "paths[0]: /100% (expected: a path prefix such as /notes, without a slash at its end)"),
                wrong(b -> b.paths("/a", "/a"), "paths[1]: /a (expected: each path once)"),
                wrong(b -> b.upstream("127.0.0.1:80"), upstream("127.0.0.1:80")),
                wrong(b -> b.upstream("http://a/x"), upstream("http://a/x")),
                wrong(b -> b.upstream("http://a:0"), upstream("http://a:0")),
                wrong(b -> b.upstream("http://a:65536"), upstream("http://a:65536")),
                wrong(b -> b.upstream("ftp://a"), upstream("ftp://a")),
                wrong(b -> b.upstream("https://a"), tls("https://a")),
                wrong(b -> b.upstream("HTTPS://127.0.0.1:{port}"), tls("HTTPS://127.0.0.1:{port}")),
                wrong(b -> b.upstream("https://me:hunter2@a"), tls("https://***@a")),
                wrong(b -> b.upstream("http://me:hunter2@a"), upstream("http://***@a")),
                wrong(
                        b -> b.ready(ReadyConfig.http("healthz")),
                        "ready.http: healthz (expected: a path such as /healthz)"),
                wrong(
                        b -> b.ready(new ReadyConfig(ReadyConfig.Kind.HTTP, "/", 399, 200, Duration.ofSeconds(1))),
                        "ready.codes: 399-200 (expected: FIRST-LAST within 100 to 599, such as 200-399)"),
                wrong(
                        b -> b.ready(new ReadyConfig(ReadyConfig.Kind.TCP, null, 0, 0, Duration.ZERO)),
                        "ready.timeout: 0s (expected: more than 0s)"),
                wrong(
                        b -> b.health(HealthConfig.http("healthz")),
                        "health.http: healthz (expected: a path such as /healthz)"),
                wrong(
                        b -> b.health(new HealthConfig(ReadyConfig.TCP, Duration.ZERO, 3, 1)),
                        "health.interval: 0s (expected: more than 0s)"),
                wrong(
                        b -> b.health(new HealthConfig(ReadyConfig.TCP, Duration.ofSeconds(1), 0, 1)),
                        "health.fall: 0 (expected: a whole number, one or more)"),
                wrong(
                        b -> b.health(new HealthConfig(ReadyConfig.TCP, Duration.ofSeconds(1), 1, -1)),
                        "health.rise: -1 (expected: a whole number, one or more)"),
                wrong(b -> b.idleTimeout(minus), "idle-timeout: PT-1S (expected: zero or more)"),
                wrong(b -> b.firstUseTimeout(minus), "first-use-timeout: PT-1S (expected: zero or more)"),
                wrong(b -> b.busyCpu(0), "busy-cpu: 0% (expected: a share of one core, at least 1%, such as 20%)"),
                wrong(b -> b.wakeTimeout(Duration.ZERO), "wake-timeout: 0s (expected: more than 0s)"),
                wrong(b -> b.holdTimeout(Duration.ZERO), "hold-timeout: 0s (expected: more than 0s)"),
                wrong(
                        b -> b.stop(new StopConfig(StopConfig.Method.STOP, "TERM", Duration.ZERO, Duration.ZERO)),
                        "stop.signal: TERM (expected: a signal's name, such as SIGTERM)"),
                wrong(
                        b -> b.stop(new StopConfig(StopConfig.Method.STOP, null, minus, Duration.ZERO)),
                        "stop.timeout: PT-1S (expected: zero or more)"),
                wrong(
                        b -> b.stop(new StopConfig(StopConfig.Method.STOP, null, Duration.ZERO, minus)),
                        "stop.drain: PT-1S (expected: zero or more)"),
                wrong(
                        b -> b.backoff(new BackoffConfig(Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO, 1)),
                        "backoff.first: 0s (expected: more than 0s)"),
                wrong(
                        b -> b.backoff(
                                new BackoffConfig(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ZERO, 1)),
                        "backoff.max: 1s (expected: not below backoff.first, which is 2s)"),
                wrong(
                        b -> b.backoff(new BackoffConfig(Duration.ofSeconds(1), Duration.ofSeconds(1), minus, 1)),
                        "backoff.stable-after: PT-1S (expected: zero or more)"),
                wrong(
                        b -> b.backoff(
                                new BackoffConfig(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO, 0)),
                        "backoff.open-after: 0 (expected: a whole number, one or more)"),
                wrong(b -> b.pageStatus(404), "page-status: 404 (expected: 503 or 200)"),
                wrong(
                        b -> b.startEndpoint("/login?x"),
                        "start-endpoint: /login?x (expected: a path such as /login, without a query)"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void build_wrongValue_isRefusedWithPath(Consumer<ServiceConfigBuilder> setter, String message) {
        ServiceConfigBuilder builder = service();
        setter.accept(builder);

        assertThatThrownBy(() -> builder.build("notes"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("services.notes." + message);
    }

    @Test
    void unit_settingsChangedLater_areKeptAsGiven() {
        List<Object> command = new ArrayList<>(List.of("a"));
        Map<String, Object> settings = new HashMap<>(Map.of("command", command));
        ServiceConfigBuilder builder = new ServiceConfigBuilder().unit("process", settings);
        command.add("b");
        settings.put("directory", "/");

        ServiceConfig service = builder.build("a");

        assertThat(service.unit().settings()).isEqualTo(Map.of("command", List.of("a")));
    }

    @Test
    void unit_settingOfAnotherType_isRefusedWithoutItsValue() {
        Map<String, Object> settings = Map.of("environment", Map.of("KEY", new StringBuilder("hunter2")));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServiceConfigBuilder().unit("process", settings))
                .withMessage("settings.environment.KEY: java.lang.StringBuilder"
                        + " (expected: a string, number, boolean, list or map)");
    }

    @Test
    void toString_service_hidesSettings() {
        ServiceConfig service = new ServiceConfigBuilder()
                .unit("process", Map.of("command", List.of("a"), "environment", Map.of("KEY", "hunter2")))
                .build("a");

        assertThat(service.toString()).contains("process", "environment").doesNotContain("hunter2");
    }

    private static ServiceConfigBuilder service() {
        return new ServiceConfigBuilder().process("true");
    }

    private static String upstream(String value) {
        return "upstream: " + value
                + " (expected: auto, or http://HOST, optionally with :PORT or :{port}, without path)";
    }

    private static String tls(String value) {
        return "upstream: " + value + " (expected: http://HOST[:PORT], TLS to a service is not spoken yet)";
    }

    private static Arguments setter(String key, Consumer<ServiceConfigBuilder> setter) {
        return Arguments.of(key, setter);
    }

    private static Arguments wrong(Consumer<ServiceConfigBuilder> setter, String message) {
        return Arguments.of(setter, message);
    }
}
