// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.provider.ProviderException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
    private final Signals signals = new Signals(new HandleTable(), Path.of("/bin/kill"));
    private final Signals fewSignals = new Signals(new HandleTable(), null);

    @ParameterizedTest
    @CsvSource({"SIGTERM, TERM", "term, TERM", " SigInt, INT", "HUP, HUP", "15, 15", "SIGRTMIN+3, RTMIN+3", "64, 64"})
    void canonical_knownSignal_isWithoutPrefix(String signal, String name) {
        assertThat(signals.canonical(signal)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SIG", "SIGFOO", "0", "65", "-9", "TERM 1", "KILL;", "RTMIN+"})
    void canonical_unknownSignal_isRefused(String signal) {
        assertThatThrownBy(() -> signals.canonical(signal))
                .isInstanceOf(ProviderException.class)
                .hasMessage("signal: " + signal + " (expected: a name such as SIGTERM)");
    }

    @Test
    void canonical_withoutKillCommand_onlyWhatTheRuntimeKnows() {
        assertThat(fewSignals.any()).isFalse();
        assertThat(fewSignals.canonical("SIGTERM")).isEqualTo("TERM");
        assertThat(fewSignals.canonical("SIGKILL")).isEqualTo("KILL");
        assertThatThrownBy(() -> fewSignals.canonical("SIGINT"))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("SIGINT");
    }
}
