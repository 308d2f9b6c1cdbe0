// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/field-cases.md names is there: tests by class and method, types by name. */
class FieldCasesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path CASES = ROOT.resolve("docs").resolve("field-cases.md");
    private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`");
    private static final List<String> MODULES =
            List.of("lazystart-core", "lazystart-netty", "lazystart-docker", "examples/gateway", "examples/benchmarks");

    @Test
    void everyCase_isAnsweredByWhatExists() throws IOException {
        assumeTrue(Files.isRegularFile(CASES), "not run in the repository");
        Map<String, String> sources = sources();
        List<String> cases = Files.readAllLines(CASES).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| case |"))
                .toList();
        List<String> wrong = new ArrayList<>();

        for (String row : cases) {
            String[] cells = row.split("\\|", -1);
            List<MatchResult> named = NAMED.matcher(cells[3]).results().toList();
            if (named.isEmpty()) {
                wrong.add("nothing is named for: " + cells[1].strip());
            }
            named.stream()
                    .filter(name -> !exists(name, sources))
                    .forEach(name -> wrong.add("no " + name.group() + " for: " + cells[1].strip()));
        }

        assertThat(wrong).isEmpty();
        assertThat(cases).hasSizeGreaterThan(50);
    }

    /** A method is one that is declared there, with whatever type: some tests are factories of tests. */
    private static boolean exists(MatchResult named, Map<String, String> sources) {
        String source = sources.get(named.group(1));
        String method = named.group(2);
        return source != null
                && (method == null
                        || Pattern.compile("(void|[A-Z][\\w<>?]*)\\s" + method + "\\(")
                                .matcher(source)
                                .find());
    }

    /** All Java sources of the repository, those of one class name one after the other. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                for (Path file :
                        (Iterable<Path>) files.filter(path -> path.toString().endsWith(".java"))::iterator) {
                    String name = file.getFileName().toString().replace(".java", "");
                    sources.merge(name, Files.readString(file), String::concat);
                }
            }
        }
        return sources;
    }
}
