// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BenchmarksTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void wakeOverhead_twoWakes_startsTwiceAndPrintsFigures() {
        int code = run("wake-overhead", "--wakes", "2", "--warm-up", "0");

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("2 counted after 0 that are not; ready by TCP")
                .contains("2 by the backend's own file (expected 2)")
                .contains("2 right (expected 2)")
                .containsPattern("overhead +median \\d+\\.\\d\\d ms, p99 \\d+\\.\\d\\d ms, max \\d+\\.\\d\\d ms");
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void reload_aSecond_failsNobodyWhomItDoesNotConcern() {
        int code = run("reload", "--rate", "300", "--seconds", "1");

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("reloads    1 and 1, each with one service changed, one added, one removed")
                .contains("1 of the unchanged service (expected 1)")
                .containsPattern("(?s)without .*unchanged: 100, 0 failed.*once .*unchanged: 100, 0 failed"
                        + ".*often .*unchanged: 100, 0 failed")
                .containsPattern("changed: 200 x 100 ")
                .contains("failures of the unchanged service 0, target 0 met");
    }

    /** What all services share is twenty-odd bytes of each where there are only so many. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void scale_manyServices_eachKeepsLittle() {
        int code = run("scale", "--services", "50000", "--awake", "500", "--seconds", "1");

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
        Matcher heap =
                Pattern.compile("heap +(\\d+\\.\\d+) bytes a service").matcher(out.toString(StandardCharsets.UTF_8));
        assertThat(heap.find()).as(out.toString(StandardCharsets.UTF_8)).isTrue();
        assertThat(Double.parseDouble(heap.group(1))).isBetween(1000.0, 1545.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing-like-it | nothing-like-it: no such benchmark",
                "wake-overhead --wakes 0 | --wakes: 0 (expected: a whole number from 1 to 1000000)",
                "wake-overhead --wakes | --wakes: nothing follows (expected: a value)",
                "wake-overhead --ready never | --ready: never (expected: tcp or http)",
                "reload --rate 0 | --rate: 0 (expected: a whole number from 1 to 20000)",
                "herd --callers 1 --callers 2 | --callers: given twice (expected: once)",
                "jmh nothingLikeIt | nothingLikeIt: no such benchmark",
                "jmh ( | (: Unclosed group (expected: a regular expression)"
            })
    void run_commandLineIsWrong_refusesInOneLine(String commandLine, String message) {
        int code = run(commandLine.split(" ", -1));

        assertThat(code).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("benchmarks: " + message);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private int run(String... args) {
        try (PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
                PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8)) {
            return Benchmarks.run(List.of(args), outStream, errStream);
        }
    }
}
