// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One service of a swarm, by its name or id, however many services of ours mean it: woken and put to sleep by its count. */
final class ScaledService {
    private static final Logger LOG = LoggerFactory.getLogger(ScaledService.class);
    private static final long FIRST_LOOK_NANOS = Duration.ofMillis(5).toNanos();
    private static final long LAST_LOOK_NANOS = Duration.ofMillis(100).toNanos();
    private static final long KILL_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();

    /** Managers make tasks within milliseconds: who has none for so long has been given up by its restart policy. */
    private static final long GIVEN_UP_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int MAX_UPDATES = 20;
    private static final int KILLED = 128 + 9;

    private final String reference;
    private final SwarmApi api;
    private final Ticker ticker;
    private final SwarmRuns runs;

    /** How the last task ended whose output was read. Read and replaced as a whole; who comes late reads it again. */
    private volatile @Nullable Ended lastEnd;

    ScaledService(String reference, SwarmApi api, Ticker ticker, Consumer<UnitEvent> told) {
        this.reference = reference;
        this.api = api;
        this.ticker = ticker;
        this.runs = new SwarmRuns(reference, told);
    }

    private record Ended(String task, Exit exit) {}

    /**
     * What a look has found.
     *
     * @param sight the service and its tasks
     * @param run id of the current run, or null if nothing runs
     * @param exit how the last run ended, where nothing runs that should and that is known
     */
    record Look(
            SwarmSight sight,
            @Nullable String run,
            @Nullable Exit exit) {}

    SwarmApi api() {
        return api;
    }

    /** The whole id of a service that something runs of, or may before long; null for any other. */
    @Nullable
    String awakeId() {
        SwarmSight seen = runs.lastSight();
        return seen == null || seen.isOver() ? null : seen.service().id();
    }

    /** Whether other tasks ran when it was last looked than those of a list. */
    boolean differs(List<SwarmTask> listed) {
        Set<String> running =
                listed.stream().filter(SwarmTask::isRunning).map(SwarmTask::id).collect(Collectors.toSet());
        return !running.equals(runs.running());
    }

    /** Looks at it and its tasks, or gives null if it is missing. */
    @Nullable
    Look look() throws InterruptedException {
        long ticket = runs.ticket();
        SwarmSight sight;
        try {
            sight = sight();
        } catch (DockerException refusal) {
            throw refused("inspect", refusal);
        }
        runs.looked(ticket, sight); // at once: how a task has ended may take its time to find out, or be missed
        if (sight == null) {
            runs.gone(ticket);
            return null;
        }
        boolean died = sight.running().isEmpty() && sight.service().replicas() > 0;
        SwarmTask last = died ? sight.lastEnded() : null;
        Exit exit = last == null ? null : exit(last);
        return new Look(sight, runs.seen(ticket, sight, exit), exit);
    }

    UnitStatus status() throws InterruptedException {
        Look seen = look();
        if (seen == null) {
            return new UnitStatus(State.STOPPED, null, null);
        }
        return seen.run() == null
                ? new UnitStatus(State.STOPPED, null, seen.exit())
                : new UnitStatus(State.RUNNING, seen.run(), null);
    }

