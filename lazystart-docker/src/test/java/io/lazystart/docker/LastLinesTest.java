// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastLinesTest {
    private static final String LONG = "x".repeat(20_000);

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @Test
    void read_bothStreams_areInTheirOrder() throws Exception {
        frame(1, "trying\n");
        frame(2, "no luck\n");

        assertThat(read(false)).containsExactly("trying", "no luck");
    }

    @Test
    void read_lineInSeveralFrames_isOne() throws Exception {
        frame(1, "no ");
        frame(1, "luck\r\n\r\n");

        assertThat(read(false)).containsExactly("no luck");
    }

    @Test
    void read_terminal_hasNoFrames() throws Exception {
        log.writeBytes("one\r\ntwo\r\n".getBytes(StandardCharsets.UTF_8));

        assertThat(read(true)).containsExactly("one", "two");
    }

    @Test
    void read_cutInTheMiddle_givesWhatCame() throws Exception {
        frame(1, "whole\n");
        log.write(1);

        assertThat(read(false)).containsExactly("whole");
    }

    @Test
    void read_much_isBounded() throws Exception {
        for (int i : IntStream.range(0, 50).toArray()) {
            frame(1, i + LONG + "\n");
        }

        List<String> lines = read(false);

        assertThat(lines).hasSize(3).allMatch(text -> text.length() == 501);
        assertThat(lines.get(2)).startsWith("49x");
    }

    @Test
    void read_longLinesBefore_theLastOneIsWhole() throws Exception {
        for (int i : IntStream.range(0, 9).toArray()) {
            frame(1, i + LONG + "\n");
        }
        frame(2, "no luck\n");

        assertThat(read(false)).hasSize(4).endsWith("no luck");
    }

    @Test
    void read_longLinesOnATerminal_theLastOneIsWhole() throws Exception {
        log.writeBytes((LONG + "\r\n").repeat(9).getBytes(StandardCharsets.UTF_8));
        log.writeBytes("no luck\r\n".getBytes(StandardCharsets.UTF_8));

        assertThat(read(true)).hasSize(4).endsWith("no luck");
    }

    @Test
    void read_oneLineLongerThanWhatIsKept_isToldByItsEnd() throws Exception {
        frame(1, "y".repeat(200_000) + LONG.repeat(4));

        assertThat(read(false)).singleElement(STRING).startsWith("xxx").endsWith("…");
    }

    @Test
    void read_frameLongerThanWhatIsKept_isReadToItsEnd() throws Exception {
        frame(1, LONG.repeat(20) + "\nno luck\n");
        frame(1, "at all\n");

        assertThat(read(false)).endsWith("no luck", "at all");
    }

    private void frame(int stream, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        DataOutputStream out = new DataOutputStream(log);
        out.write(new byte[] {(byte) stream, 0, 0, 0});
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private List<String> read(boolean terminal) throws IOException {
        return LastLines.read(new ByteArrayInputStream(log.toByteArray()), terminal);
    }
}
