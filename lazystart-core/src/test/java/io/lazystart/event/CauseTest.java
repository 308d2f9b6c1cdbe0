// SPDX-License-Identifier: Apache-2.0
package io.lazystart.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a cause shows of a text that a stranger may have written. */
class CauseTest {
    @Test
    void ordinaryText_isKeptInWhateverScript() {
        String detail = "GET /заметки/メモ?x from 2001:db8::1, rule hold 👍";

        assertThat(Cause.request(detail).detail()).isEqualTo(detail);
    }

    static Stream<Arguments> hiddenCharacters_areNotLetThrough() {
        return Stream.of(
                arguments("a\nINFO forged", "a INFO forged"),
                arguments("a\r\nb", "a  b"),
                arguments("a\tb", "a b"),
                arguments("a\0b", "a?b"),
                arguments("a\033[31mb", "a?[31mb"), // a terminal's colour
                arguments("a" + (char) 0x7f + "b", "a?b"),
                arguments("a" + (char) 0x85 + "b", "a?b"), // next line, of the upper control characters
                arguments("a" + (char) 0x9b + "31mb", "a?31mb"), // escape and bracket in one
                arguments("a" + (char) 0x2028 + "b", "a b"), // line separator
                arguments("a" + (char) 0x2029 + "b", "a b"),
                arguments("a" + (char) 0x202e + "gpj", "a?gpj"), // turns the direction of writing
                arguments("a" + (char) 0x2066 + "b", "a?b"),
                arguments("a" + (char) 0xfeff + "b", "a?b"),
                arguments("a" + (char) 0xd83d + "b", "a?b")); // half a character
    }

    @ParameterizedTest
    @MethodSource
    void hiddenCharacters_areNotLetThrough(String detail, String shown) {
        assertThat(new Cause(Cause.Kind.PERSON, detail).detail()).isEqualTo(shown);
    }

    @Test
    void longText_isCut_alsoInTheMiddleOfACharacter() {
        String detail = Cause.person("a" + "👍".repeat(400)).detail();

        assertThat(detail).hasSize(501).startsWith("a👍👍").endsWith("👍?…");
    }
}
