// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.VirtualScheduler;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Start times that outlive the host, and the file that they outlive it in. */
class LearnedTimesTest {
    private static final Duration A_WHILE = Duration.ofNanos(LearnedTimes.WRITE_AFTER_NANOS);

    @TempDir
    private Path directory;

    private final FakeTicker ticker = new FakeTicker();
    private final VirtualScheduler time = new VirtualScheduler(ticker);
    private final RecordedLog log = new RecordedLog("io.lazystart.wake");

    @AfterEach
    void detach() {
        log.close();
    }

    private LearnedTimes host() {
        return host(directory);
    }

    private LearnedTimes host(Path stateDirectory) {
        return new LearnedTimes(stateDirectory, ticker, time, Runnable::run);
    }

    private Path file() {
        return directory.resolve("start-times.json");
    }

    /** What a host that opens now knows of a service. */
    private long medianAfterRestart(String service) {
        return host().of(service).median();
    }

    @Test
    void restart_keepsTheEstimate() {
        try (LearnedTimes host = host()) {
            host.of("notes").add(300);
            host.of("notes").add(100);
            host.of("notes").add(200);
        }

        assertThat(medianAfterRestart("notes")).isEqualTo(200);
        assertThat(medianAfterRestart("other")).isEqualTo(-1);
    }

    @Test
    void restart_theOldestIsStillForgottenFirst() {
        try (LearnedTimes host = host()) {
            StartTimes notes = host.of("notes");
            for (int i = 0; i < StartTimes.KEPT + 3; i++) {
                notes.add(i);
            }
        }

        StartTimes notes = host().of("notes");
        notes.add(99);

        assertThat(notes.recent()).hasSize(StartTimes.KEPT).startsWith(4L, 5L).endsWith(18L, 99L);
    }

    @Test
    void crowdOfWakes_isWrittenOnce_aWhileAfterTheFirst() {
        Deque<Runnable> writes = new ArrayDeque<>();
        LearnedTimes host = new LearnedTimes(directory, ticker, time, writes::add);
        for (int i = 0; i < 1_000; i++) {
            host.of("notes-" + i).add(i);
        }

        time.advance(A_WHILE.minusNanos(1));
        assertThat(writes).isEmpty();
        time.advance(Duration.ofMinutes(10));
        assertThat(writes).hasSize(1);
        assertThat(file()).doesNotExist();
        writes.remove().run();

        assertThat(medianAfterRestart("notes-0")).isZero();
        assertThat(medianAfterRestart("notes-999")).isEqualTo(999);
    }

    @Test
    void wakeWhileAWriteIsDue_isWrittenWithIt_andOneAfterItBegan_byTheNext() {
        Deque<Runnable> writes = new ArrayDeque<>();
        LearnedTimes host = new LearnedTimes(directory, ticker, time, writes::add);
        host.of("notes").add(1);
        time.advance(A_WHILE);
        host.of("wiki").add(2);
        writes.remove().run();
        assertThat(medianAfterRestart("wiki")).isEqualTo(2);

        host.of("shop").add(3);
        time.advance(A_WHILE);
        writes.remove().run();

        assertThat(medianAfterRestart("shop")).isEqualTo(3);
        assertThat(writes).isEmpty();
    }

    @Test
    void nothingLearned_noFolderIsMade_andNothingIsWritten() {
        Path none = directory.resolve("none");
        Deque<Runnable> writes = new ArrayDeque<>();

        try (LearnedTimes host = new LearnedTimes(none, ticker, time, writes::add)) {
            assertThat(host.of("notes").median()).isEqualTo(-1);
        }

        assertThat(none).doesNotExist();
        assertThat(writes).isEmpty();
        assertThat(time.pending()).isZero();
    }

