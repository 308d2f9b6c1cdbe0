// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.time.Scheduler;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.Workers;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runs behind a {@link LazyStart}: threads, providers, watchers. */
final class Services {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);
    private static final long CLOSE_SECONDS = 30;
    private static final long RELOAD_SECONDS = 2;

    private final HostParts parts;

    /** Reads configurations, and takes in what was found. */
    private final Workers reloads = new Workers("reload", 1);

    private final Units units;
    private final Discovery discovery = new Discovery(this::onNews);

    /** Whether what was found is to be taken in soon. */
    private final AtomicBoolean news = new AtomicBoolean();

    /** Hears what has changed by what was found. */
    private final Consumer<Reload> onDiscovered;

    private final Registry registry;
    private final Rounds rounds;
    private final Planner planner;

    /** Held by one reload at a time; providers are opened under it. */
    private final ReentrantLock turn = new ReentrantLock();

    /** What is wanted, as it was said last. Under {@link #turn}. */
    private Source.Declared declared;

    private volatile boolean closed;

    private Services(Source.Declared declared, Providers found, LazyStartBuilder.Host host) {
        LazyStartConfig config = declared.config();
        this.declared = declared;
        parts = new HostParts(config, host, this::calls, this::onResumed, this::onReleased);
        onDiscovered = host.onDiscovered();
        registry = new Registry(parts, config);
        rounds = new Rounds(parts.scheduler(), registry.holders());
        units = new Units(
                found,
                parts.ticker(),
                parts.scheduler(),
                connection -> new ConnectionEvents(connection, registry.holders(), rounds));
        planner = new Planner(units, registry::entries);
    }

    /** Opens providers and watchers; what was opened is closed again if one is refused. */
    static Services open(Source.Declared declared, Providers found, LazyStartBuilder.Host host) {
        Services opened = new Services(declared, found, host);
        opened.turn.lock();
        try {
            opened.units.connect(declared.config());
            opened.units.discover(opened.discovery::listener);
            opened.discovery.awaitFirst();
            Merge merge = opened.discovery.merge(declared);
            Targets targets = opened.planner.targets(merge);
            host.vetoes().check(targets.services().keySet());
            opened.units.watch();
            opened.discovery.done(merge, targets);
            opened.apply(targets);
        } catch (RuntimeException | Error e) {
            opened.closed = true; // what is found from here on is not taken in
            opened.release();
            throw e;
        } finally {
            opened.turn.unlock();
        }
        return opened;
    }

    /** Opens all but the watching of units, and closes it again: nothing is started, adopted or locked. */
    static void check(Source.Declared declared, Providers found, LazyStartBuilder.Host host) {
        LazyStartConfig config = declared.config();
        if (config.connections().isEmpty()) { // else they may be for services that are yet to be found
            host.vetoes().check(config.services().keySet());
        }
        try (ScratchDirectory scratch = new ScratchDirectory(config.stateDirectory())) {
            LazyStartConfig elsewhere = new LazyStartConfig(
                    scratch.path(), config.portRange(), config.limits(), config.connections(), config.services());
            Source.Declared there = new Source.Declared(elsewhere, declared.discovered(), declared.validator());
            Services opened = new Services(there, found, host);
            try {
                opened.units.connect(elsewhere);
                opened.planner.targets(opened.discovery.merge(there));
            } catch (ConfigException refused) {
                throw scratch.translated(refused);
            } finally {
                opened.release();
            }
        }
    }

    LazyStartConfig config() {
        return registry.config();
    }

    boolean isClosed() {
        return closed;
    }

    Scheduler scheduler() {
        return parts.scheduler();
    }

    /** Reads the configuration file and opens what it names; apart, since that may take its time. */
    Executor reloads() {
        return reloads;
    }

    Map<String, Entry> entries() {
        return registry.entries();
    }

    /** Reads a configuration and serves it, while no other reload does. */
    Reload reload(Supplier<Reload> reading) {
        if (turn.isHeldByCurrentThread()) {
            throw new IllegalStateException("reload: called within a reload (expected: after it)");
        }
        turn.lock();
        try {
            return reading.get();
        } finally {
            turn.unlock();
        }
    }

    /**
     * Serves another configuration from now on. Within {@link #reload(Supplier)}.
     *
     * @throws ConfigException if it is refused; nothing has changed then
     * @throws IllegalStateException if the host was closed
     */
    Reload reload(Source.Declared wanted) {
        refuseClosed();
        Reload done = serve(wanted);
        log.info("configuration reloaded: {}", done);
        return done;
    }

    /**
     * Likewise, by a configuration made in code, perhaps of the one that is in force: what was found is not taken for
     * configured then.
     */
    Reload reloadInCode(Source.Declared wanted) {
        LazyStartConfig config = discovery.without(wanted.config());
        return reload(new Source.Declared(config, wanted.discovered(), wanted.validator()));
    }

    private Reload serve(Source.Declared wanted) {
        LazyStartConfig next = wanted.config();
        refuseClosed();
        LazyStartConfig now = config();
        refuseFixed("state-directory", now.stateDirectory(), next.stateDirectory());
        refuseFixed("port-range", now.portRange(), next.portRange());
        Merge merge = discovery.merge(wanted);
        Targets targets;
        try {
            units.connect(next);
            units.discover(discovery::listener);
            targets = planner.targets(merge);
            refuseClosed();
            units.watch();
        } catch (RuntimeException | Error refused) {
            units.refuse().forEach(discovery::forget);
            units.settled(registry::isUsed);
            throw refused;
        }
        declared = wanted;
        discovery.done(merge, targets);
        Reload done = registry.reload(targets);
        apply(targets);
        return done;
    }

    private void onNews() {
        if (!closed && news.compareAndSet(false, true)) {
            reloads.execute(this::takeIn);
        }
    }

    /** Serves what was found since. */
    private void takeIn() {
        news.set(false);
        Reload done;
        try {
            done = reload(() -> closed || !discovery.hasNews() ? Reload.NOTHING : serve(declared));
        } catch (RuntimeException | Error e) {
            if (!closed) {
                log.error("what was found cannot be served, and nothing has changed", e);
            }
            return;
        }
        if (!done.isEmpty()) {
            log.info("found anew: {}", done);
            LazyStart.tell("what was found", () -> onDiscovered.accept(done));
        }
    }

    private void refuseClosed() {
        if (closed) {
            throw new IllegalStateException("reload: the host is closed");
        }
    }

    private static void refuseFixed(String key, Object now, Object next) {
        if (!now.equals(next)) {
            throw new ConfigException(key, next + " (expected: " + now + " until the host is started anew)");
        }
    }

    private void apply(Targets targets) {
        LazyStartConfig next = targets.config();
        parts.resize(next.limits(), next.services().size());
        registry.apply(targets);
        units.settled(registry::isUsed);
        rounds.of(units.silent(targets.services().values().stream()));
    }

    private Executor calls(String connection) {
        return units.calls(connection);
    }

    private void onResumed() {
        log.info("the host was suspended; all units are read again");
        registry.each(UnitWatcher::onResumed);
    }

    private void onReleased(Units.Key unit) {
        units.released(unit, registry::isUsed);
    }

    void close() {
        closed = true;
        boolean alone = false;
        try {
            // A reload that hangs in a provider does not keep the host from closing; what it opens it closes again.
            alone = turn.tryLock(RELOAD_SECONDS, TimeUnit.SECONDS);
            registry.close().get(CLOSE_SECONDS - RELOAD_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("not all units were put to sleep within {} s; closing without them", CLOSE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.warn("interrupted while closing; units may go on running");
        } catch (ExecutionException e) {
            log.warn("closing failed", e);
        }
        release();
        if (alone) {
            turn.unlock();
        }
    }

    private void release() {
        rounds.close();
        units.close();
        reloads.close();
        parts.close();
    }
}
