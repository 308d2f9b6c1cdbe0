// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcFsTest {
    private static final String FORMAT =
            "42 (%s) %s 7 42 41 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 %d 0 96087 3133440 414 184 1 1 1 1 0 0";

    @Test
    void parse_nameWithBlanksAndBrackets_fieldsAreFound() {
        ProcessEntry entry = ProcFs.parse(42, FORMAT.formatted("a) Z (b c", "S", 1));

        assertThat(entry).isEqualTo(new ProcessEntry(new ProcessId(42, 96_087), 7, 41, 'S'));
    }

    @ParameterizedTest
    @CsvSource({"Z, 1, true", "X, 1, true", "Z, 2, false", "S, 1, false", "T, 1, false"})
    void parse_stateAndThreads_tellWhetherItIsGone(String state, int threads, boolean gone) {
        assertThat(ProcFs.parse(42, FORMAT.formatted("app", state, threads)) == null)
                .isEqualTo(gone);
    }

    @ParameterizedTest
    @CsvSource({"T, true", "t, true", "S, false", "R, false", "?, false"})
    void frozen_followsTheState(char state, boolean frozen) {
        assertThat(new ProcessEntry(new ProcessId(2, 3), 1, 0, state).frozen()).isEqualTo(frozen);
    }
}
