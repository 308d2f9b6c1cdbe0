// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.HealthConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.watch.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Two services on the unit {@code box}, to which something happens that only a restart heals. */
final class SickBox {
    final HouseHarness house = new HouseHarness();

    /** A service that is watched, and another; to stop the unit heals it. */
    void box(Consumer<ServiceConfigBuilder> web, String name, Consumer<ServiceConfigBuilder> other) {
        house.serviceOn("box", "web", web).serviceOn("box", name, other).open();
        house.unit("box").listensOn(8080);
        house.unit("box")
                .on(Call.STOP, () -> house.verbs.add("box STOP") && house.sick.removeAll(List.of("web", "api")));
    }

    void webAndAdmin() {
        box(SickBox::watched, "admin", s -> {});
    }

    void webAndApi() {
        box(SickBox::watched, "api", SickBox::watched);
    }

    void webNeeds(DependencyConfig edge) {
        house.service(edge.service(), s -> {});
        box(
                s -> {
                    watched(s);
                    s.dependsOn(edge);
                },
                "api",
                SickBox::watched);
    }

    void webAndAdminPaused() {
        StopConfig pause = new StopConfig(StopConfig.Method.PAUSE, null, ofSeconds(10), ofSeconds(30));
        box(s -> s.health(HealthConfig.TCP).stop(pause), "admin", s -> s.stop(pause));
    }

    static void watched(ServiceConfigBuilder service) {
        service.health(HealthConfig.TCP).wakeTimeout(ofMinutes(1));
    }

    /** The service becomes unhealthy, and a caller waits when its last lease is closed. */
    CompletableFuture<Lease> complains(String service, Lease open) {
        house.sick.add(service);
        house.advance(ofSeconds(31));
        CompletableFuture<Lease> caller = house.acquire(service);
        open.close();
        house.advance(ofMillis(1));
        return caller;
    }

    /** The service's last lease is closed, and it is put to sleep. */
    void sleeps(String service, Lease open) {
        open.close();
        house.watcher(service).sleepNow();
        house.advance(ofMillis(1));
    }
}
