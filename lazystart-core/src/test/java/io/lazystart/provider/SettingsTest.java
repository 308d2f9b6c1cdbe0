// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.failure.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static Settings of(Map<String, Object> values) {
        return new Settings("services.tea.kettle", values);
    }

    @Test
    void integer_numberOrText_isRead() {
        Settings settings = of(Map.of("cups", 2, "spoons", "65535"));

        assertThat(settings.integer("cups", 1, 2)).isEqualTo(2);
        assertThat(settings.integer("spoons", 1, 65_535)).isEqualTo(65_535);
        assertThat(settings.integer("pots", 1, 2)).isNull();
        settings.refuseUnknown();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "11", "two", "1.5", "", "99999999999", "-1"})
    void integer_anythingElse_isRefused(String cups) {
        assertThatThrownBy(() -> of(Map.of("cups", cups)).integer("cups", 1, 10))
                .isInstanceOf(ConfigException.class)
                .hasMessage("services.tea.kettle.cups: " + cups + " (expected: a whole number from 1 to 10)");
    }

    @Test
    void bool_trueFalseOrTheDefault_isRead() {
        Settings settings = of(Map.of("hot", true, "sweet", "false"));

        assertThat(settings.bool("hot", false)).isTrue();
        assertThat(settings.bool("sweet", true)).isFalse();
        assertThat(settings.bool("milk", true)).isTrue();
    }

    @Test
    void bool_anythingElse_isRefused() {
        assertThatThrownBy(() -> of(Map.of("hot", "yes")).bool("hot", false))
                .hasMessage("services.tea.kettle.hot: yes (expected: true or false)");
    }

    @Test
    void nested_map_isReadBelowItsKey() {
        Settings settings = of(Map.of("lid", Map.of("colour", "red", "size", 2)));

        Settings lid = Objects.requireNonNull(settings.nested("lid"));

        assertThat(lid.string("colour")).isEqualTo("red");
        assertThatThrownBy(lid::refuseUnknown).hasMessageStartingWith("services.tea.kettle.lid.size: unknown key");
        assertThat(settings.nested("handle")).isNull();
        settings.refuseUnknown();
    }

    @Test
    void nested_anythingElse_isRefused() {
        assertThatThrownBy(() -> of(Map.of("lid", List.of("red"))).nested("lid"))
                .hasMessage("services.tea.kettle.lid: [red] (expected: a map)");
    }
}
