// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "respond-async                            | true  | -1",
                "Respond-Async                            | true  | -1",
                "respond-async;foo=bar                    | true  | -1",
                "respond-async=\"\"                       | true  | -1",
                "respond-async=no                         | false | -1",
                "wait=10                                  | false | 10",
                "wait = 10                                | false | 10",
                "WAIT=\"10\"                              | false | 10",
                "wait=010                                 | false | 10",
                "respond-async, wait=3                    | true  | 3",
                "return=minimal; foo=\"a, wait=9\", wait=4 | false | 4",
                "foo=\"a, respond-async, wait=9\"         | false | -1",
                "wait=1, wait=2                           | false | 1",
                "wait=x, wait=2                           | false | -1",
                "wait                                     | false | -1",
                "wait=-1                                  | false | -1",
                "wait=1.5                                 | false | -1",
                "wait=\u0661                              | false | -1",
                "wait=99999999999999999999999             | false | 1000000000",
                ",;,=,\"                                  | false | -1",
            })
    void prefer_asRfc7240(String header, boolean respondAsync, long seconds) {
        Preferences preferences = Preferences.parse(header);

        Duration wait = seconds < 0 ? null : Duration.ofSeconds(seconds);
        assertThat(preferences).isEqualTo(new Preferences(respondAsync, wait));
    }

    @Test
    void prefer_absent_asksForNothing() {
        assertThat(Preferences.parse(null)).isEqualTo(Preferences.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "TEXT/HTML",
                "application/xhtml+xml",
                "*/*, text/html;q=0.1",
                "text/html ; q=0.001",
                "text/html;level=1",
                "application/json, text/html;q=rubbish",
                "text/html;note=\"a;q=0\"",
            })
    void accept_namesHtml_isPersons(String accept) {
        assertThat(RequestKind.namesHtml(accept)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*/*",
                "text/*",
                "text/plain",
                "text/html;q=0",
                "text/html; Q=0.000",
                "text/htmlx",
                "text/plain;note=\"text/html, text/html\"",
                "application/json, text/html;q=0.0",
            })
    void accept_doesNotNameHtml_isNotPersons(String accept) {
        assertThat(RequestKind.namesHtml(accept)).isFalse();
    }
}
