// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lazystart.LazyStart;
import io.lazystart.config.ServiceConfig;
import io.lazystart.testkit.RequiresPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A service is renamed or removed while its process runs and no host is there. */
@RequiresPeer("setsid")
class OrphansPeerTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Orphans.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
        logger.addAppender(log);
    }

    @AfterEach
    void deafen() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void renamed_oldProcessIsStoppedWithAWarning() throws Exception {
        long old = leave("old");
        assertThat(Bench.alive(old)).isTrue();

        try (LazyStart next = host("new")) {
            assertThat(next.config().services()).containsOnlyKeys("new");
            await().atMost(Bench.PATIENCE).until(() -> !Bench.alive(old));
            await().atMost(Bench.PATIENCE)
                    .until(() -> Files.notExists(files("old").resolve("run.json")));
        }

        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage())
                    .isEqualTo("process " + old + " of service old, which is not configured any more, is stopped; its "
                            + "files are in " + files("old"));
        });
        assertThat(files("old").resolve("output.log")).exists();
    }

    @Test
    void stillConfigured_isAdoptedWithoutAWord() throws Exception {
        long pid = leave("old");

        try (Bench next = new Bench(folder)) {
            next.script("old", script("old")).status();
            next.provider.configured();
            next.leave();

            assertThat(Bench.alive(pid)).isTrue();
            assertThat(log.list).isEmpty();
        } finally {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void removedAndDeadLongAgo_isForgottenWithoutAWord() throws Exception {
        long pid = leave("old");
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await().atMost(Bench.PATIENCE).until(() -> !Bench.alive(pid));

        try (Bench next = new Bench(folder)) {
            next.provider.configured();
            await().atMost(Bench.PATIENCE)
                    .until(() -> Files.notExists(files("old").resolve("run.json")));
        }

        assertThat(log.list).isEmpty();
    }

    private long leave(String service) throws Exception {
        try (LazyStart host = host(service)) {
            host.watcher(service).acquire(Bench.PATIENCE).close();
            return Long.parseLong(Bench.text(folder, service));
        }
    }

    private LazyStart host(String service) {
        return LazyStart.builder()
                .stateDirectory(folder.resolve("state"))
                .service(
                        service,
                        options -> options.process("sh", "-c", script(service)).onClose(ServiceConfig.OnClose.LEAVE))
                .build();
    }

    private String script(String service) {
        return "echo $$ > " + folder.resolve(service) + "; exec sleep 300";
    }

    private Path files(String service) {
        return folder.resolve("state/process").resolve(service);
    }
}
