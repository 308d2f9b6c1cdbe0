// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotModifiedException;
import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One container, by its name or id, however many services mean it. */
final class Container {
    private static final Logger LOG = LoggerFactory.getLogger(Container.class);
    private static final Pattern BEGINNING = Pattern.compile("[0-9a-f]{1,64}");
    private static final long FIRST_LOOK_NANOS = Duration.ofMillis(2).toNanos();
    private static final long LAST_LOOK_NANOS = Duration.ofMillis(50).toNanos();
    private static final Duration KILL_AGAIN = Duration.ofSeconds(1);

    /** How long a start waits for its own event, which comes before the engine's answer wherever events are heard. */
    private static final long EVENT_MILLIS = 100;

    private final String reference;
    private final Engine engine;
    private final Ticker ticker;

    private final Claims claims;

    /** Means it by the name that the core knows it by. */
    private final Claims.Claimant claimant;

    /** Id of the container that was found last. */
    private final AtomicReference<@Nullable String> met = new AtomicReference<>();

    /** Where a start waits for what its event has led to; null before the first. */
    private final AtomicReference<@Nullable CompletableFuture<@Nullable Inspection>> awaited = new AtomicReference<>();

    /** How the last run ended whose output was read. Read and replaced as a whole; who comes late reads it again. */
    private volatile @Nullable Ended lastEnd;

    Container(String reference, Engine engine, Ticker ticker, Claims claims) {
        this.reference = reference;
        this.claims = claims;
        this.claimant = new Claims.Claimant(ContainerUnit.canonical(reference));
        this.engine = engine;
        this.ticker = ticker;
    }

    private record Ended(String run, Exit exit, @Nullable Instant at) {}

    Engine engine() {
        return engine;
    }

    /**
     * Looks at it, or gives null if it is missing.
     *
     * @throws ProviderException also if another reference was found to mean the same container, and still does
     */
    @Nullable
    Inspection look() throws InterruptedException {
        Inspection seen = look(reference);
        Claims.Claimant other = claims.found(claimant, idOf(seen));
        while (other != null) {
            claims.found(other, idOf(look(other.reference())));
            Claims.Claimant holder = claims.found(claimant, idOf(seen));
            if (holder == other) {
                throw new ProviderException(
                        "container " + claimant.reference() + ": it is the container \"" + other.reference()
                                + "\", which another service names so (expected: one name for it everywhere)",
                        null,
                        null);
            }
            other = holder;
        }
        if (seen != null && !seen.id().equals(met.getAndSet(seen.id()))) {
            meet(seen);
        }
        return seen;
    }

    /** Says what is to be known of a container that was not seen before. */
    private static void meet(Inspection seen) {
        if (seen.isRestartedAlways()) {
            LOG.warn(
                    "container {}: restart policy: always (expected: unless-stopped, on-failure or no, as the engine undoes a"
                            + " stop of this one when it starts again itself)",
                    seen.name());
        }
    }

    /** It is in use no more: it goes on for whoever has it still, and keeps no other away. */
    void release() {
        claims.release(claimant);
    }

    /** Whether a container is known to be another reference's, who tells of it. */
    boolean isOfAnother(String id) {
        return claims.isOfAnother(claimant, id);
    }

    /** Looks at what has the name or id now, which for an id is this container in its life so far. */
    @Nullable
    Inspection look(String nameOrId) throws InterruptedException {
        try {
            Inspection seen = new Inspection(
                    engine.ask(client -> client.inspectContainerCmd(nameOrId).exec()));
            return seen.isMeantBy(nameOrId) ? seen : null;
        } catch (DockerException refusal) {
            if (Refusals.isMissing(refusal)) {
                return null;
            }
            throw refused("inspect", refusal);
        }
    }

    UnitStatus status() throws InterruptedException {
        Inspection seen = look();
        return seen == null ? new UnitStatus(State.STOPPED, null, null) : status(seen);
    }

