// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void everyCharacter_comesBackAsItWas() throws Exception {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < Character.MIN_SURROGATE; c++) {
            all.append(c);
        }
        String text = all + "\uD83C\uDF19\uFFFD";

        JsonNode read = GateHarness.json(new Json().field("t", text).toString());

        assertThat(read.get("t").asText()).isEqualTo(text);
    }

    @Test
    void controlCharacters_neverStandAsThemselves() {
        String written =
                new Json().field("k\n", "\u0000\r\n\t\u007f\u0085\u2028\u2029").toString();

        assertThat(written.chars()).allMatch(c -> c >= ' ' && c < 0x7f);
    }

    @Test
    void allKindsOfFields_areWritten() throws Exception {
        Json inner = new Json().field("list", List.of("a", "b")).field("empty", List.of());
        Json json = new Json()
                .field("text", (String) null)
                .field("number", (Number) null)
                .field("count", 3)
                .field("yes", true)
                .field("none", (Json) null)
                .field("inner", inner);

        assertThat(GateHarness.json(json.toString())).isEqualTo(GateHarness.json("""
                                {"text":null,"number":null,"count":3,"yes":true,"none":null,
                                 "inner":{"list":["a","b"],"empty":[]}}"""));
    }

    @Test
    void noFields_areAnEmptyObject() {
        assertThat(new Json()).hasToString("{}");
    }
}
