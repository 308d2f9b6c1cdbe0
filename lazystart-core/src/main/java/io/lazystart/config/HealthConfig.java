// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;

/**
 * How a unit that is ready is asked whether it still can serve. A unit that is unhealthy gets no new callers, and is
 * restarted when its leases have ended or {@code stop.drain} has passed.
 *
 * @param probe what is asked, and how long one probe may take; not null
 * @param interval from one probe to the next; more than zero; an unhealthy unit is probed each second at least; default
 *     10 s
 * @param fall after so many failed probes in a row it is unhealthy; one or more; default 3
 * @param rise after so many good probes in a row it is well again; one or more; default 1
 */
public record HealthConfig(ReadyConfig probe, Duration interval, int fall, int rise) {
    /** Default: a TCP connection each 10 s; three failures in a row are too many, one success is enough. */
    public static final HealthConfig TCP = new HealthConfig(ReadyConfig.TCP, Duration.ofSeconds(10), 3, 1);

    /**
     * Asks by HTTP for any status from 200 to 399, else as {@link #TCP}.
     *
     * @param path path and query, beginning with a slash
     * @return the probe
     */
    public static HealthConfig http(String path) {
        return new HealthConfig(ReadyConfig.http(path), TCP.interval(), TCP.fall(), TCP.rise());
    }
}
