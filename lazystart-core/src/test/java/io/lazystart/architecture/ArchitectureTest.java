// SPDX-License-Identifier: Apache-2.0
package io.lazystart.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import io.lazystart.LazyStart;
import io.lazystart.testkit.HouseRules;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The shape of the core: one way for arrows, what is public, and who may look at the clock. */
class ArchitectureTest {
    private static final JavaClasses CORE = HouseRules.classes("io.lazystart");

    @Test
    void packages_formNoCircle() {
        ArchRule rule = slices().matching("io.lazystart.(*)..").should().beFreeOfCycles();

        rule.check(CORE);
    }

    @Test
    void packages_dependDownwardsOnly() {
        Architectures.LayeredArchitecture layers = Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("entry")
                .definedBy("io.lazystart")
                .layer("http")
                .definedBy("io.lazystart.http..")
                .layer("wake")
                .definedBy("io.lazystart.wake..")
                .layer("process")
                .definedBy("io.lazystart.process..")
                .layer("state")
                .definedBy("io.lazystart.state..")
                .layer("lease")
                .definedBy("io.lazystart.lease..")
                .layer("bus")
                .definedBy("io.lazystart.bus..")
                .layer("probe")
                .definedBy("io.lazystart.probe..")
                .layer("watch")
                .definedBy("io.lazystart.watch..")
                .layer("config")
                .definedBy("io.lazystart.config..")
                .layer("graph")
                .definedBy("io.lazystart.graph..")
                .layer("provider")
                .definedBy("io.lazystart.provider..")
                .layer("files")
                .definedBy("io.lazystart.files..")
                .whereLayer("entry")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("entry")
                .whereLayer("wake")
                .mayOnlyBeAccessedByLayers("entry")
                .whereLayer("process")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("state")
                .mayOnlyBeAccessedByLayers("wake")
                .whereLayer("lease")
                .mayOnlyBeAccessedByLayers("wake")
                .whereLayer("bus")
                .mayOnlyBeAccessedByLayers("wake")
                .whereLayer("probe")
                .mayOnlyBeAccessedByLayers("wake", "entry")
                .whereLayer("watch")
                .mayOnlyBeAccessedByLayers("state", "lease", "wake", "http", "entry")
                .whereLayer("config")
                .mayOnlyBeAccessedByLayers("state", "probe", "wake", "http", "entry")
                .whereLayer("graph")
                .mayOnlyBeAccessedByLayers("config", "entry");

        layers.check(CORE);
    }

    @Test
    void stateMachine_callsNobody() {
        ArchRule rule = noClasses()
                .that()
                .resideInAPackage("io.lazystart.state")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.lazystart.time..", "java.util.concurrent..", "org.slf4j..", "java.io..", "java.net..");

        rule.check(CORE);
    }

    @Test
    void clockAndSleep_onlyInTheClockClass() {
        // An idle thread of Workers waits to end itself; nothing of a service is decided by that.
        ArchRule rule = HouseRules.timeIsInjected("io.lazystart.time.SystemTicker", "io.lazystart.wake.Workers");

        rule.check(CORE);
    }

    @Test
    void publicSignatures_nameNothingInternal() throws Exception {
        Set<String> exported = exportedPackages();

        assertThat(exported).contains("io.lazystart.watch").doesNotContain("io.lazystart.state");
        assertThat(HouseRules.leaks(CORE, exported::contains)).isEmpty();
    }

    /** Those of the core's own descriptor; other jars on the class path have one of the same name. */
    private static Set<String> exportedPackages() throws Exception {
        URI classes = LazyStart.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        try (InputStream in = Files.newInputStream(Path.of(classes).resolve("module-info.class"))) {
            return ModuleDescriptor.read(in).exports().stream()
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toSet());
        }
    }
}
