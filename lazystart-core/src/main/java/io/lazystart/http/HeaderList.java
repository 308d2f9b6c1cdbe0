// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Takes header values apart at separators that do not stand between double quotes. */
final class HeaderList {
    private HeaderList() {}

    /**
     * Splits a value.
     *
     * @param value a header's value
     * @param separator comma between elements, semicolon between parameters
     * @return the parts without surrounding white space; empty ones are left out
     */
    static List<String> split(String value, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                addUnlessBlank(parts, value.substring(start, i));
                start = i + 1;
            }
        }
        addUnlessBlank(parts, value.substring(start));
        return parts;
    }

    /**
     * Names the left side of {@code name=value}.
     *
     * @param part one part
     * @return in lower case, without white space
     */
    static String name(String part) {
        int equals = part.indexOf('=');
        return (equals < 0 ? part : part.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the right side of {@code name=value}, token or quoted string.
     *
     * @param part one part
     * @return the value without quotes; empty where there is none
     */
    static String value(String part) {
        int equals = part.indexOf('=');
        if (equals < 0) {
            return "";
        }
        String value = part.substring(equals + 1).strip();
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private static void addUnlessBlank(List<String> parts, String part) {
        if (!part.isBlank()) {
            parts.add(part.strip());
        }
    }
}
