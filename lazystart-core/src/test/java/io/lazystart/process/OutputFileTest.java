// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    @TempDir
    private Path folder;

    private OutputFile output;

    @BeforeEach
    void begin() throws Exception {
        output = new OutputFile(folder.resolve("app"));
        output.begin();
    }

    @Test
    void tail_empty_isEmpty() {
        assertThat(output.tail()).isEmpty();
    }

    @Test
    void tail_fileGone_isEmpty() throws Exception {
        Files.delete(output.path());

        assertThat(output.tail()).isEmpty();
    }

    @Test
    void tail_lastLineWithoutEnd_isThere() throws Exception {
        Files.writeString(output.path(), "one\r\ntwo");

        assertThat(output.tail()).containsExactly("one", "two");
    }

    @Test
    void tail_manyLines_areTheLastFifty() throws Exception {
        Files.writeString(output.path(), numbered(5_000, ""));

        assertThat(output.tail()).hasSize(50).startsWith("4951 ").endsWith("5000 ");
    }

    @Test
    void tail_longLines_areCutAndBytesAreBounded() throws Exception {
        Files.writeString(output.path(), numbered(60, "ü".repeat(5_000)));

        List<String> tail = output.tail();

        assertThat(tail).hasSizeLessThan(10).allMatch(line -> line.length() == OutputFile.LINE_LENGTH);
        assertThat(tail.get(tail.size() - 1)).startsWith("60 ü").endsWith("ü…");
        assertThat(tail.get(0)).matches("[0-9]+ ü+…");
    }

    @Test
    void tail_oneEndlessLine_isShownInPart() throws Exception {
        Files.writeString(output.path(), "x".repeat(1_000_000));

        assertThat(output.tail()).singleElement().asString().hasSize(OutputFile.LINE_LENGTH);
    }

    @Test
    void tail_noText_isReplacedNotRefused() throws Exception {
        Files.write(output.path(), new byte[] {(byte) 0xff, (byte) 0xfe, '\n', 'a', '\n'});

        assertThat(output.tail()).containsExactly("\ufffd\ufffd", "a");
    }

    @Test
    void begin_keepsThePreviousRunOnly() throws Exception {
        Files.writeString(output.path(), "first");
        output.begin();
        Files.writeString(output.path(), "second");

        output.begin();

        assertThat(output.path()).isEmptyFile();
        assertThat(output.path().resolveSibling("output.1.log"))
                .usingCharset(StandardCharsets.UTF_8)
                .hasContent("second");
    }

    @Test
    void cut_belowTheLimit_doesNothing() throws Exception {
        Files.writeString(output.path(), "x".repeat((int) OutputFile.LIMIT));

        output.cut();

        assertThat(output.path()).hasSize(OutputFile.LIMIT);
        assertThat(output.path().resolveSibling("output.1.log")).doesNotExist();
    }

    @Test
    void cut_aboveTheLimit_keepsTheLastLinesAndTheRestBesides() throws Exception {
        Files.writeString(output.path(), numbered(1_500_000, ""));
        List<String> tail = output.tail();

        output.cut();

        assertThat(Files.size(output.path())).isLessThanOrEqualTo(64 * 1024);
        assertThat(output.tail()).isEqualTo(tail).hasSize(50).endsWith("1500000 ");
        assertThat(output.path().resolveSibling("output.1.log")).hasSize(OutputFile.LIMIT);
        assertThat(Files.getPosixFilePermissions(output.path().resolveSibling("output.1.log")))
                .isEqualTo(Files.getPosixFilePermissions(output.path()));
    }

    @Test
    void cut_processHasItOpen_goesOnWritingAtItsEnd() throws Exception {
        try (OutputStream process =
                Files.newOutputStream(output.path(), StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            process.write("x\n".repeat((int) OutputFile.LIMIT).getBytes(StandardCharsets.US_ASCII));
            output.cut();
            process.write("after\n".getBytes(StandardCharsets.US_ASCII));
        }

        assertThat(Files.size(output.path())).isLessThan(65 * 1024);
        assertThat(output.tail()).hasSize(50).startsWith("x").endsWith("after");
    }

    private static String numbered(int lines, String rest) {
        return IntStream.rangeClosed(1, lines)
                .mapToObj(i -> i + " " + rest + "\n")
                .collect(Collectors.joining());
    }
}
