// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastLinesTest {
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
        String line = "x".repeat(20_000);
        for (int i : IntStream.range(0, 50).toArray()) {
            frame(1, i + line + "\n");
        }

        List<String> lines = read(false);

        assertThat(lines).hasSizeLessThanOrEqualTo(LastLines.LINES).allMatch(text -> text.length() == 501);
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
