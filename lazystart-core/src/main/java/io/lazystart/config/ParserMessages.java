// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes one line of what a parser says about a file that is no YAML or JSON, without the content it quotes. */
final class ParserMessages {
    private static final Pattern MARK =
            Pattern.compile("^ in .*, line ([0-9]{1,9}), column [0-9]+:$", Pattern.MULTILINE);

    private ParserMessages() {}

    static Refused refused(JsonProcessingException exception) {
        return new Refused(
                line(exception), "", oneLine(exception) + " (expected: well-formed " + language(exception) + ")");
    }

    /** YAML's parser names the line in its text; the location it gives is that of the token before. */
    private static int line(JsonProcessingException exception) {
        JsonLocation location = exception.getLocation();
        int line = location == null ? 0 : Math.max(location.getLineNr(), 0);
        Matcher marks = MARK.matcher(String.valueOf(exception.getOriginalMessage()));
        while (marks.find()) {
            line = Integer.parseInt(marks.group(1));
        }
        return line;
    }

    /** YAML's parser indents what it quotes from the file; JSON's quotes the words it does not know. */
    private static String oneLine(JsonProcessingException exception) {
        String message = String.valueOf(exception.getOriginalMessage());
        if (message.startsWith("Unrecognized token")) {
            return "a text without quotes";
        }
        return message.lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .map(line -> line.replaceAll("^\\(.*\\)$", ""))
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String language(JsonProcessingException exception) {
        return exception.getClass().getName().toLowerCase(Locale.ROOT).contains("yaml") ? "YAML" : "JSON";
    }
}
