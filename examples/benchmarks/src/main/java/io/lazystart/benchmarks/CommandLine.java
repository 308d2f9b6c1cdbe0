// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was written after a benchmark's name.
 *
 * @param values what follows each option
 * @param switches options that stand alone
 * @param words everything else, in order
 */
record CommandLine(Map<String, String> values, Set<String> switches, List<String> words) {
    CommandLine {
        values = Map.copyOf(values);
        switches = Set.copyOf(switches);
        words = List.copyOf(words);
    }

    /**
     * Reads arguments.
     *
     * @param valued options that are followed by a value
     * @param alone options that are not
     * @param maxWords how many other words there may be
     * @throws UsageException if anything else is there
     */
    static CommandLine parse(List<String> args, Set<String> valued, Set<String> alone, int maxWords) {
        Map<String, String> values = new HashMap<>();
        Map<String, String> switches = new HashMap<>();
        List<String> words = new ArrayList<>();
        Iterator<String> rest = args.iterator();
        while (rest.hasNext()) {
            String arg = rest.next();
            if (valued.contains(arg)) {
                once(values, arg, value(arg, rest));
            } else if (alone.contains(arg)) {
                once(switches, arg, "");
            } else if (arg.startsWith("-") || words.size() == maxWords) {
                throw new UsageException(arg + ": unknown argument");
            } else {
                words.add(arg);
            }
        }
        return new CommandLine(values, switches.keySet(), words);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new UsageException(option + ": nothing follows (expected: a value)");
        }
        return rest.next();
    }

    private static void once(Map<String, String> seen, String option, String value) {
        if (seen.putIfAbsent(option, value) != null) {
            throw new UsageException(option + ": given twice (expected: once)");
        }
    }

    /** The whole number after an option, or what stands for it. */
    int number(String option, int otherwise, int lowest, int highest) {
        String text = values.get(option);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= lowest && number <= highest) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            // refused below, like a number that is out of range
        }
        throw new UsageException(
                option + ": " + text + " (expected: a whole number from " + lowest + " to " + highest + ")");
    }

    /** One of several words after an option; the first stands for none. */
    String choice(String option, List<String> choices) {
        String text = values.getOrDefault(option, choices.get(0));
        if (!choices.contains(text)) {
            throw new UsageException(option + ": " + text + " (expected: " + String.join(" or ", choices) + ")");
        }
        return text;
    }
}
