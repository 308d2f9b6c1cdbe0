// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.awaitility.Awaitility.await;

import io.lazystart.provider.Exit;
import io.lazystart.testkit.HeldCall;
import io.lazystart.testkit.ProviderContractTest;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What the contract asks of units of an engine, which is reached through a forwarder that can cut and hold. */
abstract class EngineContract extends ProviderContractTest {
    /** Ends as {@link #failure()} tells. */
    static final String FAILING = "echo trying; echo no luck; exit 3";

    /** Cases that count descriptors of this JVM, among which the forwarder's would be. */
    private static final String COUNTS_DESCRIPTORS = "leavesNoThreadDescriptorOrProcess";

    @TempDir
    private Path folder;

    private final boolean direct;
    private @Nullable Forwarder forwarder;

    EngineContract(TestInfo test) {
        direct = test.getTestMethod().orElseThrow().getName().endsWith(COUNTS_DESCRIPTORS);
    }

    /** Where the engine listens. */
    abstract Path engine();

    /** Whether a request is the one by which a call does its work, which is no stop. */
    abstract boolean isPartOf(String request, String service, Call call);

    /** Whether a stubborn unit has been told to stop. */
    abstract boolean isToldToStop(String service) throws Exception;

    @AfterEach
    void closeForwarder() throws IOException {
        if (forwarder != null) {
            forwarder.close();
        }
    }

    @Override
    protected Map<String, Object> connection() {
        Path socket = direct ? engine() : folder.resolve("engine.sock");
        if (!direct && forwarder == null) {
            try {
                forwarder = Forwarder.at(socket, engine());
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
        return Map.of("host", "unix://" + socket);
    }

    @Override
    protected Exit failure() {
        return new Exit(3, false, List.of("trying", "no luck"));
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
                ? new IgnoredStop(service)
                : new HeldRequest(forwarder.hold(request -> isPartOf(request, service, call)));
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

    /** The unit has been told to stop and goes on; force ends it. */
    private final class IgnoredStop implements HeldCall {
        private final String service;

        IgnoredStop(String service) {
            this.service = service;
        }

        @Override
        public void awaitReached() {
            await().until(() -> isToldToStop(service));
        }

        /** Nobody has to: whoever holds it kills the unit or interrupts the stop. */
        @Override
        public void close() {}
    }
}
