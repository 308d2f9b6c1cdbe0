// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object, field by field. Jackson could too, but loading it would cost the very first answer of a
 * fresh host more than this class has lines.
 */
final class Json {
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder text = new StringBuilder(256).append('{');

    /** Adds a string; null is written as null. */
    Json field(String name, @Nullable String value) {
        key(name);
        string(value);
        return this;
    }

    /** Adds a number; null is written as null. */
    Json field(String name, @Nullable Number value) {
        key(name);
        text.append(value);
        return this;
    }

    /** Adds true or false. */
    Json field(String name, boolean value) {
        key(name);
        text.append(value);
        return this;
    }

    /** Adds a list of strings. */
    Json field(String name, List<String> values) {
        key(name);
        text.append('[');
        for (int i = 0; i < values.size(); i++) {
            text.append(i == 0 ? "" : ",");
            string(values.get(i));
        }
        text.append(']');
        return this;
    }

    /** Adds an object; null is written as null. */
    Json field(String name, @Nullable Json value) {
        key(name);
        text.append(value);
        return this;
    }

    @Override
    public String toString() {
        return text + "}";
    }

    private void key(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        string(name);
        text.append(':');
    }

    private void string(@Nullable String value) {
        if (value == null) {
            text.append("null");
            return;
        }
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            character(value.charAt(i));
        }
        text.append('"');
    }

    /** Escapes what JSON demands, and every other control character too, so that no line can end within a value. */
    private void character(char c) {
        switch (c) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            default -> {
                if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                    unicode(c);
                } else {
                    text.append(c);
                }
            }
        }
    }

    private void unicode(char c) {
        text.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            text.append(HEX.charAt((c >> shift) & 0xF));
        }
    }
}
