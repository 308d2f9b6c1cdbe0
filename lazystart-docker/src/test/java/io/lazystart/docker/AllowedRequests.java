// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The requests that docs/docker.md tells people to allow, in the table of one section. */
final class AllowedRequests {
    private static final Path DOCUMENT = Path.of("..", "docs", "docker.md");
    private static final Pattern ROW = Pattern.compile("\\| `([A-Z]+) (/\\S*)` \\|.*");

    private final List<Allowed> all;

    private AllowedRequests(List<Allowed> all) {
        this.all = all;
    }

    static AllowedRequests under(String heading) throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int begin = lines.indexOf(heading);
        assertThat(begin).as(heading).isNotNegative();
        List<Allowed> all = lines.subList(begin + 1, lines.size()).stream()
                .takeWhile(line -> !line.startsWith("#"))
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> Allowed.of(row.group(1), row.group(2)))
                .toList();
        assertThat(all).as(heading).isNotEmpty();
        return new AllowedRequests(all);
    }

    /** Whether a request's first line is one of them. */
    boolean allow(String request) {
        return all.stream().anyMatch(allowed -> allowed.fits(request));
    }

    /** Those that none of the requests is, as the document writes them. */
    List<String> unused(Collection<String> requests) {
        return all.stream()
                .filter(allowed -> requests.stream().noneMatch(allowed::fits))
                .map(Allowed::text)
                .toList();
    }

    /** A request as the document writes it, with a name in braces for a part of the path that may be anything. */
    private record Allowed(String text, Pattern line) {
        static Allowed of(String method, String path) {
            String anything = path.replaceAll("\\{[a-z]+}", "[^/?]+");
            return new Allowed(
                    method + " " + path,
                    Pattern.compile(method + " (/v[0-9.]+)?" + anything + "(\\?\\S*)? HTTP/1\\.1"));
        }

        boolean fits(String request) {
            return line.matcher(request).matches();
        }
    }
}
