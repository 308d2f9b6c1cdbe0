// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Durations as a configuration writes them: {@code 250ms}, {@code 10s}, {@code 15m}, {@code 2h}, {@code 1d}, or
 * ISO-8601 such as {@code PT1H30M}.
 */
public final class Durations {
    static final String EXPECTED = "a duration such as 250ms, 10s, 15m, 2h or PT1H30M";

    private static final String NEVER = "never";
    private static final Pattern SHORT = Pattern.compile("(\\d+)(ms|s|m|h|d)");
    private static final Map<String, Long> SECONDS = Map.of("s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L);

    private Durations() {}

    /**
     * Reads a duration. What is too long to be counted becomes the longest there is, {@link ServiceConfig#NEVER}.
     *
     * @param text a number with its unit, or ISO-8601; not null
     * @return the duration; zero or more
     * @throws IllegalArgumentException if the text is no duration, or a negative one
     */
    public static Duration parse(String text) {
        Duration duration = read(text);
        if (duration == null) {
            throw new IllegalArgumentException("duration: " + text + " (expected: " + EXPECTED + ")");
        }
        return duration;
    }

    /**
     * Writes a duration in the shortest way that {@link #parse(String)} reads back, or as {@code never}.
     *
     * @param duration what to write; not null
     * @return {@code 15m}, {@code 90s}, {@code 250ms}, {@code never}; ISO-8601 below a millisecond
     */
    public static String format(Duration duration) {
        if (duration.equals(ServiceConfig.NEVER)) {
            return NEVER;
        }
        if (duration.isNegative() || duration.getNano() % 1_000_000 != 0) {
            return duration.toString();
        }
        return duration.getNano() == 0 ? wholeSeconds(duration.getSeconds()) : millis(duration);
    }

    /** Reads a duration; null if the text is none. */
    static @Nullable Duration read(String text) {
        Matcher matcher = SHORT.matcher(text);
        return matcher.matches() ? counted(number(matcher.group(1)), matcher.group(2)) : iso(text);
    }

    /** Reads a duration or the word never; null if the text is neither. */
    static @Nullable Duration readOrNever(String text) {
        return text.equals(NEVER) ? ServiceConfig.NEVER : read(text);
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException tooLong) {
            return Long.MAX_VALUE;
        }
    }

    private static Duration counted(long amount, String unit) {
        if (unit.equals("ms")) {
            return amount == Long.MAX_VALUE ? ServiceConfig.NEVER : Duration.ofMillis(amount);
        }
        long factor = SECONDS.getOrDefault(unit, 1L);
        return amount > Long.MAX_VALUE / factor ? ServiceConfig.NEVER : Duration.ofSeconds(amount * factor);
    }

    private static @Nullable Duration iso(String text) {
        if (!text.startsWith("P") && !text.startsWith("p")) {
            return null;
        }
        try {
            Duration duration = Duration.parse(text);
            return duration.isNegative() ? null : duration;
        } catch (DateTimeParseException notIso) {
            return null;
        }
    }

    private static String wholeSeconds(long seconds) {
        if (seconds != 0 && seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static String millis(Duration duration) {
        try {
            return duration.toMillis() + "ms";
        } catch (ArithmeticException tooLong) {
            return duration.toString();
        }
    }
}
