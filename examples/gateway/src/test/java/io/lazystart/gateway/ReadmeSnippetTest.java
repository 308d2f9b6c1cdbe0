// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows in Java is Java, and calls what there is. */
final class ReadmeSnippetTest {
    private static final Pattern JAVA = Pattern.compile("^```java\\R(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("^(?:public )?(?:final )?class (\\w+)", Pattern.MULTILINE);

    @TempDir
    Path output;

    @Test
    void readme_firstJavaBlock_compiles() throws Exception {
        String readme = Files.readString(Path.of("..", "..", "README.md"));

        List<String> diagnostics = compile(first(JAVA, readme));

        assertThat(diagnostics).isEmpty();
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
        return matcher.group(1);
    }

    /** Everything the compiler says, warnings too. */
    private List<String> compile(String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        List<String> options = List.of(
                "--release",
                "17",
                "-proc:none",
                "-Xlint:deprecation,removal,rawtypes,unchecked",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                output.toString());

        boolean compiled = compiler.getTask(
                        null, null, diagnostics, options, null, List.of(new Snippet(first(CLASS, source), source)))
                .call();

        List<String> said = diagnostics.getDiagnostics().stream()
                .map(ReadmeSnippetTest::show)
                .toList();
        assertThat(compiled).as("%s", said).isTrue();
        return said;
    }

    private static String show(Diagnostic<? extends JavaFileObject> diagnostic) {
        return "line " + diagnostic.getLineNumber() + " of the block: " + diagnostic.getMessage(Locale.ROOT);
    }

    private static final class Snippet extends SimpleJavaFileObject {
        private final String source;

        Snippet(String className, String source) {
            super(URI.create("string:///" + className + ".java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}
