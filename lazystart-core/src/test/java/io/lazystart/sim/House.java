// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.DependencyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.wake.UnitWatcher;
import io.lazystart.wake.WatcherConfig;
import io.lazystart.watch.Pin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** One service of a world: how it is configured, and what was seen of it from outside. */
final class House {
    /** How late a service may learn what became of a unit that others use too. */
    static final long LATE = Duration.ofMillis(100).toNanos();

    private static final int LATE_CHOICES = 6;

    static final long GRACE = TimeUnit.SECONDS.toNanos(5);
    static final long NEVER = Long.MAX_VALUE;

    final World world;
    final String name;
    final ServiceConfig config;
    final boolean job;
    /** Changes with the configuration. */
    long idle;

    final long firstUse;
    final long wake;
    /** Longer for one that is removed with others which depend on it. */
    long drain;

    final long stop;

    UnitWatcher watcher;

    /** Of a service. */
    Dice dice;

    /** How it is watched now, and what runs the calls of its unit; null for a unit that several services use. */
    WatcherConfig watched;

    Executor calls;

    /** Whether another unit is to take the place of its own. */
    boolean replacing;

    /** When it was removed. */
    long removedSeq = NEVER;

    /** Completes when its watcher has closed, of a service that was removed; null before. */
    CompletableFuture<Void> removed;

    /** Null for a group, and for a service whose unit has a house of its own. */
    SimUnit unit;

    /** The unit that others use too; null where the service has it for itself. */
    House owner;

    final List<Need> needs = new ArrayList<>();
    final List<House> dependents = new ArrayList<>();
    final List<Caller> callers = new ArrayList<>();
    final VerbRules verbs;
    final StatusRules statuses;
    final FailureRules failures;
    final HealthRules health;

    /** Null for a unit that several services use. */
    SimVetoes vetoes;

    /** What listeners were told last, and when. */
    Status status = Status.NAPPING;

    /** Whether it was ready, or unhealthy, before that. */
    boolean served;

    long statusNanos;
    long statusSeq;
    long startingNanos;
    long startingSeq;
    long errorNanos = -1;

    /** Whether it is unhealthy and keeps its leases. */
    boolean ailing;

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

    /** Whether it is put down because of something that it needs: that is no failure, and no back-off holds the restart. */
    boolean restartsWith;

    boolean queued;
    boolean person;

    /** Done while listeners are told of something. */
    Runnable onNextEvent = () -> {};

    /** Whether a person acts upon it now. */
    boolean acted;

    /** When an attempt began last that was a person's. */
    long byPersonNanos = -1;

    /** Use of the incarnation. */
    boolean used;

    long releaseNanos;
    long freshNanos;
    long freshSeq;
    long activity;
    long touchedNanos;

    /** Whether the unit was known to rest in NAPPING: what it needs was given back. In ERROR that may go unseen here. */
    boolean rested = true;

    /** When that was read, where it was not asleep by its own doing. */
    long restedNanos = -1;

    /** When the first attempt began since then, and whether the unit was found running since. */
    long upSeq;

    long upNanos;
    boolean foundSinceRest;

    /** Whether the core was told that the unit rests, and has begun neither an attempt nor a run since. */
    boolean restKnown = true;

    House(World world, ServiceConfig config, boolean job) {
        this.world = world;
        this.config = config;
        this.name = config.name();
        this.job = job;
        this.idle = idle(config.idleTimeout());
        this.firstUse = config.firstUseTimeout().toNanos();
        this.wake = config.wakeTimeout().toNanos();
        this.drain = config.stop().drain().toNanos();
        this.stop = config.stop().timeout().plus(Duration.ofSeconds(10)).toNanos();
        this.verbs = new VerbRules(this);
        this.statuses = new StatusRules(this);
        this.failures = new FailureRules(this);
        this.health = new HealthRules(this);
    }

    /** How long it may be unused; a job that is done is kept for nothing. */
    long idle(Duration told) {
        return job ? 0 : told.equals(ServiceConfig.NEVER) ? NEVER : told.toNanos();
    }

    /** Whether this is a unit that several services use, and no service. */
    boolean isUnit() {
        return vetoes == null;
    }

    /** The unit that runs for it, or null. */
    SimUnit used() {
        return owner == null ? unit : owner.unit;
    }

    /** The service needs another. */
    void needs(House on, DependencyConfig edge) {
        needs.add(new Need(on, edge));
        on.dependents.add(this);
    }

