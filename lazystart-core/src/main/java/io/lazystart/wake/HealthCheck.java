// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.HealthConfig;
import io.lazystart.probe.Probe;
import io.lazystart.probe.ProbeResult;
import io.lazystart.probe.ProbeSchedule;
import io.lazystart.provider.Health;
import io.lazystart.provider.Unit;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a unit is asked whether it still can serve: its provider, a probe, or both; as it is made ready where nothing is said. */
final class HealthCheck {
    private static final Logger log = LoggerFactory.getLogger("io.lazystart");

    private final String service;
    private final Unit unit;
    private final @Nullable Probe probe;
    private final Duration timeout;
    private final boolean asksProvider;

    HealthCheck(WatcherConfig config) {
        HealthConfig given = config.service().health();
        this.service = config.service().name();
        this.unit = config.unit();
        this.probe = config.health();
        this.timeout = given == null
                ? config.service().ready().timeout()
                : given.probe().timeout();
        this.asksProvider = given == null
                ? config.service().ready().provider()
                : given.probe().provider();
    }

    /** Whether anybody is asked. */
    boolean asks() {
        return probe != null || asksProvider;
    }

    /** Whether the provider is asked. */
    boolean asksProvider() {
        return asksProvider;
    }

    /** How long the probe may take. */
    Duration timeout() {
        return timeout;
    }

    /** Asks, blocking; null where nothing can be said of the unit. {@code address} is called where a probe is made. */
    @Nullable
    ProbeResult ask(Callable<@Nullable URI> address) throws Exception {
        if (asksProvider) {
            Health health = health();
            if (health == Health.UNHEALTHY || health == Health.HEALTHY) {
                return new ProbeResult(health == Health.HEALTHY, HealthReport.observed(health));
            }
            if (probe == null) {
                return health == null ? null : new ProbeResult(true, HealthReport.observed(health));
            }
        }
        URI known = address.call();
        if (known == null) {
            return new ProbeResult(!unit.listens(), "it has no address");
        }
        return Objects.requireNonNull(probe).probe(known, timeout, ProbeSchedule.lingerNanos(Long.MAX_VALUE));
    }

    /** Null where the provider cannot tell: that says nothing about the unit. */
    private @Nullable Health health() throws InterruptedException {
        try {
            return unit.health();
        } catch (InterruptedException over) {
            throw over;
        } catch (Exception unknown) {
            log.debug("{}: health: {}", service, unknown.toString());
            return null;
        }
    }
}
