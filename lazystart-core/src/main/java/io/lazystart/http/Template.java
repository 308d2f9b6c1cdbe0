// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTML with {@code {{name}}} in it. Whatever is put in is escaped, for text and for quoted attributes alike. */
final class Template {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z-]+)}}");

    /** Text before each name, and the text after the last. */
    private final List<String> texts = new ArrayList<>();

    private final List<String> names = new ArrayList<>();

    Template(String source) {
        Matcher matcher = PLACEHOLDER.matcher(source);
        int end = 0;
        while (matcher.find()) {
            texts.add(source.substring(end, matcher.start()));
            names.add(matcher.group(1));
            end = matcher.end();
        }
        texts.add(source.substring(end));
    }

    /** Reads a resource that stands beside this class. */
    static String resource(String name) {
        try (InputStream in = Template.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + ": not found beside " + Template.class.getName());
            }
            // browsers hash a script after they have turned its line ends into line feeds
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": cannot be read", e);
        }
    }

    String render(Map<String, String> values) {
        StringBuilder page = new StringBuilder(16_384);
        for (int i = 0; i < names.size(); i++) {
            String value = values.get(names.get(i));
            if (value == null) {
                throw new IllegalArgumentException(names.get(i) + ": no value (expected: one for each placeholder)");
            }
            page.append(texts.get(i));
            escape(value, page);
        }
        return page.append(texts.get(names.size())).toString();
    }

    private static void escape(String value, StringBuilder page) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&' -> page.append("&amp;");
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                case 0 -> page.append('\uFFFD');
                default -> page.append(c);
            }
        }
    }
}
