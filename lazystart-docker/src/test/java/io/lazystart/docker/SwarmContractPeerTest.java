// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.testkit.RequiresPeer;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.testkit.UnitKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** Services of a swarm of one node. */
@RequiresPeer("docker")
@ExtendWith(SwarmEngine.class)
class SwarmContractPeerTest extends EngineContract {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration AGES = Duration.ofMinutes(10);

    private final SwarmServices services = new SwarmServices();
    private final Map<String, String> ids = new HashMap<>();

    SwarmContractPeerTest(TestInfo test) {
        super(test);
    }

    @AfterEach
    void removeServices() {
        services.close();
    }

    @Override
    Path engine() {
        return SwarmEngine.socket();
    }

    @Override
    protected ProviderFactory factory() {
        return new SwarmProviderFactory();
    }

    @Override
    protected Settings settings(String service, UnitKind kind) {
        switch (kind) {
            case PLAIN -> ids.put(service, services.create(service, GRACE, Containers.POLITE));
            case STUBBORN -> ids.put(service, services.create(service, AGES, Containers.STUBBORN));
            case FAILING -> ids.put(service, services.create(service, GRACE, FAILING));
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
    boolean isToldToStop(String service) {
        return services.read(service).replicas() == 0;
    }

    @Override
    boolean isPartOf(String request, String service, Call call) {
        return switch (call) {
            case START, KILL -> request.contains("/services/" + ids.get(service) + "/update");
            case STATUS, ADDRESS, HEALTH -> request.contains("/services/" + services.name(service) + " ");
            case STOP, PAUSE, UNPAUSE -> false;
        };
    }
}
