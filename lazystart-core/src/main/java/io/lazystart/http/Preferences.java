// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code Prefer} header (RFC 7240) asks for. The first instance of a preference counts; what cannot be
 * understood is ignored.
 *
 * @param respondAsync whether the caller would rather be told to come back than be held
 * @param waitLimit how long the caller is willing to wait; null where it does not say
 */
record Preferences(boolean respondAsync, @Nullable Duration waitLimit) {
    static final Preferences NONE = new Preferences(false, null);

    /** Longer than anybody waits, and far from the overflow of nanoseconds. */
    private static final long MAX_SECONDS = 1_000_000_000L;

    static Preferences parse(@Nullable String header) {
        if (header == null) {
            return NONE;
        }
        boolean respondAsync = false;
        Duration wait = null;
        Set<String> seen = new HashSet<>();
        for (String element : HeaderList.split(header, ',')) {
            List<String> parts = HeaderList.split(element, ';');
            if (parts.isEmpty() || !seen.add(HeaderList.name(parts.get(0)))) {
                continue;
            }
            String value = HeaderList.value(parts.get(0));
            switch (HeaderList.name(parts.get(0))) {
                case "respond-async" -> respondAsync = value.isEmpty();
                case "wait" -> wait = seconds(value);
                default -> {} // a preference that is not understood is ignored, as the RFC asks
            }
        }
        return new Preferences(respondAsync, wait);
    }

    private static @Nullable Duration seconds(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        String significant = digits.replaceFirst("^0+", "");
        if (significant.length() > 9) {
            return Duration.ofSeconds(MAX_SECONDS);
        }
        return Duration.ofSeconds(significant.isEmpty() ? 0 : Long.parseLong(significant));
    }
}
