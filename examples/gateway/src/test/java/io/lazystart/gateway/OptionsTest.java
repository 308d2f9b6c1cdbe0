// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lazystart.gateway.Options.Mode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class OptionsTest {

    @Test
    void parse_nothing_isDefault() {
        Options options = Options.parse(List.of(), Map.of());

        assertThat(options).isEqualTo(new Options(Mode.RUN, null, at("127.0.0.1", 8080)));
    }

    @Test
    void parse_environment_isTaken() {
        Options options =
                Options.parse(List.of(), Map.of("LAZYSTART_CONFIG", "a.yaml", "LAZYSTART_LISTEN", "127.0.0.1:81"));

        assertThat(options).isEqualTo(new Options(Mode.RUN, Path.of("a.yaml"), at("127.0.0.1", 81)));
    }

    @Test
    void parse_flags_winOverEnvironment() {
        Options options = Options.parse(
                List.of("--config", "b.yaml", "--listen", "127.0.0.1:82"),
                Map.of("LAZYSTART_CONFIG", "a.yaml", "LAZYSTART_LISTEN", "nonsense"));

        assertThat(options).isEqualTo(new Options(Mode.RUN, Path.of("b.yaml"), at("127.0.0.1", 82)));
    }

    @Test
    void parse_equalsSign_isTheSame() {
        Options options = Options.parse(List.of("--config=x=y.yaml", "--listen=[::1]:0", "--check"), Map.of());

        assertThat(options).isEqualTo(new Options(Mode.CHECK, Path.of("x=y.yaml"), at("::1", 0)));
    }

    @ParameterizedTest
    @CsvSource({
        "--help --check, HELP",
        "--check --help, HELP",
        "-h, HELP",
        "--version --check, VERSION",
        "--check, CHECK"
    })
    void parse_modes_helpWins(String line, Mode mode) {
        assertThat(Options.parse(List.of(line.split(" ", -1)), Map.of()).mode()).isEqualTo(mode);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                arguments(List.of("--lisen", "x"), "--lisen: unknown argument (did you mean: --listen)"),
                arguments(
                        List.of("gateway.yaml"),
                        "gateway.yaml: unknown argument (expected: one of --check, --config, --help, --listen, --version)"),
                arguments(List.of("--config"), "--config: no value (expected: --config FILE)"),
                arguments(List.of("--config", "--check"), "--config: no value (expected: --config FILE)"),
                arguments(List.of("--listen="), "--listen: no value (expected: --listen HOST:PORT)"),
                arguments(List.of("--listen", "8080"), "--listen: 8080 (expected: HOST:PORT, such as 127.0.0.1:8080)"),
                arguments(
                        List.of("--listen", "127.0.0.1:65536"),
                        "--listen: 127.0.0.1:65536 (expected: HOST:PORT, such as 127.0.0.1:8080)"),
                arguments(
                        List.of("--listen", "::1:80"),
                        "--listen: ::1:80 (expected: HOST:PORT, such as 127.0.0.1:8080)"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void parse_wrongLine_isRefused(List<String> args, String message) {
        assertThatThrownBy(() -> Options.parse(args, Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @Test
    void parse_wrongEnvironment_namesTheVariable() {
        assertThatThrownBy(() -> Options.parse(List.of(), Map.of("LAZYSTART_LISTEN", "80")))
                .hasMessage("LAZYSTART_LISTEN: 80 (expected: HOST:PORT, such as 127.0.0.1:8080)");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, http://127.0.0.1:80/",
        "0.0.0.0, http://127.0.0.1:80/",
        "::1, 'http://[0:0:0:0:0:0:0:1]:80/'"
    })
    void url_address_canBeOpened(String host, String url) {
        assertThat(ListenAddress.url(new InetSocketAddress(host, 80))
                        .replace("localhost", "127.0.0.1")
                        .replace("[::1]", "[0:0:0:0:0:0:0:1]"))
                .isEqualTo(url);
    }

    private static InetSocketAddress at(String literal, int port) {
        return new InetSocketAddress(literal, port);
    }
}
