// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads typed values from nodes; throws {@link Refused} with the value as written and what was expected. */
final class Values {
    private static final Pattern INTEGER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,5})%");
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

    private Values() {}

    static Map<String, Node> map(Node node, String expected) {
        if (node instanceof Node.Mapping mapping) {
            return mapping.entries();
        }
        throw Refused.value(node, expected);
    }

    /** Whether something is switched off; {@code false} is another value. */
    static boolean isOff(Node node) {
        return node instanceof Node.Scalar scalar && scalar.text().equals("off");
    }

    static String text(Node node, String expected) {
        if (node instanceof Node.Scalar scalar
                && scalar.kind() != Node.Kind.NULL
                && !scalar.text().isEmpty()) {
            return scalar.text();
        }
        throw Refused.value(node, expected);
    }

    static String[] texts(Node node, String expected) {
        if (node instanceof Node.Sequence sequence) {
            return sequence.elements().stream()
                    .map(element -> text(element, "a text"))
                    .toArray(String[]::new);
        }
        throw Refused.value(node, expected);
    }

    static boolean bool(Node node) {
        return oneOf(node, Map.of("true", true, "false", false), "true or false");
    }

    static int integer(Node node, String expected) {
        String text = text(node, expected);
        if (!INTEGER.matcher(text).matches()) {
            throw Refused.value(node, expected);
        }
        return Integer.parseInt(text);
    }

    /** A whole number with a percent sign. */
    static int percent(Node node) {
        String expected = "off, or " + ServiceChecks.PERCENT;
        Matcher matcher = PERCENT.matcher(text(node, expected));
        if (!matcher.matches()) {
            throw Refused.value(node, expected);
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** Two numbers with a hyphen between them, or one that stands for both. */
    static int[] range(Node node, String expected) {
        Matcher matcher = RANGE.matcher(text(node, expected));
        if (!matcher.matches()) {
            throw Refused.value(node, expected);
        }
        int first = Integer.parseInt(matcher.group(1));
        return new int[] {first, matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2))};
    }

    static Duration duration(Node node) {
        return present(node, Durations.read(text(node, Durations.EXPECTED)), Durations.EXPECTED);
    }

    static Duration durationOrNever(Node node) {
        String expected = Durations.EXPECTED + ", or never";
        return present(node, Durations.readOrNever(text(node, expected)), expected);
    }

    /** A constant of an enum, written in lower case with hyphens. */
    static <E extends Enum<E>> E constant(Node node, Class<E> type) {
        Map<String, E> constants =
                Arrays.stream(type.getEnumConstants()).collect(Collectors.toMap(Values::written, constant -> constant));
        List<String> names =
                Arrays.stream(type.getEnumConstants()).map(Values::written).toList();
        return oneOf(node, constants, "one of " + String.join(", ", names));
    }

    private static <T> T oneOf(Node node, Map<String, T> known, String expected) {
        return present(node, known.get(text(node, expected)), expected);
    }

    private static <T> T present(Node node, @Nullable T value, String expected) {
        if (value == null) {
            throw Refused.value(node, expected);
        }
        return value;
    }

    static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
