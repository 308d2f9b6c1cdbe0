// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostHeaderTest {

    @ParameterizedTest
    @CsvSource({
        "a,                        a",
        "Notes.LocalHost,          notes.localhost",
        "notes.localhost.:80,      notes.localhost",
        "notes.localhost:,         notes.localhost",
        "my_host-1:65535,          my_host-1",
        "127.0.0.1:08080,          127.0.0.1",
        "b%C3%BCcher.example,      b%c3%bccher.example",
        "'[::1]',                  '[::1]'",
        "'[2001:DB8::2]:443',      '[2001:db8::2]'",
        "'[::ffff:127.0.0.1]:1',   '[::ffff:127.0.0.1]'",
    })
    void hostAndPort_isWellFormed(String value, String name) {
        assertThat(HostHeader.isWellFormed(value)).isTrue();
        assertThat(HostHeader.name(value)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "u@a",
                "u:p@a:80",
                "a:x@b",
                "a:80@b",
                "a:b",
                "a:-1",
                "a:65536",
                "a:99999999999999999999",
                "a:80:90",
                "::1",
                "[::1",
                "[]",
                "[]:80",
                "[a]",
                "[::1]80",
                "[::1]x",
                "[::1]:x",
                "[::g]",
                "[::1%25lo]",
                "[::1][::2]",
                "]::1[",
                "a/b",
                "a?b",
                "a#b",
                "a\\b",
                "a b",
                "a\tb",
                "a\u0000",
                "a%",
                "a%2",
                "a%2x",
                "b\u00fccher",
                "a\"b",
                "<a>",
                "a|b",
                "a^b",
                "{a}",
                "a`b"
            })
    void anythingElse_isNot(String value) {
        assertThat(HostHeader.isWellFormed(value)).isFalse();
    }
}