    /** A call has begun. */
    void begun(SimCall call) {
        if (call.kind == SimCall.Kind.VETO) {
            vetoes.begun(call);
        } else if (call.kind == null && unit == null) {
            // All that it is about is whether the service uses the unit; but the answer may be late.
            if (dice.chance(70)) {
                call.end(null);
            } else {
                world.later(dice.delay(LATE_CHOICES), () -> call.end(null));
            }
        } else {
            call.kind = call.kind == null ? SimCall.Kind.PROBE : call.kind;
            used().provider.begun(call);
        }
    }

    /** A call was not made: it was over before, or too many earlier ones hang. */
    void refused() {
        health.refused();
        if (vetoes != null) {
            vetoes.refused();
        }
    }

    /** Sees which calls were interrupted. */
    void interrupts() {
        if (unit != null) {
            SimCall.newlyInterrupted(unit.provider.inFlight).forEach(unit.provider::interrupted);
        }
        if (vetoes != null) {
            SimCall.newlyInterrupted(vetoes.inFlight()).forEach(vetoes::interrupted);
        }
    }

    /** From now on nothing goes wrong any more. */
    void recover() {
        if (unit != null) {
            unit.recover();
        }
        if (vetoes != null) {
            vetoes.recover();
        }
    }

    /** When its unit was told to run. */
    long usesSeq = -1;

    /** When it was found ready for the first time since it was given up. */
    long servesSeq = -1;

    /** When the unit was given up last by all services on it, as unhealthy. */
    long givenUpSeq = -1;

    /** Whether it starts upon a unit that others use too, which does not run yet: what fails is the unit's own failure. */
    boolean waitsForUnit() {
        if (owner == null || status != Status.STARTING) {
            return false;
        }
        boolean upSince = owner.servesSeq > owner.givenUpSeq;
        boolean givenUp = owner.givenUpSeq > startingSeq || !upSince;
        return runsSeq < startingSeq || (givenUp && runsSeq < (upSince ? owner.servesSeq : Long.MAX_VALUE));
    }

    /** Whether nobody is let in any more, as the host closes or the service was removed. */
    boolean closing() {
        return world.closing() || removed != null;
    }

    /** Whether it was removed, and its unit is left to those who use it. */
    boolean isLeft() {
        return removed != null && config.onClose() == ServiceConfig.OnClose.LEAVE;
    }

    /** Whether it was removed, and nobody watches its unit any more. */
    boolean isGone() {
        return removed != null && removed.isDone();
    }

    /** Whether it is ready, or unhealthy. */
    boolean isUp() {
        return status == Status.READY || ailing;
    }

    /** Whether who asks for it has a restart queued. */
    boolean isRestartable() {
        return status == Status.STOPPING || ailing;
    }

    boolean saidBusyUntilNow() {
        return vetoes != null && vetoes.saidBusyUntilNow();
    }

    /** A call of the provider or a veto is about to tell the core how it ended. */
    void ends(SimCall call, Exception failure) {
        switch (call.kind) {
            case PROBE, HEALTH -> health.ends(call, failure);
            case VETO -> {}
            case STATUS, START, UNPAUSE, STOP, PAUSE, KILL -> verbs.ends(call, failure);
        }
    }

    /** Idle time starts anew. */
    void fresh() {
        freshNanos = world.nanos();
        freshSeq = world.tick();
        touched();
    }

    /** Whether somebody who needs it was woken by a person, and takes now what they need. */
    boolean askedByPerson() {
        for (House dependent : dependents) {
            // What was asked for may be heard by another thread when the dependent has gone on.
            long now = world.nanos();
            boolean takes = dependent.status == Status.STARTING || dependent.statusNanos == now;
            if (dependent.byPersonNanos == now || (takes && dependent.byPersonNanos == dependent.startingNanos)) {
                return true;
            }
        }
        return false;
    }

    /** Something happened to the service, or to one that holds it awake: idle time that was looked at is void. */
    void touched() {
        activity++;
        touchedNanos = world.nanos();
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
        return status == Status.STOPPING && served && verbs.verbBegunSeq < statusSeq;
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
            if (dependent.isGone()) {
                continue;
            }
            boolean stopped = dependent.unit == null || dependent.unit.state == State.STOPPED;
            if (dependent.status != Status.NAPPING || !dependent.restKnown || !stopped) {
                return false;
            }
        }
        return true;
    }
}
