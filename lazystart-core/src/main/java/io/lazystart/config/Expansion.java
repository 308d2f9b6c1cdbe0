// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts environment variables into texts: a name in braces behind a dollar sign, optionally with {@code :-} and a
 * default. Two dollar signs before the brace are a plain one.
 */
final class Expansion {
    private static final Pattern VARIABLE = Pattern.compile(
            "(?<escaped>\\$\\$\\{)|\\$\\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\\}|(?<broken>\\$\\{)");

    private final Map<String, String> environment;

    Expansion(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Expands a text, or says in an exception what is wrong with it. */
    String expand(int line, String path, String written) {
        Matcher matcher = VARIABLE.matcher(written);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(replacement(line, path, written, matcher)));
        }
        return matcher.appendTail(expanded).toString();
    }

    private String replacement(int line, String path, String written, Matcher matcher) {
        if (matcher.group("escaped") != null) {
            return "${";
        }
        if (matcher.group("broken") != null) {
            throw new Refused(
                    line, path, written + " (expected: ${NAME} or ${NAME:-default}; write $${ for a plain ${)");
        }
        String name = matcher.group("name");
        String value = value(name, matcher.group("default"));
        if (value == null) {
            throw new Refused(
                    line,
                    path,
                    written + " (expected: the environment variable " + name + " to be set, or a default as in ${"
                            + name + ":-default})");
        }
        return value;
    }

    private @Nullable String value(String name, @Nullable String otherwise) {
        String value = environment.get(name);
        boolean missing = value == null || (value.isEmpty() && otherwise != null);
        return missing ? otherwise : value;
    }
}
