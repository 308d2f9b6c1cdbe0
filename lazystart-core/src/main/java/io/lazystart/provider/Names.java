// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Suggestions for a name that is not known. */
public final class Names {
    private Names() {}

    /**
     * Says what was expected instead of an unknown name.
     *
     * @param unknown the name that was given
     * @param known the names that would have been right
     * @return {@code did you mean: …} with up to three near names, else {@code expected: one of …}
     */
    public static String expected(String unknown, Collection<String> known) {
        List<String> near = known.stream()
                .filter(name -> distance(unknown, name) <= Math.max(1, unknown.length() / 3))
                .sorted(Comparator.comparingInt((String name) -> distance(unknown, name))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(3)
                .toList();
        if (!near.isEmpty()) {
            return "did you mean: " + String.join(", ", near);
        }
        return known.isEmpty()
                ? "expected: none is known"
                : "expected: one of "
                        + String.join(", ", known.stream().sorted().toList());
    }

    /** Levenshtein distance, by rows. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(row[j - 1], above) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