    /**
     * Scales it up from nothing and waits until the first task serves; the others are a matter of readiness. As many failures
     * as there are to be tasks fail the start, and it is scaled down again: the managers would go on trying for ever.
     *
     * @param replicas how many there are to be, or null for as many as there were last
     * @return the run's id
     */
    @Nullable
    String start(@Nullable Integer replicas) throws InterruptedException {
        SwarmSight before = scalable("start").sight();
        Set<String> old = before.tasks().stream()
                .filter(task -> task.isOver() || !task.isWanted())
                .map(SwarmTask::id)
                .collect(Collectors.toSet());
        boolean scaled = scale("start", replicas, true);
        boolean forced = scaled;
        long began = ticker.nanos();
        while (true) {
            Look seen = scalable("start");
            if (!seen.sight().serving().isEmpty()) {
                return seen.run();
            }
            int wanted = seen.sight().service().replicas();
            if (wanted == 0) {
                throw new ProviderException(
                        "start: " + reference + ": somebody has scaled it to 0 meanwhile", null, null);
            }
            List<SwarmTask> ended = seen.sight().ended().stream()
                    .filter(task -> !old.contains(task.id()))
                    .toList();
            if (ended.size() >= wanted) {
                return ended(ended, scaled);
            }
            long passed = ticker.nanos() - began;
            if (!forced && !seen.sight().isTried() && passed > GIVEN_UP_NANOS) {
                forced = force();
            }
            rest(passed, Long.MAX_VALUE);
        }
    }

    /** Scales it to nothing, which each node answers by its own grace; what runs after the time-out is killed where it can be. */
    void stop(Duration timeout) throws InterruptedException {
        if (isScaledDown("stop") && !timeout.isZero() && !timeout.isNegative() && isOverWithin(timeout)) {
            return;
        }
        kill();
    }

    /**
     * Scales it to nothing and kills the containers of its tasks that are this engine's. Those of other nodes cannot be reached:
     * they end when the grace is over that the service gives them, and this waits for it.
     */
    void kill() throws InterruptedException {
        if (!isScaledDown("kill")) {
            return;
        }
        Map<String, Long> killed = new HashMap<>();
        long began = ticker.nanos();
        while (true) {
            Look seen = look();
            if (seen == null || seen.sight().isOver()) {
                return;
            }
            long now = ticker.nanos();
            for (String container : seen.sight().unwanted()) {
                Long last = killed.get(container);
                if (last == null || now - last > KILL_AGAIN_NANOS) {
                    killed.put(container, now);
                    kill(container);
                }
            }
            rest(now - began, Long.MAX_VALUE);
        }
    }

    private @Nullable SwarmSight sight() throws InterruptedException {
        SwarmService service = api.service(reference);
        if (service == null) {
            return null;
        }
        SwarmSight sight = new SwarmSight(service, api.tasks(Set.of(service.id())), Map.of());
        return sight.isEnding() ? sight.with(api.containers(service.id())) : sight;
    }

    /** Looks at what is to be there, and to be such that its count can be changed. */
    private Look scalable(String verb) throws InterruptedException {
        Look seen = look();
        if (seen == null) {
            throw missing(verb);
        }
        refuseUnlessReplicated(verb, seen.sight().service());
        return seen;
    }

    /** Tells whether there is anything to wait for. */
    private boolean isScaledDown(String verb) throws InterruptedException {
        Look seen = look();
        if (seen == null) {
            return false;
        }
        refuseUnlessReplicated(verb, seen.sight().service());
        if (seen.sight().isOver()) {
            return false;
        }
        scale(verb, 0, false);
        return true;
    }

    /** Scales up what is at 0, or down what is not; tells whether it was this call that did. */
    private boolean scale(String verb, @Nullable Integer replicas, boolean up) throws InterruptedException {
        for (int tries = 0; tries < MAX_UPDATES; tries++) {
            SwarmService service = read(verb);
            if (up ? service.replicas() > 0 : service.replicas() == 0) {
                return false;
            }
            Integer last = service.lastReplicas();
            int count = replicas != null ? replicas : last != null ? last : 1;
            if (updated(verb, service, service.scaled(count))) {
                return true;
            }
        }
        throw new ProviderException(
                verb + ": " + reference + ": somebody else changes it all the time (" + MAX_UPDATES + " tries)",
                null,
                null);
    }

    private boolean force() throws InterruptedException {
        LOG.debug("{}: has no tasks, and is given new ones", reference);
        SwarmService service = read("start");
        updated("start", service, service.forced()); // who changes it meanwhile makes tasks as well
        return true;
    }

