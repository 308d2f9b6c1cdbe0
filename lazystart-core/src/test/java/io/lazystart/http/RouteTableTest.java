// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.ServiceConfig;
import io.lazystart.failure.ConfigException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private static final RouteTable TABLE = table(
            Sample.service("host").hosts("Notes.localhost"),
            Sample.service("host-api").hosts("notes.localhost").paths("/api"),
            Sample.service("six").hosts("::1", "[2001:DB8::2]"),
            Sample.service("umlaut").hosts("bücher.example"),
            Sample.service("only-paths-of-host").hosts("part.localhost").paths("/only"),
            Sample.service("notes").paths("/notes", "/n/"),
            Sample.service("deep").paths("/notes/deep/er"),
            Sample.service("rest"));

    @ParameterizedTest
    @CsvSource({
        "notes.localhost,       /,                 host",
        "NOTES.LocalHost:8080,  /x,                host",
        "notes.localhost.,      /x,                host",
        "notes.localhost.:80,   /x,                host",
        "notes.localhost,       /api,              host-api",
        "notes.localhost,       /api/v1?x=/,       host-api",
        "notes.localhost,       /apix,             host",
        "notes.localhost,       /notes,            host",
        "'[::1]',               /,                 six",
        "'[::1]:8080',          /notes,            six",
        "'[2001:db8::2]:80',    /,                 six",
        "xn--bcher-kva.example, /,                 umlaut",
        "part.localhost,        /only/x,           only-paths-of-host",
        "part.localhost,        /notes/x,          notes",
        "part.localhost,        /other,            rest",
        "other.localhost,       /notes,            notes",
        "other.localhost,       /notes/,           notes",
        "other.localhost,       /notes?a=b,        notes",
        "other.localhost,       /notes/x/y,        notes",
        "other.localhost,       /notes/deep,       notes",
        "other.localhost,       /notes/deep/er,    deep",
        "other.localhost,       /notes/deep/er/x,  deep",
        "other.localhost,       /notes/deep/err,   notes",
        "other.localhost,       /n/x,              notes",
        "other.localhost,       /n,                notes",
        "other.localhost,       /notesx,           rest",
        "other.localhost,       /Notes,            rest",
        "other.localhost,       //notes,           rest",
        "other.localhost,       /x?/notes,         rest",
        "other.localhost,       *,                 rest",
        "'',                    /notes,            notes",
        "'[::1',                /,                 rest",
        ":80,                   /,                 rest",
        "notes.localhost:x@a,   /,                 rest",
        "u@notes.localhost,     /,                 rest",
        ",                      /notes,            notes",
    })
    void find_asTheRulesSay(@Nullable String host, String target, String service) {
        Route route = TABLE.find(host, target);

        assertThat(route).isNotNull().extracting(Route::service).isEqualTo(service);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/notes/../admin",
                "/notes/..",
                "/notes/./x",
                "/notes/%2e%2e/admin",
                "/notes/%2E./admin",
                "/notes/.%2e",
                "/notes/..;a=b/admin",
                "/notes\\..\\admin",
                "/notes%2Fx",
                "/%6eotes",
            })
    void find_pathThatAServiceMightReadDifferently_matchesNoPrefix(String target) {
        assertThat(TABLE.find("other.localhost", target))
                .extracting(Route::service)
                .isEqualTo("rest");
        assertThat(table(Sample.service("notes").paths("/notes")).find("other.localhost", target))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/notes/...", "/notes/.well-known", "/notes/a..b", "/notes/x?../..", "/notes/%2e%2e%2e"})
    void find_dotsThatAreNoDotSegments_matchAsUsual(String target) {
        assertThat(TABLE.find(null, target)).extracting(Route::service).isEqualTo("notes");
    }

    @Test
    void find_noRouteFits_null() {
        RouteTable table = table(Sample.service("a").hosts("a.localhost").paths("/a"));

        assertThat(table.find("a.localhost", "/b")).isNull();
        assertThat(table.find("b.localhost", "/a")).isNull();
        assertThat(table.find(null, "/a")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/notes,            /",
        "/notes/,           /",
        "/notes/a/b?x=/y,   /a/b?x=/y",
        "/notes?x=1,        /?x=1",
        "/notes//evil.com,  /evil.com",
        "/notes/a%2Fb,      /a%2Fb",
    })
    void stripPrefix_forwardsTheRest(String target, String forwarded) {
        RouteTable table = table(Sample.service("notes").paths("/notes").stripPrefix());

        Route route = table.find(null, target);

        assertThat(route).extracting(found -> found.forwardedTarget(target)).isEqualTo(forwarded);
    }

    @Test
    void withoutStripPrefix_forwardsAsSent() {
        assertThat(TABLE.find(null, "/notes//x?y"))
                .extracting(r -> r.forwardedTarget("/notes//x?y"))
                .isEqualTo("/notes//x?y");
    }

    @Test
    void duplicateRoute_isRefusedNamingBoth() {
        assertThatThrownBy(() -> table(
                        Sample.service("one").hosts("a.localhost").paths("/x/"),
                        Sample.service("two").hosts("A.localhost.").paths("/x")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("services.two.paths")
                .hasMessageContaining("/x")
                .hasMessageContaining("one");
    }

    @Test
    void twoCatchAlls_areRefusedNamingBoth() {
        assertThatThrownBy(() -> table(Sample.service("one"), Sample.service("two")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("services.two")
                .hasMessageContaining("one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes", "", "/a/../b", "/a?b", "/a#b"})
    void pathThatCannotBeARoute_isRefused(String path) {
        assertThatThrownBy(() -> table(Sample.service("notes").paths(path)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("services.notes.paths");
    }

    @ParameterizedTest
    @ValueSource(strings = {"u@notes.localhost", "a/b", "a b", "http://a", "[::1", "..."})
    void hostThatCannotBeOne_isRefused(String host) {
        assertThatThrownBy(() -> table(Sample.service("notes").hosts(host)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("services.notes.hosts")
                .hasMessageContaining(host);
    }

    private static RouteTable table(Sample... services) {
        List<ServiceConfig> configs = Stream.of(services).map(Sample::build).toList();
        return RouteTable.of(configs);
    }
}
