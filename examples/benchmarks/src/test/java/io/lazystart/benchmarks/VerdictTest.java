// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class VerdictTest {
    private static final Measured BARE = new Measured(Measured.BARE, 1);
    private static final Measured LEASE = new Measured(Measured.LEASE, 1);

    @Test
    void print_oneRoundIsDisturbed_middleRoundDecides() {
        List<Figure> bare = List.of(new Figure(10, 0), new Figure(20, 0), new Figure(10, 0));
        List<Figure> lease = List.of(new Figure(12, 32), new Figure(24, 32), new Figure(90, 32));

        String printed = printed(Map.of(BARE, bare, LEASE, lease));

        assertThat(printed).containsPattern("1\\.20 x +\\(rounds 1\\.20 to 9\\.00\\) +target 1\\.3 x +met");
    }

    @Test
    void print_targetIsMissed_saysSo() {
        List<Figure> bare = List.of(new Figure(10, 0));
        List<Figure> lease = List.of(new Figure(14, 33));

        String printed = printed(Map.of(BARE, bare, LEASE, lease));

        assertThat(printed)
                .containsPattern("1\\.40 x .* target 1\\.3 x +MISSED")
                .containsPattern("33\\.0 bytes +target 32 +MISSED");
    }

    @Test
    void print_otherSideWasNotMeasured_leavesRowOut() {
        String printed = printed(Map.of(LEASE, List.of(new Figure(14, 24))));

        assertThat(printed).contains("24.0 bytes").doesNotContain(" x ");
    }

    @Test
    void middle_evenNumber_isBetweenTheTwo() {
        double middle = Verdict.middle(9, 1, 4, 2);

        assertThat(middle).isEqualTo(3);
    }

    private static String printed(Map<Measured, List<Figure>> figures) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            Verdict.print(figures, out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
