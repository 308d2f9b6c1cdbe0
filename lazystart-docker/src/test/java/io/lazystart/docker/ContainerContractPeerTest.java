// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
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

/** Containers of the engine of this machine. */
@RequiresPeer("docker")
class ContainerContractPeerTest extends EngineContract {
    private final Containers containers = new Containers();
    private final Map<String, String> ids = new HashMap<>();

    ContainerContractPeerTest(TestInfo test) throws IOException, InterruptedException {
        super(test);
    }

    @AfterEach
    void removeContainers() {
        containers.close();
    }

    @Override
    Path engine() {
        return Containers.SOCKET;
    }

    @Override
    protected ProviderFactory factory() {
        return new DockerProviderFactory();
    }

    @Override
    protected Settings settings(String service, UnitKind kind) {
        @Nullable
        String script = switch (kind) {
            case PLAIN, LISTENING -> Containers.POLITE;
            case STUBBORN -> Containers.STUBBORN;
            case FAILING -> FAILING;
            case MISSING -> null;
        };
        if (script != null) {
            ids.put(service, containers.create(service, script));
        }
        return new Settings("services." + service + ".docker", Map.of("container", Containers.name(service)));
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
    protected String signalSeen(String service) throws Exception {
        List<String> output = containers.output(service);
        return output.get(output.size() - 1);
    }

    @Override
    boolean isToldToStop(String service) throws Exception {
        return containers.output(service).contains("TERM");
    }

    @Override
    boolean isPartOf(String request, String service, Call call) {
        return isAbout(request, service)
                && switch (call) {
                    case START -> request.contains("/start");
                    case KILL -> request.contains("/kill?signal=SIGKILL");
                    case PAUSE -> request.contains("/pause");
                    case UNPAUSE -> request.contains("/unpause");
                    case STATUS, ADDRESS, HEALTH -> request.contains("/json");
                    case STOP -> false;
                };
    }

    private boolean isAbout(String request, String service) {
        return request.contains("/" + Containers.name(service) + "/") || request.contains("/" + ids.get(service) + "/");
    }
}
