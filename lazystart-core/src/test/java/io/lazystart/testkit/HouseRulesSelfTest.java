// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** Public, so that what stands in it can be. */
public class HouseRulesSelfTest {

    @Test
    void everyWayToLookAtAClockOrToSleep_isFound() {
        JavaClasses offender = new ClassFileImporter().importClasses(Offender.class);

        List<String> found = HouseRules.timeIsInjected()
                .evaluate(offender)
                .getFailureReport()
                .getDetails();

        assertThat(found)
                .hasSize(15)
                .allSatisfy(line -> assertThat(line).contains("Offender.offend()"))
                .noneMatch(line -> line.contains("allow"));
        assertThat(HouseRules.timeIsInjected(Offender.class.getName())
                        .evaluate(new ClassFileImporter().importClasses(Offender.class, Shown.class))
                        .hasViolation())
                .isFalse();
    }

    @Test
    void whatIsNotPublic_isFoundInSignatures() {
        JavaClasses shown = new ClassFileImporter().importClasses(Shown.class, Hidden.class);

        List<String> leaks = HouseRules.leaks(shown, name -> name.equals("io.lazystart.testkit"));

        assertThat(leaks).singleElement().asString().endsWith("Shown shows " + Hidden.class.getName());
    }

    /** Never run. */
    static final class Offender {
        private final Object lock = new Object();

        @SuppressWarnings({"JavaUtilDate", "WaitNotInLoop", "ThreadJoinLoop", "NarrowingCompoundAssignment"})
        List<Object> offend() throws InterruptedException {
            Thread.sleep(1);
            Thread.sleep(1, 1);
            TimeUnit.SECONDS.sleep(1);
            TimeUnit.SECONDS.timedJoin(Thread.currentThread(), 1);
            LockSupport.parkNanos(1);
            LockSupport.parkNanos(this, 1);
            LockSupport.parkUntil(1);
            synchronized (lock) {
                lock.wait(1);
                lock.wait(1, 1);
            }
            LongSupplier reference = System::nanoTime;
            return List.of(
                    reference,
                    System.currentTimeMillis(),
                    Instant.now(),
                    LocalDate.now(ZoneOffset.UTC),
                    Clock.systemUTC(),
                    new Date());
        }

        @SuppressWarnings({"JavaUtilDate", "WaitNotInLoop"})
        Object allow() throws InterruptedException {
            synchronized (lock) {
                lock.wait();
            }
            return List.of(new Date(0), Instant.ofEpochMilli(0), Thread.currentThread());
        }
    }

    /** What others see. */
    public static class Shown {
        protected Hidden[] hidden() {
            return new Hidden[0];
        }
    }

    /** What they do not. */
    static final class Hidden {}
}
