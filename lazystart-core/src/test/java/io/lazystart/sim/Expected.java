// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Status;
import io.lazystart.state.ConfigSignal;
import io.lazystart.state.DependencySignal;
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

    /** Of what is met by the coincidence of a moment only. */
    private static final long LEAST_BY_CHANCE = 5;

    private static final EnumSet<Status> ALL = EnumSet.allOf(Status.class);

    /**
     * Where signals can be met that cannot be met everywhere. Boot comes before all that is counted. Callers are held in
     * STARTING and STOPPING only. A timer is void once the status is left that it was set in; so are a health probe and
     * a question to the vetoes, and a start's probe outlives STARTING only while the unit is left running. The fall to
     * zero of a word that is open is told as idleness, and what is ready has what it needs. A unit is given up while it
     * serves, by services that do not.
     */
    private static final Map<Class<?>, Set<Status>> ONLY = Map.ofEntries(
            Map.entry(Signal.Boot.class, EnumSet.noneOf(Status.class)),
            Map.entry(Signal.WaiterLeft.class, EnumSet.of(Status.STARTING, Status.STOPPING)),
            Map.entry(Signal.WaiterExpired.class, EnumSet.of(Status.STARTING, Status.STOPPING)),
            Map.entry(Signal.AttemptExpired.class, EnumSet.of(Status.STARTING)),
            Map.entry(Signal.DrainExpired.class, EnumSet.of(Status.STARTING, Status.STOPPING)),
            Map.entry(Signal.LingerOver.class, EnumSet.of(Status.ERROR)),
            Map.entry(Signal.RetryDue.class, EnumSet.of(Status.NAPPING, Status.ERROR)),
            Map.entry(Signal.HealthFell.class, EnumSet.of(Status.READY, Status.STARTING)),
            Map.entry(Signal.HealthRose.class, EnumSet.of(Status.STARTING)),
            Map.entry(Signal.IdleAnswered.class, EnumSet.of(Status.READY)),
            Map.entry(Signal.ProbeSucceeded.class, EnumSet.of(Status.STARTING, Status.ERROR)),
            Map.entry(Signal.Drained.class, EnumSet.complementOf(EnumSet.of(Status.READY))),
            Map.entry(DependencySignal.Failed.class, EnumSet.complementOf(EnumSet.of(Status.READY))),
            Map.entry(DependencySignal.GivenUp.class, EnumSet.of(Status.READY)),
            Map.entry(DependencySignal.UnitRestarts.class, EnumSet.of(Status.STARTING, Status.STOPPING, Status.ERROR)),
            Map.entry(ConfigSignal.Replaced.class, EnumSet.of(Status.STOPPING)));

    /**
     * Where a signal is met only if it was on its way when its status was left, in the few moments for which a queue is
     * long, or if a verb that hangs has outlived the status for which it was issued.
     */
    private static final Map<Class<?>, Set<Status>> BY_CHANCE = Map.ofEntries(
            Map.entry(Signal.IdleDue.class, EnumSet.complementOf(EnumSet.of(Status.READY))),
            Map.entry(Signal.RetryDue.class, EnumSet.of(Status.NAPPING)),
            Map.entry(Signal.RereadDue.class, EnumSet.of(Status.STOPPING)),
            Map.entry(Signal.VerbExpired.class, EnumSet.of(Status.NAPPING, Status.STARTING)),
            Map.entry(Signal.GraceOver.class, EnumSet.of(Status.NAPPING, Status.STARTING, Status.READY)),
            Map.entry(DependencySignal.Taken.class, EnumSet.of(Status.NAPPING, Status.STOPPING, Status.ERROR)),
            Map.entry(DependencySignal.Event.class, EnumSet.of(Status.NAPPING)),
            Map.entry(DependencySignal.Failed.class, EnumSet.of(Status.NAPPING)),
            Map.entry(DependencySignal.Lost.class, EnumSet.of(Status.NAPPING, Status.STOPPING, Status.ERROR)),
            Map.entry(DependencySignal.UnitRestarts.class, EnumSet.of(Status.STOPPING)));

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
                boolean byChance = BY_CHANCE.getOrDefault(signal, Set.of()).contains(status);
                if (coverage.of(status, signal) < (byChance ? LEAST_BY_CHANCE : LEAST)) {
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