    @Test
    void folderMissing_isMade_andClosedToOthers() throws Exception {
        Path folder = directory.resolve("deep/state");
        try (LearnedTimes host = host(folder)) {
            host.of("notes").add(1);
        }

        assertThat(folder.resolve("start-times.json")).exists();
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void folderThere_keepsItsPermissions() throws Exception {
        var before = Files.getPosixFilePermissions(
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---")));

        try (LearnedTimes host = host()) {
            host.of("notes").add(1);
        }

        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{'services': {}} {}",
                "{'services': {'notes': 7}}",
                "{'services': {'notes': {'learned-at': '2026-01-02T03:04:05Z'}}}",
                "{'services': {'notes': {'learned-at': 'yesterday', 'nanos': [1]}}}",
                "{'services': {'notes': {'nanos': [1]}}}",
                "{'services': {'notes': {'learned-at': '2026-01-02T03:04:05Z', 'nanos': [-1]}}}",
                "{'services': {'notes': {'learned-at': '2026-01-02T03:04:05Z', 'nanos': ['1']}}}",
                "{'services': {'notes': {'learned-at': '2026-01-02T03:04:05Z', 'nanos': [1.5]}}}",
                "{'services': {'notes': {'learned-at': '2026-01-02T03:04:05Z', 'nanos': [99999999999999999999]}}}"
            })
    void corruptFile_isSetAsideWithOneWarningThatNamesBoth_andAllIsLearnedAnew(String text) throws Exception {
        String json = text.replace('\'', '"');
        Files.writeString(file(), json);
        Path aside = directory.resolve("start-times.corrupt.json");

        try (LearnedTimes host = host()) {
            assertThat(host.of("notes").median()).isEqualTo(-1);
            assertThat(file()).doesNotExist();
            host.of("notes").add(7);
        }

        assertThat(aside).hasContent(json);
        assertThat(log.at(Level.WARN)).singleElement().asString().contains(file().toString(), aside.toString());
        assertThat(medianAfterRestart("notes")).isEqualTo(7);
    }

    @Test
    void corruptedWhileTheHostRuns_isSetAsideByTheNextWrite() throws Exception {
        LearnedTimes host = host();
        host.of("notes").add(7);
        Files.writeString(file(), "{");

        time.advance(A_WHILE);

        assertThat(directory.resolve("start-times.corrupt.json")).hasContent("{");
        assertThat(medianAfterRestart("notes")).isEqualTo(7);
    }

    @Test
    void folderThatCannotBeMade_isOneWarningAndNothingElse() throws Exception {
        Path notAFolder = Files.writeString(directory.resolve("file"), "");
        Path state = notAFolder.resolve("state");

        try (LearnedTimes host = host(state)) {
            host.of("notes").add(1);
            time.advance(A_WHILE);
            host.of("notes").add(3);
            host.of("notes").add(2);
            time.advance(A_WHILE);

            assertThat(host.of("notes").median()).isEqualTo(2);
        }

        assertThat(log.at(Level.WARN)).singleElement().asString().contains(state.toString());
        assertThat(notAFolder).isEmptyFile();
    }

    @Test
    void fileThatCannotBeReadOrReplaced_isOneWarningAndNothingElse() throws Exception {
        Files.createDirectories(file().resolve("in the way"));

        try (LearnedTimes host = host()) {
            host.of("notes").add(1);
        }

        assertThat(log.at(Level.WARN)).hasSize(1);
        assertThat(file().resolve("in the way")).exists();
    }

    @Test
    void writeFailsOnce_whatItShouldHaveToldIsWrittenByTheNext() throws Exception {
        Path state = Files.writeString(directory.resolve("state"), "");
        LearnedTimes host = host(state);
        host.of("notes").add(1);
        time.advance(A_WHILE);

        Files.delete(state);
        host.of("wiki").add(2);
        time.advance(A_WHILE);

        assertThat(host(state).of("notes").median()).isEqualTo(1);
        assertThat(host(state).of("wiki").median()).isEqualTo(2);
    }

    @Test
    void twoHostsShareTheDirectory_neitherForgetsWhatTheOtherLearned() {
        LearnedTimes one = host();
        LearnedTimes other = host();
        one.of("notes").add(1);
        other.of("wiki").add(2);

        one.close();
        other.close();

        assertThat(medianAfterRestart("notes")).isEqualTo(1);
        assertThat(medianAfterRestart("wiki")).isEqualTo(2);
    }

    @Test
    void serviceThatNobodyWokeForNinetyDays_isDropped_othersAreKept() {
        try (LearnedTimes host = host()) {
            host.of("gone").add(1);
        }
        ticker.advance(Duration.ofDays(50));
        try (LearnedTimes host = host()) {
            host.of("resting").add(2);
        }
        assertThat(medianAfterRestart("gone")).isEqualTo(1);
        ticker.advance(Duration.ofDays(41));

        try (LearnedTimes host = host()) {
            host.of("notes").add(3);
        }

        assertThat(medianAfterRestart("gone")).isEqualTo(-1);
        assertThat(medianAfterRestart("resting")).isEqualTo(2);
    }

    @Test
    void closed_writesNothingMore() throws Exception {
        LearnedTimes host = host();
        host.of("notes").add(1);
        host.close();
        Files.delete(file());

        host.of("notes").add(2);
        time.advance(Duration.ofMinutes(1));
        host.close();

        assertThat(file()).doesNotExist();
        assertThat(time.pending()).isZero();
    }
}
