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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Services of a swarm of one node, which is reached through a forwarder that can cut and hold. */
@RequiresPeer("docker")
@ExtendWith(SwarmEngine.class)
class SwarmContractPeerTest extends ProviderContractTest {
    /** Cases that count descriptors of this JVM, among which the forwarder's would be. */
    private static final String COUNTS_DESCRIPTORS = "leavesNoThreadDescriptorOrProcess";

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration AGES = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    private final SwarmServices services = new SwarmServices();
    private final Map<String, String> ids = new HashMap<>();
    private final boolean direct;
    private @Nullable Forwarder forwarder;

    SwarmContractPeerTest(TestInfo test) {
        direct = test.getTestMethod().orElseThrow().getName().endsWith(COUNTS_DESCRIPTORS);
    }

    @AfterEach
    void tidyUp() throws IOException {
        services.close();
        if (forwarder != null) {
            forwarder.close();
        }
    }

    @Override
    protected ProviderFactory factory() {
        return new SwarmProviderFactory();
    }

    @Override
    protected Map<String, Object> connection() {
        Path socket = direct ? SwarmEngine.socket() : folder.resolve("engine.sock");
        if (!direct && forwarder == null) {
            forwarder = forwarder(socket);
        }
        return Map.of("host", "unix://" + socket);
    }

    @Override
    protected Settings settings(String service, UnitKind kind) {
        switch (kind) {
            case PLAIN -> ids.put(service, services.create(service, GRACE, Containers.POLITE));
            case STUBBORN -> ids.put(service, services.create(service, AGES, Containers.STUBBORN));
            case FAILING -> ids.put(service, services.create(service, GRACE, "echo trying; echo no luck; exit 3"));
            case LISTENING ->
                ids.put(service, services.create(service, GRACE, Containers.POLITE, SwarmServices::published));
            case MISSING -> {}
        }
        Map<String, Object> settings = kind == UnitKind.LISTENING
                ? Map.of("service", services.name(service))
                : Map.of("service", services.name(service), "port", 0);
        return new Settings("services." + service + ".swarm", settings);
    }

    @Override
    protected Exit failure() {
        return new Exit(3, false, List.of("trying", "no luck"));
    }

    @Override
    protected Duration patience() {
        return Duration.ofSeconds(20);
    }

    @Override
    protected void awaitUp(String service) {
        services.awaitUp(service);
    }

    @Override
    protected void stopOutside(String service) {
        services.stop(service);
    }

    @Override
    protected boolean startOutside(String service) {
        services.scale(service, 1);
        services.awaitServing(service, 1);
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
                : new HeldRequest(forwarder.hold(request -> isPartOf(request, service, call)));
    }

    private boolean isPartOf(String request, String service, Call call) {
        return switch (call) {
            case START, KILL -> request.contains("/services/" + ids.get(service) + "/update");
            case STATUS, ADDRESS, HEALTH -> request.contains("/services/" + services.name(service) + " ");
            case STOP, PAUSE, UNPAUSE -> false;
        };
    }

    private static Forwarder forwarder(Path socket) {
        try {
            return Forwarder.at(socket, SwarmEngine.socket());
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** The manager does not answer. */
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

    /** The service is scaled to nothing, and its task has ages to end; force ends it. */
    private final class IgnoredSignal implements HeldCall {
        private final String service;

        IgnoredSignal(String service) {
            this.service = service;
        }

        @Override
        public void awaitReached() {
            await().until(() -> services.read(service).replicas() == 0);
        }

        /** Nobody has to: whoever holds it kills the unit or interrupts the stop. */
        @Override
        public void close() {}
    }
}