    UnitStatus status(Inspection seen) throws InterruptedException {
        State state = seen.state();
        return state == State.STOPPED
                ? new UnitStatus(state, null, exit(seen))
                : new UnitStatus(state, seen.run(), null);
    }

    /** How the last run ended; null if there was none. */
    @Nullable
    Exit exit(Inspection seen) throws InterruptedException {
        String run = seen.run();
        if (run == null) {
            return null;
        }
        Ended known = lastEnd;
        if (known != null && known.run().equals(run)) {
            return known.exit();
        }
        Exit bare = new Exit(seen.exitCode(), seen.outOfMemory(), List.of());
        Instant before = known == null ? null : known.at();
        Exit exit = bare.clean() ? bare : new Exit(bare.code(), bare.outOfMemory(), output(seen, before));
        lastEnd = new Ended(run, exit, seen.finishedAt());
        return exit;
    }

    /** Starts it and gives the run's id. */
    @Nullable
    String start() throws InterruptedException {
        refuseOthers();
        String target = target("start");
        CompletableFuture<@Nullable Inspection> event = new CompletableFuture<>();
        awaited.set(event);
        Inspection seen = null;
        try {
            engine.ask(client -> client.startContainerCmd(target).exec());
            seen = within(event);
        } catch (NotModifiedException runsAlready) {
            // or waits for the next try of its restart policy, which is seen below
        } catch (DockerException refusal) {
            throw refused("start", refusal);
        }
        if (seen == null) {
            seen = present("start");
        }
        if (seen.isRestarting()) {
            restart();
            seen = present("start");
        }
        Exit exit = seen.state() == State.STOPPED ? exit(seen) : null;
        if (exit != null && !exit.clean()) {
            throw new ProviderException("start: " + reference + ": it ended at once, " + ending(exit), exit, null);
        }
        return seen.run();
    }

    /** Its event has told that it was started, and it was looked at: a start need not do so again. */
    void seenStarted(Inspection seen) {
        CompletableFuture<@Nullable Inspection> waiting = awaited.get();
        if (waiting != null) {
            boolean known = seen.state() == State.RUNNING && seen.id().equals(met.get());
            waiting.complete(known ? seen : null);
        }
    }

