// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Rules that every module keeps, and a provider of somebody else should. Needs ArchUnit on the class path. */
public final class HouseRules {
    private static final Set<String> SLEEPS = Set.of("sleep", "timedWait", "timedJoin");

    private HouseRules() {}

    /**
     * Reads the classes of packages that are no tests.
     *
     * @param packages names; those below them are read too
     * @return the classes
     */
    public static JavaClasses classes(String... packages) {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(packages);
    }

    /**
     * Nobody looks at a clock or sleeps: time comes from {@link io.lazystart.time.Ticker}, waiting from {@link
     * io.lazystart.time.Scheduler}, so that both can be virtual.
     *
     * @param exempt full names of the classes that may
     * @return the rule
     */
    public static ArchRule timeIsInjected(String... exempt) {
        Set<String> exempted = Set.of(exempt);
        return noClasses()
                .that(DescribedPredicate.describe("may not", type -> !exempted.contains(type.getName())))
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "looks at a clock or sleeps", (JavaAccess<?> access) -> isTime(access.getTarget())));
    }

    private static boolean isTime(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        return switch (owner) {
            case "java.lang.System" -> name.equals("nanoTime") || name.equals("currentTimeMillis");
            case "java.lang.Thread", "java.util.concurrent.TimeUnit" -> SLEEPS.contains(name);
            case "java.util.concurrent.locks.LockSupport" -> name.equals("parkNanos") || name.equals("parkUntil");
            case "java.time.Clock", "java.time.InstantSource" -> true;
            case "java.util.Date", "java.util.GregorianCalendar" -> name.equals("<init>") && takes(target, 0);
            case "java.util.Calendar" -> name.equals("getInstance");
            default ->
                (name.equals("wait") && (takes(target, 1) || takes(target, 2)) && isOfObject(target))
                        || (owner.startsWith("java.time.") && name.equals("now"));
        };
    }

    /** Whether it is the method of {@link Object}, on an object of whatever class. */
    private static boolean isOfObject(AccessTarget target) {
        return target instanceof CodeUnitAccessTarget unit
                && unit.getRawParameterTypes().get(0).isEquivalentTo(long.class);
    }

    private static boolean takes(AccessTarget target, int count) {
        return target instanceof CodeUnitAccessTarget unit
                && unit.getRawParameterTypes().size() == count;
    }

    /**
     * Finds what public signatures show of what is not public.
     *
     * @param classes a module's
     * @param exported says of the name of a package of lazystart whether others see it
     * @return one line for each; empty where all is well
     */
    public static List<String> leaks(JavaClasses classes, Predicate<String> exported) {
        List<String> leaks = new ArrayList<>();
        for (JavaClass type : classes) {
            if (isVisible(type, exported)) {
                signature(type)
                        .map(JavaClass::getBaseComponentType)
                        .filter(used -> used.getPackageName().startsWith("io.lazystart"))
                        .filter(used -> !isVisible(used, exported))
                        .forEach(used -> leaks.add(type.getName() + " shows " + used.getName()));
            }
        }
        return leaks;
    }

    private static boolean isVisible(JavaClass type, Predicate<String> exported) {
        boolean enclosed = type.getEnclosingClass()
                .map(outer -> isVisible(outer, exported))
                .orElse(true);
        return enclosed && shows(type.getModifiers()) && exported.test(type.getPackageName());
    }

    private static Stream<JavaClass> signature(JavaClass type) {
        Stream<JavaClass> members = Stream.concat(
                type.getCodeUnits().stream()
                        .filter(unit -> shows(unit.getModifiers()))
                        .flatMap(HouseRules::types),
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
