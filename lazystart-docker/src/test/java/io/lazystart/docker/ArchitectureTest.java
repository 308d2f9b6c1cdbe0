// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.lazystart.testkit.HouseRules;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules of the core hold here too. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = HouseRules.classes("io.lazystart.docker");

    private static final Set<String> EXPORTED = Set.of(
            "io.lazystart",
            "io.lazystart.config",
            "io.lazystart.event",
            "io.lazystart.failure",
            "io.lazystart.http",
            "io.lazystart.provider",
            "io.lazystart.time",
            "io.lazystart.watch",
            "io.lazystart.docker");

    @Test
    void clockAndSleep_nowhere() {
        HouseRules.timeIsInjected().check(CLASSES);
    }

    @Test
    void publicSignatures_nameNothingInternal() {
        assertThat(CLASSES).isNotEmpty();
        assertThat(HouseRules.leaks(CLASSES, EXPORTED::contains)).isEmpty();
    }
}