    private SwarmService read(String verb) throws InterruptedException {
        SwarmService service;
        try {
            service = api.service(reference);
        } catch (DockerException refusal) {
            throw refused(verb, refusal);
        }
        if (service == null) {
            throw missing(verb);
        }
        return service;
    }

    private boolean updated(String verb, SwarmService read, JsonNode spec) throws InterruptedException {
        try {
            return api.update(read, spec);
        } catch (DockerException refusal) {
            throw refused(verb, refusal);
        }
    }

    /** The tasks of a start have ended. If they all did well, that was a run. */
    private String ended(List<SwarmTask> tasks, boolean scaled) throws InterruptedException {
        SwarmTask last = tasks.get(tasks.size() - 1);
        if (tasks.stream().allMatch(SwarmTask::hasEndedWell)) {
            return last.id();
        }
        SwarmTask failed = tasks.stream()
                .filter(task -> !task.hasEndedWell())
                .reduce((one, later) -> later)
                .orElse(last);
        Exit exit = exit(failed);
        if (scaled) {
            scale("start", 0, false);
        }
        String reason = exit.outOfMemory() ? "out of memory" : Refusals.innermost(failed.error());
        throw new ProviderException("start: " + reference + ": it ended at once: " + reason, exit, null);
    }

    /** A node may call a task failed whose program has ended well, such as one that was not healthy. */
    private Exit exit(SwarmTask task) throws InterruptedException {
        Ended known = lastEnd;
        if (known != null && known.task().equals(task.id())) {
            return known.exit();
        }
        Integer code = task.exitCode();
        Exit exit;
        if (task.hasEndedWell()) {
            exit = new Exit(0, false, List.of());
        } else if (code == null || code == 0) {
            exit = new Exit(null, false, code == null ? List.of() : api.output(task));
        } else {
            boolean outOfMemory = code == KILLED && api.ranOutOfMemory(String.valueOf(task.container()));
            exit = new Exit(code, outOfMemory, api.output(task));
        }
        lastEnd = new Ended(task.id(), exit);
        return exit;
    }

    private void kill(String container) throws InterruptedException {
        try {
            api.engine()
                    .ask(client -> client.killContainerCmd(container)
                            .withSignal("SIGKILL")
                            .exec());
        } catch (ConflictException | NotFoundException ended) {
            LOG.debug("{}: kill: {}", reference, Refusals.said(ended));
        } catch (DockerException refusal) {
            throw refused("kill", refusal);
        }
    }

    private boolean isOverWithin(Duration timeout) throws InterruptedException {
        long limit = saturated(timeout);
        long began = ticker.nanos();
        while (true) {
            Look seen = look();
            if (seen == null || seen.sight().isOver()) {
                return true;
            }
            long passed = ticker.nanos() - began;
            if (passed >= limit) {
                return false;
            }
            rest(passed, limit - passed);
        }
    }

    private void rest(long passed, long atMost) throws InterruptedException {
        long pause = Math.min(LAST_LOOK_NANOS, Math.max(FIRST_LOOK_NANOS, passed / 8));
        ticker.sleep(Duration.ofNanos(Math.min(pause, atMost)));
    }

    private static long saturated(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException longer) {
            return Long.MAX_VALUE;
        }
    }

    private void refuseUnlessReplicated(String verb, SwarmService service) {
        if (!service.isReplicated()) {
            throw new ProviderException(
                    verb + ": " + reference + ": mode " + service.mode()
                            + " (expected: Replicated; no other has a count that can be 0)",
                    null,
                    null);
        }
    }

    private ProviderException refused(String verb, DockerException refusal) {
        return new ProviderException(verb + ": " + reference + ": " + Refusals.said(refusal), null, refusal);
    }

    private ProviderException missing(String verb) {
        return new ProviderException(
                verb + ": no such service: " + reference + " (expected: the name of one that exists; seen by "
                        + api.engine().address() + ")",
                null,
                null);
    }
}
