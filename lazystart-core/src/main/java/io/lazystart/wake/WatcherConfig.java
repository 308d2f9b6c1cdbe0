// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.probe.Probe;
import io.lazystart.provider.Unit;
import io.lazystart.state.Failures;
import io.lazystart.state.Policy;
import io.lazystart.state.Verb;
import io.lazystart.watch.IdleVeto;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one watcher watches, and how.
 *
 * @param service the service's configuration
 * @param unit the unit it uses
 * @param probe asks whether the started unit can serve, or null where running is enough
 * @param health asks whether the ready unit still can; the same as {@code probe} where the service has no health, and null where
 *     nobody asks
 * @param vetoes the host's own objections to a sleep
 * @param job whether the unit is run to its end, which is its being READY
 */
public record WatcherConfig(
        ServiceConfig service,
        Unit unit,
        @Nullable Probe probe,
        @Nullable Probe health,
        List<IdleVeto> vetoes,
        boolean job) {
    /** What a stop may take beyond the time-out that its provider is given. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(10);

    private static final Duration FAR = Duration.ofDays(36_500);

    /** Copies the vetoes. */
    public WatcherConfig {
        vetoes = List.copyOf(vetoes);
    }

    /** The unit as one of several services uses it; null where the service has it for itself. */
    @Nullable
    SharedUnit shared() {
        return unit instanceof SharedUnit several ? several : null;
    }

    /** How long the unit may be unused; a job that is done has nothing to be kept for. */
    long idleNanos() {
        if (job) {
            return 0;
        }
        return service.idleTimeout().compareTo(FAR) > 0 ? Policy.NEVER : nanos(service.idleTimeout());
    }

    /** What the machine is told. */
    Policy policy() {
        StopConfig stop = service.stop();
        return new Policy(
                nanos(service.wakeTimeout()),
                idleNanos(),
                nanos(service.firstUseTimeout()),
                switch (stop.method()) {
                    case STOP -> Verb.Kind.STOP;
                    case PAUSE ->
                        shared() == null ? Verb.Kind.PAUSE : Verb.Kind.STOP; // the unit is its owner's to pause
                    case KILL -> Verb.Kind.KILL;
                },
                nanos(stop.timeout()) + nanos(STOP_MARGIN),
                nanos(stop.drain()),
                nanos(service.backoff().first()),
                nanos(service.backoff().max()),
                service.backoff().openAfter(),
                nanos(service.backoff().stableAfter()),
                switch (service.restart()) {
                    case NEVER -> Failures.Next.PERSON;
                    case ON_REQUEST -> Failures.Next.DEMAND;
                    case ALWAYS -> Failures.Next.ITSELF;
                },
                shared() != null
                        || service.onClose() == ServiceConfig.OnClose.STOP, // a shared unit is its owner's to leave
                job,
                service.name().hashCode());
    }

    /** Nanoseconds of a duration, at most a century: sums of a few of them do not overflow. */
    static long nanos(Duration duration) {
        return duration.compareTo(FAR) > 0 ? FAR.toNanos() : duration.toNanos();
    }
}
