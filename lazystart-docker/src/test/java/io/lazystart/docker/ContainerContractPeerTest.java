// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

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
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Containers of the engine of this machine, which is reached through a forwarder that can cut and hold. */
@RequiresPeer("docker")
class ContainerContractPeerTest extends ProviderContractTest {
    /** Cases that count descriptors of this JVM, among which the forwarder's would be. */
    private static final String COUNTS_DESCRIPTORS = "leavesNoThreadDescriptorOrProcess";

    @TempDir
    private Path folder;

    private final Containers containers = new Containers();
    private final Map<String, String> ids = new HashMap<>();
    private final boolean direct;
    private @Nullable Forwarder forwarder;

    ContainerContractPeerTest(TestInfo test) throws IOException, InterruptedException {
        direct = test.getTestMethod().orElseThrow().getName().endsWith(COUNTS_DESCRIPTORS);
    }

    @AfterEach
    void tidyUp() throws IOException {
        containers.close();
        if (forwarder != null) {
            forwarder.close();
        }
    }

    @Override
    protected ProviderFactory factory() {
        return new DockerProviderFactory();
    }

    @Override
    protected Map<String, Object> connection() {
        Path socket = direct ? Containers.SOCKET : folder.resolve("engine.sock");
        if (!direct && forwarder == null) {
            forwarder = forwarder(socket);
        }
        return Map.of("host", "unix://" + socket);
    }

    @Override
    protected Settings settings(String service, UnitKind kind) {
        @Nullable
        String script = switch (kind) {
            case PLAIN, LISTENING -> Containers.POLITE;
            case STUBBORN -> Containers.STUBBORN;
            case FAILING -> "echo trying; echo no luck; exit 3";
            case MISSING -> null;
        };
        if (script != null) {
            ids.put(service, containers.create(service, script));
        }
        return new Settings("services." + service + ".docker", Map.of("container", Containers.name(service)));
    }

    @Override
    protected Exit failure() {
        return new Exit(3, false, List.of("trying", "no luck"));
    }

    @Override
    protected void awaitUp(String service) {
        containers.awaitUp(service);
    }

    @Override
    protected void stopOutside(String service) {
        containers.kill(service);
    }

    @Override
    protected boolean startOutside(String service) {
        containers.start(service);
        return true;
    }

    @Override
    protected boolean breakEvents() {
        forwarder.cut(request -> request.contains("/events"));
        return true;
    }

    @Override
    protected void mendEvents() {
        forwarder.mend();
    }

    @Override
    protected HeldCall hold(String service, Call call) throws IOException {
        return call == Call.STOP
                ? new IgnoredSignal(service)
                : new HeldRequest(forwarder.hold(request -> isAbout(request, service) && isPartOf(request, call)));
    }

    @Override
    protected String signalSeen(String service) throws Exception {
        List<String> output = containers.output(service);
        return output.get(output.size() - 1);
    }

    private boolean isAbout(String request, String service) {
        return request.contains("/" + Containers.name(service) + "/") || request.contains("/" + ids.get(service) + "/");
    }

    private static boolean isPartOf(String request, Call call) {
        return switch (call) {
            case START -> request.contains("/start");
            case STOP -> request.contains("/kill?signal=SIGTERM");
            case KILL -> request.contains("/kill?signal=SIGKILL");
            case PAUSE -> request.contains("/pause");
            case UNPAUSE -> request.contains("/unpause");
            case STATUS, ADDRESS, HEALTH -> request.contains("/json");
        };
    }

    private static Forwarder forwarder(Path socket) {
        try {
            return Forwarder.at(socket, Containers.SOCKET);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** The engine does not answer. */
    private record HeldRequest(Forwarder.Hold hold) implements HeldCall {
        @Override
        public void awaitReached() throws InterruptedException {
            hold.awaitReached();
        }

        @Override
        public void close() {
            hold.close();
        }
    }

    /** The script has been told to stop and goes on; force ends it. */
    private final class IgnoredSignal implements HeldCall {
        private final String service;

        IgnoredSignal(String service) {
            this.service = service;
        }

        @Override
        public void awaitReached() {
            await().until(() -> containers.output(service).contains("TERM"));
        }

        /** Nobody has to: whoever holds it kills the unit or interrupts the stop. */
        @Override
        public void close() {}
    }
}
