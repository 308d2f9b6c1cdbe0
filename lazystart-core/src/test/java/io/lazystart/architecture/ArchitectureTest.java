// SPDX-License-Identifier: Apache-2.0
package io.lazystart.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import io.lazystart.LazyStart;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The shape of the core: one way for arrows, what is public, and who may look at the clock. */
class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.lazystart");

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
        ArchRule rule = noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.lazystart.time.SystemTicker")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
                .orShould()
                .callMethod(java.util.concurrent.locks.LockSupport.class, "parkNanos", long.class);

        rule.check(CORE);
    }

    @Test
    void publicSignatures_nameNothingInternal() throws Exception {
        Set<String> exported = exportedPackages();
        List<String> leaks = new ArrayList<>();

        for (JavaClass type : CORE) {
            if (exported.contains(type.getPackageName()) && isVisible(type)) {
                signatureTypes(type)
                        .filter(used -> used.getPackageName().startsWith("io.lazystart"))
                        .filter(used -> !exported.contains(used.getPackageName()))
                        .forEach(used -> leaks.add(type.getName() + " shows " + used.getName()));
            }
        }

        assertThat(exported).contains("io.lazystart.watch").doesNotContain("io.lazystart.state");
        assertThat(leaks).isEmpty();
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

    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static Stream<JavaClass> signatureTypes(JavaClass type) {
        Stream<JavaClass> members = Stream.concat(
                type.getCodeUnits().stream()
                        .filter(unit -> shows(unit.getModifiers()))
                        .flatMap(ArchitectureTest::types),
                type.getFields().stream()
                        .filter(field -> shows(field.getModifiers()))
                        .map(JavaField::getRawType));
        Stream<JavaClass> parents = Stream.concat(type.getRawInterfaces().stream(), type.getRawSuperclass().stream());
        return Stream.concat(members, parents);
    }

    private static boolean shows(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaClass> types(JavaCodeUnit unit) {
        return Stream.concat(unit.getRawParameterTypes().stream(), Stream.of(unit.getRawReturnType()));
    }
}
