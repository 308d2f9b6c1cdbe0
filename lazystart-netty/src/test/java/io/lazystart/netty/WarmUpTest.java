// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a rehearsal passes on is a right answer each time, or it ends there. */
class WarmUpTest {
    /** Sees that every buffer was released. */
    @RegisterExtension
    final FrontDoor door = new FrontDoor();

    @Test
    void begun_goesOnForAsLongAsAsked() {
        try (WarmUp warmUp = WarmUp.begin()) {
            assertThat(warmUp).isNotNull();
            assertThat(warmUp.repeat(Duration.ZERO)).isZero();
            assertThat(warmUp.repeat(Duration.ofMillis(200))).isPositive();
        }
    }

    @Test
    void closed_passesNothingOn() {
        WarmUp warmUp = WarmUp.begin();
        assertThat(warmUp).isNotNull();
        warmUp.close();

        assertThat(warmUp.repeat(Duration.ofMillis(200))).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void repeated_makesFewConnections() throws Exception {
        try (WarmUp warmUp = WarmUp.begin()) {
            assertThat(warmUp).isNotNull();
            assertThat(warmUp.repeat(Duration.ofSeconds(30))).isGreaterThan(2_000);

            assertThat(remembered(warmUp.ports())).isBetween(300L, 1_000L);
        }
    }

    /** The connections that the kernel knows of, ended or not. */
    private static long remembered(Set<Integer> ports) throws IOException {
        long count = 0;
        for (Path table : List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"))) {
            if (Files.notExists(table)) {
                continue; // of a kernel without IPv6
            }
            try (Stream<String> lines = Files.lines(table)) {
                count += lines.skip(1)
                        .map(line -> line.trim().split("\\s+"))
                        .filter(words -> Stream.of(words[1], words[2])
                                .map(address -> Integer.valueOf(address.substring(address.indexOf(':') + 1), 16))
                                .anyMatch(ports::contains))
                        .count();
            }
        }
        return count;
    }
}