    private static @Nullable Inspection within(CompletableFuture<@Nullable Inspection> event)
            throws InterruptedException {
        try {
            return event.get(EVENT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException notHeard) {
            return null;
        }
    }

    /** Ends it by a signal, or by force when that did not help in time. */
    void stop(@Nullable String signal, Duration timeout) throws InterruptedException {
        Inspection seen = look();
        if (seen == null || seen.isOver()) {
            return;
        }
        if (!timeout.isZero() && !timeout.isNegative()) {
            send(seen.id(), signal == null ? seen.stopSignal() : signal);
            if (seen.state() == State.PAUSED) {
                goOn(seen.id()); // what is frozen does not hear a signal
            }
            if (isOverWithin(seen.id(), seen.run(), timeout)) {
                return;
            }
        }
        kill(seen.id());
    }

    /** Ends it by force. */
    void kill() throws InterruptedException {
        Inspection seen = look();
        if (seen != null && !seen.isOver()) {
            kill(seen.id());
        }
    }

    void pause() throws InterruptedException {
        refuseOthers();
        String target = target("pause");
        try {
            engine.ask(client -> client.pauseContainerCmd(target).exec());
        } catch (DockerException refusal) {
            throw refused("pause", refusal);
        }
    }

    void unpause() throws InterruptedException {
        refuseOthers();
        String target = target("unpause");
        try {
            engine.ask(client -> client.unpauseContainerCmd(target).exec());
        } catch (DockerException refusal) {
            throw refused("unpause", refusal);
        }
    }

    /** A look takes time, which is saved where it was found to be nobody else's. */
    private void refuseOthers() throws InterruptedException {
        if (!claims.isHolder(claimant)) {
            look();
        }
    }

    /** Until it is over: one that was just being started may not have been there to be killed. */
    private void kill(String id) throws InterruptedException {
        do {
            send(id, "SIGKILL");
        } while (!isOverWithin(id, null, KILL_AGAIN));
    }

    private void goOn(String id) throws InterruptedException {
        try {
            engine.ask(client -> client.unpauseContainerCmd(id).exec());
        } catch (DockerException runsOrHasEnded) {
            LOG.debug("{}: unpause for a stop: {}", reference, Refusals.said(runsOrHasEnded));
        }
    }

    /** The engine would take a start for done, and wait on for the next try of its policy. */
    private void restart() throws InterruptedException {
        try {
            engine.ask(client ->
                    client.restartContainerCmd(reference).withTimeout(0).exec());
        } catch (DockerException refusal) {
            throw refused("start", refusal);
        }
    }

    /** What a verb is asked of. A name that may be the beginning of some other container's id is looked up before. */
    private String target(String verb) throws InterruptedException {
        boolean ambiguous = BEGINNING.matcher(reference).matches() && !Inspection.isId(reference);
        return ambiguous ? present(verb).id() : reference;
    }

    private Inspection present(String verb) throws InterruptedException {
        Inspection seen = look();
        if (seen == null) {
            throw missing(verb, null);
        }
        return seen;
    }

    /** Sends a signal to what runs; what does not is left alone. */
    private void send(String id, String signal) throws InterruptedException {
        try {
            engine.ask(client -> client.killContainerCmd(id).withSignal(signal).exec());
        } catch (ConflictException notRunning) {
            LOG.debug("{}: {}: {}", reference, signal, Refusals.said(notRunning));
        } catch (DockerException refusal) {
            if (!Refusals.isMissing(refusal)) {
                throw refused("signal " + signal, refusal);
            }
        }
    }

    /**
     * Waits until it is over.
     *
     * @param run what is to be over; another one that the engine has begun by itself is not waited for. Null for any: the engine
     *     begins none after a kill, but does after any signal that is not the container's own, by some policies
     */
    private boolean isOverWithin(String id, @Nullable String run, Duration timeout) throws InterruptedException {
        long limit = saturated(timeout);
        long began = ticker.nanos();
        while (true) {
            Inspection seen = look(id);
            if (seen == null || seen.isOver()) {
                return true;
            }
            long passed = ticker.nanos() - began;
            boolean anew = run != null && (seen.isRestarting() || !run.equals(seen.run()));
            if (passed >= limit || anew) {
                return false;
            }
            long pause = Math.min(LAST_LOOK_NANOS, Math.max(FIRST_LOOK_NANOS, passed / 8));
            ticker.sleep(Duration.ofNanos(Math.min(pause, limit - passed)));
        }
    }

    private static long saturated(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException longer) {
            return Long.MAX_VALUE;
        }
    }

    /** What it wrote last in its last run; nothing where the engine does not keep it. */
    private List<String> output(Inspection seen, @Nullable Instant endBefore) throws InterruptedException {
        return LastLines.of(engine, "/containers/" + seen.id(), seen.since(endBefore), seen.hasTerminal());
    }

    private ProviderException refused(String verb, DockerException refusal) {
        return Refusals.isMissing(refusal)
                ? missing(verb, refusal)
                : new ProviderException(verb + ": " + reference + ": " + Refusals.said(refusal), null, refusal);
    }

    private ProviderException missing(String verb, @Nullable Throwable cause) {
        return new ProviderException(
                verb + ": no such container: " + reference + " (expected: one that exists; seen by " + engine.address()
                        + ")",
                null,
                cause);
    }

    private static @Nullable String idOf(@Nullable Inspection seen) {
        return seen == null ? null : seen.id();
    }

    private static String ending(Exit exit) {
        return exit.outOfMemory() ? "out of memory" : "exit code " + exit.code();
    }
}
