// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** The only randomness of a simulated world. */
final class Dice {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** Times come from few values, so that different things happen at the very same moment. */
    private static final long[] DELAYS = {
        0,
        1,
        MILLI,
        5 * MILLI,
        20 * MILLI,
        100 * MILLI,
        250 * MILLI,
        500 * MILLI,
        1000 * MILLI,
        2000 * MILLI,
        5000 * MILLI,
        10_000 * MILLI,
        15_000 * MILLI,
        30_000 * MILLI,
        60_000 * MILLI,
        300_000 * MILLI
    };

    private final SplittableRandom random;

    Dice(long seed) {
        this.random = new SplittableRandom(seed);
    }

    long next() {
        return random.nextLong();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    Duration seconds(long... choices) {
        return Duration.ofSeconds(choices[random.nextInt(choices.length)]);
    }

    /** A delay up to the so-many-th of the usual ones. */
    long delay(int upTo) {
        return DELAYS[random.nextInt(Math.min(upTo, DELAYS.length))];
    }
}
