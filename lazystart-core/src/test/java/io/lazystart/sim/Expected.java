// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Status;
import io.lazystart.state.ConfigSignal;
import io.lazystart.state.DependencySignal;
import io.lazystart.state.OrderSignal;
import io.lazystart.state.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What the worlds of the default seeds must have met, and how often. */
final class Expected {
    private static final long LEAST = 1000;

    private static final EnumSet<Status> ALL = EnumSet.allOf(Status.class);

    /**
     * Where signals can be met that cannot be met everywhere: callers are held in two statuses only, a timer is void once
     * the status is left that it was set in, and a dependency's answer comes late only by the length of a queue.
     */
    private static final Map<Class<?>, Set<Status>> ONLY = Map.ofEntries(
            Map.entry(Signal.Boot.class, EnumSet.noneOf(Status.class)),
            Map.entry(ConfigSignal.Replaced.class, EnumSet.of(Status.STOPPING)),
            Map.entry(Signal.WaiterLeft.class, EnumSet.of(Status.STARTING, Status.STOPPING)),
            Map.entry(Signal.WaiterExpired.class, EnumSet.of(Status.STARTING, Status.STOPPING)),
            Map.entry(Signal.AttemptExpired.class, EnumSet.of(Status.STARTING)),
            Map.entry(Signal.DrainExpired.class, EnumSet.of(Status.STOPPING, Status.STARTING)),
            Map.entry(Signal.Drained.class, EnumSet.of(Status.STOPPING, Status.STARTING)),
            Map.entry(Signal.IdleDue.class, EnumSet.of(Status.READY)),
            Map.entry(Signal.IdleAnswered.class, EnumSet.of(Status.READY)),
            Map.entry(Signal.HealthFell.class, EnumSet.of(Status.READY, Status.STARTING)),
            Map.entry(Signal.HealthRose.class, EnumSet.of(Status.STARTING)),
            Map.entry(Signal.LingerOver.class, EnumSet.of(Status.ERROR)),
            Map.entry(Signal.RetryDue.class, EnumSet.of(Status.ERROR)),
            Map.entry(Signal.RereadDue.class, EnumSet.complementOf(EnumSet.of(Status.STOPPING))),
            Map.entry(Signal.ProbeSucceeded.class, EnumSet.of(Status.STARTING, Status.ERROR)),
            Map.entry(DependencySignal.Taken.class, EnumSet.of(Status.STARTING)),
            Map.entry(DependencySignal.Event.class, EnumSet.of(Status.STARTING, Status.READY, Status.ERROR)),
            Map.entry(DependencySignal.Failed.class, EnumSet.of(Status.STARTING)),
            Map.entry(DependencySignal.Lost.class, EnumSet.of(Status.STARTING, Status.READY)),
            Map.entry(OrderSignal.Close.class, EnumSet.complementOf(EnumSet.of(Status.STARTING))),
            Map.entry(Signal.GraceOver.class, EnumSet.of(Status.STOPPING, Status.ERROR)),
            Map.entry(Signal.VerbExpired.class, EnumSet.of(Status.READY, Status.STOPPING, Status.ERROR)),
            Map.entry(Signal.VerbDone.class, EnumSet.complementOf(EnumSet.of(Status.NAPPING))),
            Map.entry(Signal.VerbFailed.class, EnumSet.complementOf(EnumSet.of(Status.NAPPING))));

    private Expected() {}

    /** Lists what was met too seldom. */
    static List<String> missing(Coverage coverage) {
        List<String> missing = new ArrayList<>();
        for (Coverage.Event event : Coverage.Event.values()) {
            if (coverage.of(event) < LEAST) {
                missing.add(event + " " + coverage.of(event));
            }
        }
        for (Class<?> signal : signals(Signal.class).toList()) {
            for (Status status : ONLY.getOrDefault(signal, ALL)) {
                if (coverage.of(status, signal) < LEAST) {
                    missing.add(signal.getSimpleName() + " in " + status + " " + coverage.of(status, signal));
                }
            }
        }
        return missing;
    }

    private static Stream<Class<?>> signals(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(Expected::signals)
                : Stream.of(type);
    }
}
