// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.LazyStartException;
import io.lazystart.testkit.FakeTicker;
import io.lazystart.testkit.ScriptedProvider;
import io.lazystart.testkit.VirtualScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that follows its configuration file. */
class ReloadOnChangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final FakeTicker ticker = new FakeTicker();
    private final VirtualScheduler time = new VirtualScheduler(ticker);
    private final ScriptedProvider provider = new ScriptedProvider();

    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();

    private LazyStartBuilder builder(Path file) {
        return LazyStart.builder().provider(provider).file(file);
    }

    /** What it needs is away, so that more than one service cannot be had. */
    private final AtomicBoolean away = new AtomicBoolean();

    /** How many services the validator was asked about. */
    private final BlockingQueue<Integer> asked = new LinkedBlockingQueue<>();

    private void refuseWhileAway(LazyStartConfig config) {
        asked.add(config.services().size());
        if (away.get() && config.services().size() > 1) {
            throw new ConfigException("services", "2 (expected: one)");
        }
    }

    private FileWatch watch(Path file, BooleanSupplier onChange) throws IOException {
        return new FileWatch(file, FileWatch.look(file), time, Runnable::run, onChange);
    }

    private final class Told implements ReloadListener {
        @Override
        public void onReloaded(Reload reload) {
            told.add(reload);
        }

        @Override
        public void onRefused(LazyStartException refusal) {
            told.add(refusal);
        }
    }

    @Test
    void reloadOnChange_withoutFile_isRefused() {
        LazyStartBuilder builder = LazyStart.builder().provider(provider).reloadOnChange(new Told());

        assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void changedFile_isTakenInByItself_alsoAfterOneThatWasRefused() throws Exception {
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        try (LazyStart host = builder(file).reloadOnChange(new Told()).build()) {
            ConfigFiles.write(directory, "  web: {scripted: {}, nonsense: 1}\n");
            Object refused = told.poll(20, TimeUnit.SECONDS);
            ConfigFiles.write(directory, "  web: {scripted: {}}\n  api: {scripted: {}}\n");
            Object taken = told.poll(20, TimeUnit.SECONDS);

            assertThat(refused).isInstanceOf(ConfigException.class);
            assertThat(taken).hasToString("added api");
            host.watcher("api").acquire(PATIENCE).close();
        }
    }

    @Test
    void burstOfChanges_isOne_andAFileThatIsGoneIsRefused() throws Exception {
        Path file = ConfigFiles.write(directory, "a");
        int[] changes = {0};
        try (FileWatch watch = watch(file, () -> ++changes[0] > 0)) {
            time.advance(Duration.ofSeconds(5));
            assertThat(changes[0]).isZero();

            for (int i = 0; i < 10; i++) {
                ConfigFiles.write(directory, "a".repeat(i + 2));
                time.advance(Duration.ofMillis(500));
            }
            assertThat(changes[0]).isZero();
            time.advance(Duration.ofMillis(500));
            assertThat(changes[0]).isOne();

            Files.delete(file);
            time.advance(Duration.ofSeconds(5));
            assertThat(changes[0]).isEqualTo(2);
            watch.close();
            ConfigFiles.write(directory, "another");
            time.advance(Duration.ofSeconds(5));
            assertThat(changes[0]).isEqualTo(2);
        }
    }

    @Test
    void refusedChange_isTriedAgainWithoutAnother_untilItIsTakenIn() throws Exception {
        Path file = ConfigFiles.write(directory, "a");
        int[] tries = {0};
        try (FileWatch watch = watch(file, () -> ++tries[0] > 2)) {
            ConfigFiles.write(directory, "bb");
            time.advance(Duration.ofSeconds(1));
            assertThat(tries[0]).isOne();

            time.advance(Duration.ofSeconds(9));
            assertThat(tries[0]).isOne();
            time.advance(Duration.ofSeconds(60));

            assertThat(tries[0]).isEqualTo(3);
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void refusedForWhatIsNotInTheFile_isTakenInOnceThatIsMended_andToldOnce() throws Exception {
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        away.set(true);
        try (LazyStart host = builder(file)
                .validator(this::refuseWhileAway)
                .reloadOnChange(new Told())
                .ticker(ticker)
                .scheduler(time)
                .build()) {
            assertThat(next(asked)).isEqualTo(1);
            ConfigFiles.write(directory, "  web: {scripted: {}}\n  api: {scripted: {}}\n");
            assertThat(next(told)).isInstanceOf(ConfigException.class);
            for (int tries = 0; tries < 4; tries++) {
                assertThat(next(asked)).isEqualTo(2);
            }
            assertThat(told).isEmpty();

            away.set(false);

            assertThat(next(told)).hasToString("added api");
            host.watcher("api").acquire(PATIENCE).close();
        }
    }

    /** What comes next while time goes by. */
    private <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = null;
        for (long end = System.nanoTime() + PATIENCE.toNanos(); next == null && System.nanoTime() - end < 0; ) {
            time.advance(Duration.ofMillis(500));
            next = queue.poll(1, TimeUnit.MILLISECONDS);
        }
        return Objects.requireNonNull(next, "nothing came");
    }

    @Test
    void changeThatThrows_isNotTheLastThatIsNoticed() throws Exception {
        Path file = ConfigFiles.write(directory, "a");
        int[] changes = {0};
        BooleanSupplier broken = () -> {
            changes[0]++;
            throw new IllegalStateException("broken listener");
        };
        try (FileWatch watch = watch(file, broken)) {
            ConfigFiles.write(directory, "bb");
            time.advance(Duration.ofSeconds(2));
            ConfigFiles.write(directory, "ccc");
            time.advance(Duration.ofSeconds(2));

            assertThat(changes[0]).isEqualTo(2);
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void changeThatThrows_isTriedAgainWithoutAnother() throws Exception {
        Path file = ConfigFiles.write(directory, "a");
        int[] tries = {0};
        BooleanSupplier brokenOnce = () -> {
            if (++tries[0] == 1) {
                throw new IllegalStateException("broken");
            }
            return true;
        };
        try (FileWatch watch = watch(file, brokenOnce)) {
            ConfigFiles.write(directory, "bb");
            time.advance(Duration.ofSeconds(1));
            assertThat(tries[0]).isOne();

            time.advance(Duration.ofSeconds(60));

            assertThat(tries[0]).isEqualTo(2);
            assertThat(watch).isNotNull();
        }
    }

    @Test
    void listenerThatThrows_theFileIsTriedAgainUntilItIsTakenIn_andSoIsTheNext() throws Exception {
        Path file = ConfigFiles.write(directory, "  web: {scripted: {}}\n");
        away.set(true);
        ReloadListener broken = new ReloadListener() {
            @Override
            public void onReloaded(Reload reload) {
                told.add(reload);
                throw new IllegalStateException("broken listener");
            }

            @Override
            public void onRefused(LazyStartException refusal) {
                told.add(refusal);
                throw new IllegalStateException("broken listener");
            }
        };
        try (LazyStart host = builder(file)
                .validator(this::refuseWhileAway)
                .reloadOnChange(broken)
                .ticker(ticker)
                .scheduler(time)
                .build()) {
            assertThat(next(asked)).isEqualTo(1);
            ConfigFiles.write(directory, "  web: {scripted: {}}\n  api: {scripted: {}}\n");
            assertThat(next(told)).isInstanceOf(ConfigException.class);
            assertThat(next(asked)).isEqualTo(2);
            assertThat(next(asked)).isEqualTo(2);

            away.set(false);
            assertThat(next(told)).hasToString("added api");
            host.watcher("api").acquire(PATIENCE).close();
            asked.clear();
            ConfigFiles.write(directory, "  web: {scripted: {}}\n");

            assertThat(next(asked)).isEqualTo(1);
            assertThat(next(told)).hasToString("removed api");
        }
    }
}
