// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.awaitility.Awaitility.await;

import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.testkit.HeldCall;
import io.lazystart.testkit.ProviderContractTest;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.testkit.UnitKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** Shell scripts for units. Nobody but the provider can start one; a stop can be held, by a script that ignores it. */
@RequiresPeer("setsid")
class ProcessContractPeerTest extends ProviderContractTest {
    private static final String LOOP = "echo $$ > %1$s.up; while :; do sleep 0.05; done";

    @TempDir
    private Path notes;

    @Override
    protected ProviderFactory factory() {
        return new ProcessProviderFactory();
    }

    @Override
    protected Settings settings(String service, UnitKind kind) {
        List<String> command = switch (kind) {
            case PLAIN -> script(service, "trap 'echo SIGINT > %1$s.signal; exit 0' INT; " + LOOP);
            case STUBBORN -> script(service, "trap 'echo TERM > %1$s.term' TERM; " + LOOP);
            case LISTENING -> script(service, ": {port}; " + LOOP);
            case FAILING -> script(service, "echo trying; echo no luck >&2; exit 3");
            case MISSING -> List.of("no-such-program");
        };
        return new Settings(
                "services." + service + ".process", Map.of("command", command, "directory", notes.toString()));
    }

    @Override
    protected Exit failure() {
        return new Exit(3, false, List.of("trying", "no luck"));
    }

    @Override
    protected void awaitUp(String service) {
        await().atMost(Bench.PATIENCE).until(() -> leaderLives(service));
    }

    @Override
    protected void stopOutside(String service) throws IOException {
        ProcessHandle leader = leader(service).orElseThrow();
        leader.destroyForcibly();
        leader.onExit().join();
    }

    @Override
    protected boolean startOutside(String service) {
        return false;
    }

    @Override
    protected boolean breakEvents() {
        return false;
    }

    @Override
    protected void mendEvents() {}

    @Override
    protected @Nullable HeldCall hold(String service, Call call) {
        return call == Call.STOP ? new IgnoredSignal(service) : null;
    }

    @Override
    protected @Nullable String signalSeen(String service) throws IOException {
        return Files.readString(note(service, "signal")).strip();
    }

    private static List<String> script(String service, String script) {
        return List.of("sh", "-c", script.formatted(service));
    }

    /** A note of an earlier run names a process that is gone. */
    private boolean leaderLives(String service) throws IOException {
        Path up = note(service, "up");
        return Files.exists(up)
                && Files.readString(up).endsWith("\n")
                && leader(service).isPresent();
    }

    private Optional<ProcessHandle> leader(String service) throws IOException {
        return ProcessHandle.of(
                Long.parseLong(Files.readString(note(service, "up")).strip()));
    }

    private Path note(String service, String what) {
        return notes.resolve(service + "." + what);
    }

    /** The script has been told to stop and goes on; force ends it. */
    private final class IgnoredSignal implements HeldCall {
        private final String service;

        IgnoredSignal(String service) {
            this.service = service;
        }

        @Override
        public void awaitReached() {
            await().atMost(Bench.PATIENCE).until(() -> Files.exists(note(service, "term")));
        }

        /** Nobody has to: whoever holds it kills the unit or interrupts the stop. */
        @Override
        public void close() {}
    }
}
