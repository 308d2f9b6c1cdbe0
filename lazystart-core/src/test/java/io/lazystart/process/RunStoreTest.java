// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunStoreTest {
    private static final String COOKIE = "0123456789abcdef".repeat(2);
    private static final RunRecord RUN =
            new RunRecord(new ProcessId(4711, 99), "boot", COOKIE, 20_000, Instant.parse("2026-01-02T03:04:05Z"));

    @TempDir
    private Path folder;

    @Test
    void save_thenLoad_givesTheSame() throws Exception {
        RunStore store = new RunStore(folder.resolve("app"));

        store.save(RUN);

        assertThat(store.load()).isEqualTo(RUN);
        assertThat(RUN.run()).isEqualTo("4711-99-" + COOKIE);
    }

    @Test
    void save_withoutPortAndBoot_givesTheSame() throws Exception {
        RunRecord bare = new RunRecord(new ProcessId(0, 0), null, COOKIE, null, Instant.EPOCH);
        RunStore store = new RunStore(folder);

        store.save(bare);

        assertThat(store.load()).isEqualTo(bare);
    }

    @Test
    void save_again_replacesAndLeavesNoOtherFile() throws Exception {
        RunStore store = new RunStore(folder);
        store.save(RUN);

        store.save(RUN.ledBy(new ProcessId(5, 6)));

        assertThat(store.load().leader()).isEqualTo(new ProcessId(5, 6));
        assertThat(folder).isDirectoryContaining(file -> file.endsWith("run.json"));
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void save_interrupted_isStillWhole() throws Exception {
        RunStore store = new RunStore(folder);
        Thread.currentThread().interrupt();

        store.save(RUN);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.load()).isEqualTo(RUN);
    }

    @Test
    void load_nothingThere_isNull() throws Exception {
        assertThat(new RunStore(folder.resolve("none")).load()).isNull();
    }

    @Test
    void load_cannotBeRead_isNoAbsence() throws Exception {
        Files.createDirectory(folder.resolve("run.json"));

        assertThatThrownBy(() -> new RunStore(folder).load()).isInstanceOf(IOException.class);
    }

    @Test
    void delete_twice_isHarmless() throws Exception {
        RunStore store = new RunStore(folder);
        store.save(RUN);

        store.delete();
        store.delete();

        assertThat(store.load()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "\"text\"",
                "{'pid': 1, 'start': 9, 'cookie': 'COOKIE', 'started-at': '2026-01-02T03:04:05Z'}",
                "{'pid': -1, 'start': 9, 'cookie': 'COOKIE', 'started-at': '2026-01-02T03:04:05Z'}",
                "{'pid': '47', 'start': 9, 'cookie': 'COOKIE', 'started-at': '2026-01-02T03:04:05Z'}",
                "{'pid': 1e99, 'start': 9, 'cookie': 'COOKIE', 'started-at': '2026-01-02T03:04:05Z'}",
                "{'pid': 47, 'start': -9, 'cookie': 'COOKIE', 'started-at': '2026-01-02T03:04:05Z'}",
                "{'pid': 47, 'start': 9, 'cookie': '', 'started-at': '2026-01-02T03:04:05Z'}",
                "{'pid': 47, 'start': 9, 'cookie': 'COOKIE', 'started-at': 'yesterday'}",
                "{'pid': 47, 'start': 9, 'cookie': 'COOKIE', 'started-at': '2026-01-02T03:04:05Z', 'port': 70000}",
                "{'pid': 47, 'start': 9, 'cookie': 'COOKIE', 'started-at': '2026-01-02T03:04:05Z', 'port': 99999999999}"
            })
    void load_noRecord_isSetAside(String text) throws Exception {
        String json = text.replace('\'', '"').replace("COOKIE", COOKIE);
        Files.writeString(folder.resolve("run.json"), json);

        assertThat(new RunStore(folder).load()).isNull();

        assertThat(folder.resolve("run.corrupt.json")).hasContent(json);
        assertThat(folder.resolve("run.json")).doesNotExist();
    }

    @Test
    void fromJson_wholeRecord_isAccepted() throws Exception {
        String json = "{\"pid\": 47, \"start\": 9, \"cookie\": \"" + COOKIE
                + "\", \"started-at\": \"2026-01-02T03:04:05Z\", \"later\": true}";

        RunRecord record = RunRecord.fromJson(json.getBytes(StandardCharsets.UTF_8));

        assertThat(record.leader()).isEqualTo(new ProcessId(47, 9));
    }
}
