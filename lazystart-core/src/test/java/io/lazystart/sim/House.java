// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.watch.Pin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One service of a world: how it is configured, and what was seen of it from outside. */
final class House {
    static final long GRACE = TimeUnit.SECONDS.toNanos(5);
    static final long NEVER = Long.MAX_VALUE;

    final World world;
    final int index;
    final String name;
    final ServiceConfig config;
    final boolean job;
    final long idle;
    final long firstUse;
    final long wake;
    final long drain;
    final long stop;

    UnitWatcher watcher;

    /** Null for a group. */
    SimUnit unit;

    final List<Need> needs = new ArrayList<>();
    final List<House> dependents = new ArrayList<>();
    final List<Caller> callers = new ArrayList<>();
    final VerbRules verbs;
    final StatusRules statuses;

    /** What listeners were told last, and when. */
    Status status = Status.NAPPING;

    Status before = Status.NAPPING;
    long statusNanos;
    long statusSeq;
    long startingNanos;
    long startingSeq;
    long errorNanos = -1;

    /** Epoch of the last incarnation that was ready, and when it was so last. */
    long readyEpoch = -1;

    long readyNanos;
    long readySeq = -1;
    long servedNanos;

    /** Whether the core was told that the run is over which was ready last. */
    boolean over;

    /** Whether its unit runs, as listeners were told, and when it did so last. */
    boolean runs;

    long runsSeq = -1;
    long ranNanos = -1;

    /** What persons did. */
    Pin pin = Pin.NONE;

    boolean sleepNow;

    /** Whether a person ever put it to sleep: then dependents may do without it. */
    boolean slept;

    long drainNanos = -1;
    boolean demanded;
    boolean queued;
    boolean person;

    /** Use of the incarnation. */
    boolean used;

    long releaseNanos;
    long freshNanos;
    long activity;

    /** Whether the core was told that the unit rests, and has not begun an attempt since. */
    boolean restKnown = true;

    House(World world, int index, ServiceConfig config, boolean job) {
        this.world = world;
        this.index = index;
        this.config = config;
        this.name = config.name();
        this.job = job;
        boolean never = config.idleTimeout().equals(ServiceConfig.NEVER);
        this.idle = never ? NEVER : config.idleTimeout().toNanos();
        this.firstUse = config.firstUseTimeout().toNanos();
        this.wake = config.wakeTimeout().toNanos();
        this.drain = config.stop().drain().toNanos();
        this.stop = config.stop().timeout().plus(Duration.ofSeconds(10)).toNanos();
        this.verbs = new VerbRules(this);
        this.statuses = new StatusRules(this);
    }

    /** An edge to what the service needs. */
    static final class Need {
        final House on;
        final DependencyConfig edge;

        /** Which incarnation of it the dependent was started upon; -1 while that is not known from outside. */
        long epoch = -1;

        Need(House on, DependencyConfig edge) {
            this.on = on;
            this.edge = edge;
        }

        /** Whether it has come as far as the edge asks, at some time since the attempt that began then. */
        boolean met(long attemptSeq, long attemptNanos) {
            boolean ready = on.status == Status.READY || on.drains() || on.readySeq >= attemptSeq;
            boolean runs = on.runs || on.runsSeq >= attemptSeq;
            // A loss is told by another thread, which may come after a wake at the same moment.
            ready |= on.readySeq >= 0 && on.servedNanos >= attemptNanos;
            runs |= on.ranNanos >= attemptNanos;
            return ready || (runs && edge.condition() == DependencyConfig.Condition.STARTED);
        }
    }

    /** Something happened to the service, or to one that holds it awake: idle time that was looked at is void. */
    void touched() {
        activity++;
        for (Need need : needs) {
            need.on.touched();
        }
    }

    /** Whether a person ever put it to sleep, or something that it needs: those who lost a lease by that do without it. */
    boolean everSlept() {
        for (Need need : needs) {
            if (need.on.everSlept()) {
                return true;
            }
        }
        return slept;
    }

    /** Whether somebody but an idle timer may want the unit down under open leases. */
    boolean mayStopLeased() {
        boolean drained = drainNanos >= 0 && world.nanos() - drainNanos >= drain;
        return world.closing() || sleepNow || drained || losesWithNeeds();
    }

    private boolean losesWithNeeds() {
        for (Need need : needs) {
            if (need.edge.restartWith() || config.isGroup()) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is to sleep but serves those who hold leases still. */
    boolean drains() {
        return status == Status.STOPPING && before == Status.READY && verbs.verbBegunSeq < statusSeq;
    }

    boolean waitedFor() {
        for (Caller caller : callers) {
            if (caller.waits()) {
                return true;
            }
        }
        return false;
    }

    boolean leased() {
        for (Caller caller : callers) {
            if (caller.holds(readyEpoch)) {
                return true;
            }
        }
        return false;
    }

    boolean dependentsRest() {
        for (House dependent : dependents) {
            boolean stopped = dependent.unit == null || dependent.unit.state == State.STOPPED;
            if (dependent.status != Status.NAPPING || !dependent.restKnown || !stopped) {
                return false;
            }
        }
        return true;
    }
}
