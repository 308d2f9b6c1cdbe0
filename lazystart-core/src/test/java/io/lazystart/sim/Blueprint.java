// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.DependencyConfig;
import io.lazystart.config.DependencyConfig.Condition;
import io.lazystart.config.HealthConfig;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.Limits;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.ServiceConfig.Restart;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.config.StopConfig;
import io.lazystart.provider.PortRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws the services of a world: up to twelve, with what they need and how they behave. */
final class Blueprint {
    private final Dice dice;

    /** How many more services use the last unit that is shared, and how many of those there are. */
    private int places;

    private int units;
    private Used last;

    /** What services that use one unit agree on. */
    private record Used(Map<String, Object> settings, StopConfig stop, OnClose onClose) {}

    private Blueprint(Dice dice) {
        this.dice = dice;
    }

    /** Name of the unit that the service shares with others; null if it has one for itself or none. */
    static String unit(ServiceConfig service) {
        Object unit = service.isGroup() ? null : service.unit().settings().get("unit");
        return unit == null ? null : unit.toString();
    }

    /** What is known of a unit that several services use, as the core makes it up. */
    static ServiceConfig ofUnit(String name, List<ServiceConfig> services) {
        ServiceConfig first = services.get(0);
        Duration wake = services.stream()
                .map(ServiceConfig::wakeTimeout)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return new ServiceConfigBuilder()
                .unit("simulated", Map.of())
                .idleTimeout(Duration.ZERO)
                .firstUseTimeout(first.firstUseTimeout())
                .wakeTimeout(wake)
                .stop(first.stop())
                .backoff(first.backoff())
                .onClose(first.onClose())
                .build(name);
    }

    /** The same service with another idle time. */
    static ServiceConfig withIdleTime(ServiceConfig s, Duration idle) {
        return new ServiceConfig(
                s.name(),
                s.unit(),
                s.dependsOn(),
                s.hosts(),
                s.paths(),
                s.stripPrefix(),
                s.upstream(),
                s.ready(),
                s.health(),
                idle,
                s.firstUseTimeout(),
                s.busyCpu(),
                s.wakeTimeout(),
                s.stop(),
                s.restart(),
                s.backoff(),
                s.waitMode(),
                s.holdTimeout(),
                s.pageStatus(),
                s.startEndpoint(),
                s.errorDetails(),
                s.onClose());
    }

    static LazyStartConfig draw(Dice dice) {
        return new Blueprint(dice).draw();
    }

    private LazyStartConfig draw() {
        int size = dice.chance(40) ? 1 + dice.below(2) : dice.chance(70) ? 3 + dice.below(3) : 6 + dice.below(7);
        Map<String, ServiceConfigBuilder> services = new LinkedHashMap<>();
        List<Boolean> jobs = new ArrayList<>();
        List<Boolean> groups = new ArrayList<>();
        List<List<DependencyConfig>> drawn = new ArrayList<>();
        Set<String> needed = new HashSet<>();
        for (int i = 0; i < size; i++) {
            jobs.add(i < size - 1 && dice.chance(8));
            List<DependencyConfig> needs = needs(i, jobs);
            boolean group = !jobs.get(i) && !needs.isEmpty() && dice.chance(12);
            needs.forEach(need -> needed.add(need.service()));
            drawn.add(needs);
            groups.add(group);
        }
        for (int i = 0; i < size; i++) {
            String name = "s" + i;
            if (groups.get(i)) {
                services.put(name, group(drawn.get(i)));
            } else if (jobs.get(i)) {
                services.put(name, service(drawn.get(i), needed.contains(name), own()));
            } else {
                services.put(name, healthy(service(drawn.get(i), needed.contains(name), shared())));
            }
        }
        return LazyStartConfig.of(Path.of("unused"), PortRange.DEFAULT, Limits.DEFAULT, Map.of(), services);
    }

    private List<DependencyConfig> needs(int service, List<Boolean> jobs) {
        List<DependencyConfig> needs = new ArrayList<>();
        for (int on = Math.max(0, service - 4); on < service; on++) {
            if (dice.chance(30)) {
                Condition condition = jobs.get(on)
                        ? Condition.COMPLETED
                        : dice.of(Condition.READY, Condition.READY, Condition.STARTED);
                needs.add(new DependencyConfig("s" + on, condition, dice.chance(20), dice.chance(20)));
            }
        }
        return needs;
    }

    private ServiceConfigBuilder group(List<DependencyConfig> needs) {
        return new ServiceConfigBuilder()
                .dependsOn(needs.toArray(DependencyConfig[]::new))
                .idleTimeout(idle())
                .wakeTimeout(dice.seconds(5, 60));
    }

    /** A unit that a service has for itself. */
    private Used own() {
        StopConfig stop = new StopConfig(
                dice.of(
                        StopConfig.Method.STOP,
                        StopConfig.Method.STOP,
                        StopConfig.Method.PAUSE,
                        StopConfig.Method.KILL),
                null,
                dice.seconds(0, 5, 30),
                dice.seconds(0, 5, 30));
        OnClose onClose = dice.of(OnClose.STOP, OnClose.STOP, OnClose.LEAVE);
        return new Used(Map.of(), stop, onClose);
    }

    /** The unit that the last service uses too, for up to three of them, or another. */
    private Used shared() {
        if (places == 0) {
            Used own = own();
            if (!dice.chance(30)) {
                return own;
            }
            places = 2 + dice.below(2);
            last = new Used(Map.of("unit", "u" + units++), own.stop(), own.onClose());
        }
        places--;
        return last;
    }

    private ServiceConfigBuilder service(List<DependencyConfig> needs, boolean needed, Used unit) {
        Duration first = dice.of(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(10));
        ServiceConfigBuilder service = new ServiceConfigBuilder()
                .unit("simulated", unit.settings())
                .dependsOn(needs.toArray(DependencyConfig[]::new))
                .firstUseTimeout(dice.seconds(0, 10, 30))
                .wakeTimeout(dice.seconds(2, 10, 30, 60))
                .stop(unit.stop())
                .backoff(new BackoffConfig(
                        first,
                        first.multipliedBy(dice.of(1, 4, 30)),
                        dice.seconds(0, 1, 10),
                        dice.chance(50) ? 1 + dice.below(5) : 10))
                .restart(dice.of(Restart.ON_REQUEST, Restart.ON_REQUEST, Restart.NEVER, Restart.ALWAYS))
                .onClose(unit.onClose());
        // What is needed and says nothing sleeps at its last release; for the others that would be a quarter of an
        // hour.
        if (!needed || dice.chance(70)) {
            service.idleTimeout(idle());
        }
        return service;
    }

    /** Whether it still can serve is asked of some. */
    private ServiceConfigBuilder healthy(ServiceConfigBuilder service) {
        return dice.chance(75)
                ? service.health(new HealthConfig(
                        ReadyConfig.TCP, dice.seconds(1, 1, 2, 10), 1 + dice.below(3), 1 + dice.below(2)))
                : service;
    }

    private Duration idle() {
        return dice.of(
                Duration.ZERO,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                ServiceConfig.NEVER);
    }
}
