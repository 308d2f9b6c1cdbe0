// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lazystart.failure.ConfigException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ConfigFileRefusalTest {
    private static final String DURATION = " (expected: a duration such as 250ms, 10s, 15m, 2h or PT1H30M)";
    private static final String OR_NEVER = " (expected: a duration such as 250ms, 10s, 15m, 2h or PT1H30M, or never)";
    private static final String ANY_SERVICE_KEY =
            "expected: one of backoff, busy-cpu, depends-on, error-details, first-use-timeout, health, hold-timeout, hosts, idle-timeout, kettle, on-close,"
                    + " page-status, paths, process, ready, restart, start-endpoint, stop, strip-prefix, upstream, wait, wake-timeout";

    @TempDir
    Path directory;

    static Stream<Arguments> files() {
        return Stream.of(
                arguments("", ": empty (expected: a map with the key services)"),
                arguments("# nothing\n", ": empty (expected: a map with the key services)"),
                arguments("- a\n", ":1: not a map (expected: a map with the key services)"),
                arguments("notes\n", ":1: not a map (expected: a map with the key services)"),
                arguments("limits: {}\n", ": services: missing (expected: a map of services by name)"),
                arguments("services:\n", ":1: services: empty (expected: a map of services by name)"),
                arguments("services: {}\n", ":1: services: no service (expected: at least one)"),
                arguments("services: [a]\n", ":1: services: a list (expected: a map of services by name)"),
                arguments("service:\n  notes: {process: {}}\n", ":1: service: unknown key (did you mean: services)"),
                arguments(
                        "connections: {}\nservices: {a: {process: {}}}\n",
                        ":1: connections: unknown key (expected: one of defaults, limits, port-range, providers, services,"
                                + " state-directory)"),
                arguments(
                        "providers: [a]\nservices: {a: {process: {}}}\n",
                        ":1: providers: a list (expected: a map of connections by name)"),
                arguments(
                        "providers: {Lab: {type: process}}\nservices: {a: {process: {}}}\n",
                        ":1: providers.Lab: bad name (expected: lower-case letters, digits and hyphens, a letter first, at"
                                + " most 32)"),
                arguments(
                        "providers: {hosts: {type: process}}\nservices: {a: {process: {}}}\n",
                        ":1: providers.hosts: bad name (expected: one that is no key of a service)"),
                arguments(
                        "providers:\n  lab: {}\nservices: {a: {process: {}}}\n",
                        ":2: providers.lab: lab: no such provider (expected: one of kettle, process)"),
                arguments(
                        "providers:\n  lab:\n    type: proces\nservices: {a: {lab: {}}}\n",
                        ":3: providers.lab.type: proces: no such provider (did you mean: process)"),
                arguments(
                        "providers:\n  docker:\n    host: x\nservices: {a: {process: {}}}\n",
                        ":2: providers.docker: docker: no such provider (expected: one of kettle, process; add the"
                                + " artifact io.lazystart:lazystart-docker)"),
                arguments(
                        "providers:\n  lab: null\nservices: {a: {process: {}}}\n",
                        ":2: providers.lab: empty (expected: a map with the settings of the connection, {} for none)"),
                arguments(
                        "services: {a: {process: {}}}\n---\nservices: {}\n", ":3: a second document (expected: one)"));
    }

    static Stream<Arguments> top() {
        return Stream.of(
                arguments("state-directory: [x]", "state-directory: a list (expected: a directory)"),
                arguments("state-directory: ''", "state-directory: empty (expected: a directory)"),
                arguments("port-range: 8080-80", "port-range: 8080-80" + ports()),
                arguments("port-range: 0-80", "port-range: 0-80" + ports()),
                arguments("port-range: 80-65536", "port-range: 80-65536" + ports()),
                arguments("port-range: high", "port-range: high" + ports()),
                arguments("limits: 5", "limits: 5 (expected: a map with any of held-requests, subscribers)"),
                arguments(
                        "limits: {held-requests: -1}",
                        "limits.held-requests: -1 (expected: a whole number, zero or more)"),
                arguments(
                        "limits: {subscribers: 1.5}",
                        "limits.subscribers: 1.5 (expected: a whole number, zero or more)"),
                arguments(
                        "limits: {held-bytes: 64MiB}",
                        "limits.held-bytes: unknown key (expected: one of held-requests, subscribers)"),
                arguments(
                        "limits: {held-request: 1}", "limits.held-request: unknown key (did you mean: held-requests)"),
                arguments("defaults: 15m", "defaults: 15m (expected: a map of service keys)"),
                arguments("defaults: {idle-timeout: soon}", "defaults.idle-timeout: soon" + OR_NEVER),
                arguments("defaults: {wake-timeout: 0s}", "defaults.wake-timeout: 0s (expected: more than 0s)"),
                arguments(
                        "defaults: {idle-timeut: 1s}",
                        "defaults.idle-timeut: unknown key (did you mean: idle-timeout)"),
                arguments(
                        "defaults: {hosts: [a]}",
                        "defaults.hosts: unknown key (expected: one of backoff, busy-cpu, error-details,"
                                + " first-use-timeout, health, hold-timeout, idle-timeout, on-close, page-status, ready, restart, stop, strip-prefix,"
                                + " upstream, wait, wake-timeout)"),
                arguments(
                        "defaults: {process: {}}",
                        "defaults.process: unknown key (expected: one of backoff, busy-cpu, error-details,"
                                + " first-use-timeout, health, hold-timeout, idle-timeout, on-close, page-status, ready, restart, stop, strip-prefix,"
                                + " upstream, wait, wake-timeout)"));
    }

    static Stream<Arguments> services() {
        return Stream.of(
                arguments("notes:", "notes: empty (expected: a map with a provider's type: kettle, process)"),
                arguments("notes: x", "notes: x (expected: a map with a provider's type: kettle, process)"),
                arguments(
                        "notes: {}",
                        "notes: no provider (expected: exactly one of kettle, process, or depends-on for a group)"),
                arguments(
                        "notes: {wait: hold}",
                        "notes: no provider (expected: exactly one of kettle, process, or depends-on for a group)"),
                arguments(
                        "notes: {depends-on: [b], stop: {timeout: 1s}}",
                        "notes.stop: set for a group (expected: a provider, or for a group without one only depends-on,"
                                + " idle-timeout, wake-timeout, wait, hold-timeout, page-status)"),
                arguments(
                        "notes: {depends-on: []}",
                        "notes.depends-on: a list (expected: at least one service, or a provider)"),
                arguments(
                        "a/b: {process: {}}",
                        "a/b: bad name (expected: letters, digits, dots, hyphens and underscores, at most 64 characters)"),
                arguments(
                        "notes: {kettle: {}, process: {}}",
                        "notes.process: a second provider (expected: exactly one, and kettle is there)"),
                arguments("notes: {proces: {command: [a]}}", "notes.proces: unknown key (did you mean: process)"),
                arguments(
                        "notes: {docker: {}}",
                        "notes.docker: no such provider on the class path (expected: kettle, process; add the artifact"
                                + " io.lazystart:lazystart-docker)"),
                arguments(
                        "notes: {process: java}",
                        "notes.process: a text (expected: a map with the settings of process)"),
                arguments(
                        "notes: {process: [java]}",
                        "notes.process: a list (expected: a map with the settings of process)"),
                arguments("notes: {process: }", "notes.process: empty (expected: a map with the settings of process)"));
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                arguments(
                        "depends-on: db",
                        "depends-on: db (expected: a list of services, or a map of services with"
                                + " ready, started or completed)"),
                arguments("depends-on: [b]", "depends-on: b (expected: one of notes)"),
                arguments("depends-on: [note]", "depends-on: note (did you mean: notes)"),
                arguments("depends-on: [notes]", "depends-on: a list (expected: other services than notes itself)"),
                arguments("depends-on: {db: up}", "depends-on.db: up (expected: one of ready, started, completed)"),
                arguments(
                        "depends-on: {db: {condition: up}}",
                        "depends-on.db.condition: up (expected: one of ready, started, completed)"),
                arguments(
                        "depends-on: {db: {optionl: true}}",
                        "depends-on.db.optionl: unknown key (did you mean: optional)"),
                arguments("memory: 1g", "memory: unknown key (" + ANY_SERVICE_KEY + ")"),
                arguments("replicas: 2", "replicas: unknown key (" + ANY_SERVICE_KEY + ")"),
                arguments("idle-timeout: 10", "idle-timeout: 10" + OR_NEVER),
                arguments("idle-timeout: -10s", "idle-timeout: -10s" + OR_NEVER),
                arguments("idle-timeout: [10s]", "idle-timeout: a list" + OR_NEVER),
                arguments("idle-timeout: {}", "idle-timeout: a map" + OR_NEVER),
                arguments("idle-timeout:", "idle-timeout: empty" + OR_NEVER),
                arguments("idle-timeout: ''", "idle-timeout: empty" + OR_NEVER),
                arguments("first-use-timeout: never", "first-use-timeout: never" + DURATION),
                arguments(
                        "busy-cpu: 20",
                        "busy-cpu: 20 (expected: off, or a share of one core, at least 1%, such as 20%)"),
                arguments("busy-cpu: 0%", "busy-cpu: 0% (expected: a share of one core, at least 1%, such as 20%)"),
                arguments("wake-timeout: 0s", "wake-timeout: 0s (expected: more than 0s)"),
                arguments("hold-timeout: 0ms", "hold-timeout: 0ms (expected: more than 0s)"),
                arguments("hosts: a.localhost", "hosts: a.localhost (expected: a list of host names)"),
                arguments("hosts: [a, [b]]", "hosts[1]: a list (expected: a text)"),
                arguments(
                        "hosts: ['a:80']",
                        "hosts[0]: a:80 (expected: a host name without port, such as notes.localhost)"),
                arguments("hosts: [A, a]", "hosts[1]: a (expected: each host once)"),
                arguments("paths: /notes", "paths: /notes (expected: a list of path prefixes)"),
                arguments(
                        "paths: [notes]",
                        "paths[0]: notes (expected: a path prefix such as /notes, without a slash at its end)"),
                arguments("strip-prefix: yes", "strip-prefix: yes (expected: true or false)"),
                arguments(
                        "upstream: localhost:80",
                        "upstream: localhost:80 (expected: auto, or http://HOST, optionally with :PORT or :{port}, without"
                                + " path)"),
                arguments(
                        "upstream: 'http://me:hunter2@localhost'",
                        "upstream: http://***@localhost (expected: auto, or http://HOST, optionally with :PORT or :{port},"
                                + " without path)"),
                arguments(
                        "ready: udp",
                        "ready: udp (expected: auto, tcp, provider, or a map with any of http, codes, timeout, tcp, provider)"),
                arguments("ready: {http: healthz}", "ready.http: healthz (expected: a path such as /healthz)"),
                arguments(
                        "ready: {http: /, codes: 2xx}",
                        "ready.codes: 2xx (expected: FIRST-LAST within 100 to 599, such as 200-399)"),
                arguments(
                        "ready: {http: /, codes: 200-600}",
                        "ready.codes: 200-600 (expected: FIRST-LAST within 100 to 599, such as 200-399)"),
                arguments("ready: {codes: 200-299}", "ready.codes: 200-299 (expected: codes only beside http)"),
                arguments("ready: {http: /, tcp: true}", "ready.tcp: true (expected: http or tcp, not both)"),
                arguments("ready: {tcp: false}", "ready.tcp: false (expected: true, or no tcp at all)"),
                arguments("ready: {timeout: 0s}", "ready.timeout: 0s (expected: more than 0s)"),
                arguments(
                        "ready: {command: [a]}",
                        "ready.command: unknown key (expected: one of codes, http, provider, tcp, timeout)"),
                arguments(
                        "health: on",
                        "health: on (expected: off, or a map with any of http, codes, timeout, tcp, provider, interval, fall, rise)"),
                arguments("health: {http: healthz}", "health.http: healthz (expected: a path such as /healthz)"),
                arguments(
                        "health: {http: /, codes: 99}",
                        "health.codes: 99 (expected: FIRST-LAST within 100 to 599, such as 200-399)"),
                arguments("health: {http: /, tcp: true}", "health.tcp: true (expected: http or tcp, not both)"),
                arguments("health: {timeout: 0s}", "health.timeout: 0s (expected: more than 0s)"),
                arguments("health: {interval: 10}", "health.interval: 10" + DURATION),
                arguments("health: {interval: 0s}", "health.interval: 0s (expected: more than 0s)"),
                arguments("health: {fall: 0}", "health.fall: 0 (expected: a whole number, one or more)"),
                arguments("health: {rise: few}", "health.rise: few (expected: a whole number, one or more)"),
                arguments("health: {rises: 1}", "health.rises: unknown key (did you mean: rise)"),
                arguments("restart: sometimes", "restart: sometimes (expected: one of never, on-request, always)"),
                arguments("stop: {method: halt}", "stop.method: halt (expected: one of stop, pause, kill)"),
                arguments("stop: {signal: TERM}", "stop.signal: TERM (expected: a signal's name, such as SIGTERM)"),
                arguments("stop: {timeout: 1}", "stop.timeout: 1" + DURATION),
                arguments("stop: {drain: x}", "stop.drain: x" + DURATION),
                arguments("backoff: {first: 0s}", "backoff.first: 0s (expected: more than 0s)"),
                arguments(
                        "backoff: {first: 2s, max: 1s}",
                        "backoff.max: 1s (expected: not below backoff.first, which is 2s)"),
                arguments("backoff: {first: 10m}", "backoff.max: 5m (expected: not below backoff.first, which is 10m)"),
                arguments("backoff: {open-after: 0}", "backoff.open-after: 0 (expected: a whole number, one or more)"),
                arguments(
                        "backoff: {open-after: never}",
                        "backoff.open-after: never (expected: a whole number, one or more)"),
                arguments(
                        "backoff: {jitter: 1s}",
                        "backoff.jitter: unknown key (expected: one of first, max, open-after, stable-after)"),
                arguments("wait: Hold", "wait: Hold (expected: one of auto, page, hold, async)"),
                arguments("page-status: 404", "page-status: 404 (expected: 503 or 200)"),
                arguments("page-status: ok", "page-status: ok (expected: 503 or 200)"),
                arguments("page-status: 99999999999", "page-status: 99999999999 (expected: 503 or 200)"),
                arguments(
                        "start-endpoint: login",
                        "start-endpoint: login (expected: a path such as /login, without a query)"),
                arguments("error-details: all", "error-details: all (expected: one of none, reason, output)"),
                arguments("on-close: leve", "on-close: leve (expected: one of stop, leave)"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void read_wrongFile_isRefused(String yaml, String message) {
        assertRefused(yaml, message);
    }

    @ParameterizedTest
    @MethodSource("top")
    void read_wrongTopLevel_isRefused(String line, String message) {
        assertRefused("services:\n  a: {process: {}}\n" + line + "\n", ":3: " + message);
    }

    @ParameterizedTest
    @MethodSource("services")
    void read_wrongService_isRefused(String line, String message) {
        assertRefused("services:\n  first: {process: {}}\n  " + line + "\n", ":3: services." + message);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void read_wrongKey_isRefused(String line, String message) {
        assertRefused(
                "services:\n  notes:\n    process: {command: [a]}\n    " + line + "\n",
                ":4: services.notes." + message);
    }

    @Test
    void read_twoRefusals_tellsTheFirstInFileOrder() {
        assertRefused("""
                services:
                  notes:
                    wait: wrong
                    process: {}
                limits: {subscribers: wrong}
                port-range: wrong
                """, ":3: services.notes.wait: wrong (expected: one of auto, page, hold, async)");
    }

    @Test
    void read_duplicateRoute_isRefusedWithLine() {
        assertRefused(
                """
                services:
                  a: {process: {}, hosts: [x.localhost], paths: [/p]}
                  b:
                    process: {}
                    hosts: [X.localhost]
                    paths:
                      - /q
                      - /p
                """,
                ":8: services.b.paths[1]: x.localhost/p (expected: a route of its own; the service a has this one)");
    }

    @Test
    void read_wrongDefault_isToldAtTheDefault() {
        assertRefused("""
                defaults:
                  backoff: {first: 2s}
                services:
                  notes:
                    process: {}
                    backoff: {max: 1s}
                """, ":6: services.notes.backoff.max: 1s (expected: not below backoff.first, which is 2s)");
    }

    @Test
    void read_refused_tellsPathApart() {
        assertThatThrownBy(() -> ConfigFiles.yaml(directory, "services: {a: {process: {}, wait: x}}"))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refused -> assertThat(refused.path()).isEqualTo("services.a.wait"));
    }

    private void assertRefused(String yaml, String message) {
        assertThatThrownBy(() -> ConfigFiles.yaml(directory, yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessage(directory.resolve("gateway.yaml") + message);
    }

    private static String ports() {
        return " (expected: FIRST-LAST within 1 to 65535, such as 20000-29999)";
    }
}
