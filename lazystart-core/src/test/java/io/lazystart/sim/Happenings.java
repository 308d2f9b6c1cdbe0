// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.Subscription;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.watch.Lease;
import io.lazystart.watch.Pin;
import io.lazystart.watch.WakeRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Does to a world what a step says. */
final class Happenings {
    private static final Cause REQUEST = Cause.request("GET /");
    private static final Cause PERSON = Cause.person("somebody");

    private static final Set<Step.Kind> OF_CALLERS =
            EnumSet.of(Step.Kind.COME, Step.Kind.TRY, Step.Kind.LEAVE, Step.Kind.RELEASE);

    private static final Set<Step.Kind> UNHEARD = EnumSet.of(Step.Kind.START_OUTSIDE, Step.Kind.LIE);

    /** Few worlds are to lose all their services. */
    private static final int REMOVED_PERCENT = 7;

    private static final int BUSY_REMOVED_PERCENT = 60;

    private final World world;
    private final Reloads reloads;
    private final Deque<Subscription> subscriptions = new ArrayDeque<>();
    private int unanswered;

    /** Callers of each service on a unit that has become sick. */
    private static final int CROWD = 4;

    Happenings(World world) {
        this.world = world;
        this.reloads = new Reloads(world);
    }

    /** Callers of {@code check()} who have had no answer. */
    int unanswered() {
        return unanswered;
    }

    void happen(Step step) {
        House house = world.services.get(step.service() % world.services.size());
        if (step.kind() != Step.Kind.NEXT && step.kind() != Step.Kind.TASK) {
            world.say(house, "--- " + step);
        }
        Dice dice = new Dice(step.roll());
        switch (step.kind()) {
            case COME, TRY, LEAVE, RELEASE, WAKE, SLEEP, SLEEP_NOW, PIN, RESET, RETUNE, REPLACE, REMOVE, BUSY -> {
                if (house.removed == null || OF_CALLERS.contains(step.kind())) {
                    asked(step.kind(), house, dice);
                }
            }
            case CRASH, END_WELL, START_OUTSIDE, STOP_OUTSIDE, PAUSE_OUTSIDE, SICKEN, HEAL, LIE -> {
                // What is closed is watched no more: nobody hears of what begins to run then, or sees that it was a
                // lie.
                boolean unheard = house.removed != null && UNHEARD.contains(step.kind());
                if (house.used() != null && !unheard && !house.isGone()) {
                    outside(step.kind(), house.used(), dice);
                }
            }
            case RESYNC, CHECK, SUBSCRIBE, UNSUBSCRIBE, SUSPEND, TASK, NEXT, TIME -> around(step.kind(), house, dice);
        }
        world.settle();
    }

    private void asked(Step.Kind kind, House house, Dice dice) {
        switch (kind) {
            case COME -> come(house, dice.delay(15));
            case TRY -> tryAcquire(house);
            case LEAVE -> leave(house, dice);
            case RELEASE -> release(house, dice);
            case WAKE -> wake(house, dice.chance(50) ? PERSON : REQUEST);
            case SLEEP -> sleep(house, () -> house.watcher.sleep());
            case SLEEP_NOW -> {
                house.sleepNow |= house.isUp() || house.status == Status.STOPPING;
                sleep(house, () -> house.watcher.sleepNow());
            }
            case PIN -> pin(house, dice.of(Pin.NONE, Pin.NONE, Pin.READY, Pin.NAPPING));
            case RESET -> reset(house);
            case RETUNE -> reloads.retune(house, dice);
            case REPLACE -> {
                if (!house.replacing && !house.isUnit()) {
                    drains(house);
                }
                reloads.replace(house, dice);
            }
            case REMOVE -> {
                boolean busy = house.status == Status.STARTING || house.status == Status.STOPPING || house.leased();
                if (dice.chance(busy ? BUSY_REMOVED_PERCENT : REMOVED_PERCENT)) {
                    reloads.remove(house);
                }
            }
            case BUSY -> {
                long ttl = dice.delay(15);
                world.count(Event.SAID_BUSY);
                house.vetoes.busy(ttl);
                house.watcher.busy(Duration.ofNanos(ttl));
            }
            default -> throw new IllegalArgumentException(kind.name());
        }
    }

    private void come(House house, long wait) {
        Caller caller = new Caller(house, wait);
        house.callers.add(caller);
        house.touched();
        caller.waiting(
                house.watcher
                        .acquire(WakeRequest.of(REQUEST).deadline(Duration.ofNanos(wait)))
                        .toCompletableFuture(),
                wait);
        if (house.status == Status.STOPPING && caller.waits() && !house.queued) {
            house.queued = true;
            world.count(Event.RESTART_QUEUED);
        }
    }

    private void tryAcquire(House house) {
        Lease lease = house.watcher.tryAcquire();
        if ((lease != null) != (house.status == Status.READY)) {
            world.violate("rule 4", house.name + ": tryAcquire gave " + lease + " in " + house.status);
        }
        if (lease != null) {
            Caller caller = new Caller(house, 0);
            house.callers.add(caller);
            caller.got(lease);
        }
    }

    private static Caller some(House house, Dice dice, boolean open) {
        List<Caller> callers = house.callers.stream()
                .filter(c -> open ? c.isOpen() : c.waits())
                .toList();
        return callers.isEmpty() ? null : callers.get(dice.below(callers.size()));
    }

    private void leave(House house, Dice dice) {
        Caller caller = some(house, dice, false);
        if (caller != null) {
            caller.leave();
        }
    }

    private void release(House house, Dice dice) {
        boolean all = dice.chance(50);
        for (Caller caller = some(house, dice, true); caller != null; caller = all ? some(house, dice, true) : null) {
            caller.release();
        }
    }

    private void wake(House house, Cause cause) {
        boolean down = house.ailing || (house.status != Status.STARTING && house.status != Status.READY);
        house.demanded |= down;
        house.person |= down && cause.equals(PERSON);
        house.acted = cause.equals(PERSON);
        house.watcher.wake(cause);
        house.acted = false;
        house.demanded &= house.isRestartable();
        house.person &= house.isRestartable();
    }

    private void sleep(House house, Runnable call) {
        house.slept = true;
        drains(house);
        house.failures.slept();
        house.pin = house.pin == Pin.READY ? Pin.NONE : house.pin;
        house.touched();
        call.run();
    }

    private void drains(House house) {
        if (house.ailing || (house.status == Status.READY && house.drainNanos < 0)) {
            house.drainNanos = world.nanos();
        }
    }

    private void reset(House house) {
        House unit = house.owner == null ? house : house.owner;
        house.acted = true;
        unit.acted = true;
        house.failures.reset();
        unit.failures.reset();
        house.watcher.reset();
        house.acted = false;
        unit.acted = false;
    }

    void pin(House house, Pin pin) {
        boolean let = house.pin == Pin.READY && pin != Pin.READY;
        if (pin == Pin.NAPPING) {
            drains(house);
        }
        house.pin = pin;
        house.slept |= pin == Pin.NAPPING;
        if (pin == Pin.READY && house.isRestartable()) {
            house.demanded = true;
            house.person = true;
        }
        house.touched();
        if (let) {
            house.fresh();
        }
        house.acted = true;
        house.watcher.pin(pin);
        house.acted = false;
        world.lookAtIdleness(house);
    }

    /** Callers come to all services on a unit that several use, before and after it is found unhealthy. */
    private void crowd(SimUnit unit, Dice dice) {
        List<House> services =
                world.services.stream().filter(house -> house.used() == unit).toList();
        if (services.size() > 1) {
            for (House service : services) {
                for (int i = 0; i < CROWD; i++) {
                    long wait = dice.delay(15);
                    world.later(TimeUnit.MILLISECONDS.toNanos(dice.below(15_000)), () -> come(service, wait));
                }
            }
        }
    }

    private void outside(Step.Kind kind, SimUnit unit, Dice dice) {
        switch (kind) {
            case CRASH -> {
                if (unit.stopped(new Exit(dice.of(1, 3, 137), dice.chance(20), List.of()))) {
                    world.count(Event.CRASHED);
                }
            }
            case END_WELL -> {
                if (unit.stopped(new Exit(0, false, List.of()))) {
                    world.count(Event.ENDED_WELL);
                }
            }
            case START_OUTSIDE -> {
                if (unit.state == State.STOPPED) {
                    unit.run();
                    unit.outsideRun = unit.runs;
                    world.count(Event.STARTED_OUTSIDE);
                }
            }
            case STOP_OUTSIDE -> {
                if (unit.stopped(new Exit(143, false, List.of()))) {
                    world.count(Event.STOPPED_OUTSIDE);
                }
            }
            case PAUSE_OUTSIDE -> {
                if (unit.change(State.RUNNING, State.PAUSED) || unit.change(State.PAUSED, State.RUNNING)) {
                    world.count(Event.PAUSED_OUTSIDE);
                }
            }
            case SICKEN -> {
                if (unit.state == State.RUNNING && !unit.sick) {
                    unit.sick = true;
                    world.say(unit, "is sick");
                    world.count(Event.SICKENED);
                    crowd(unit, dice);
                }
            }
            case HEAL -> {
                unit.sick = false;
                world.say(unit, "is well");
            }
            case LIE -> {
                if (world.faults() > 0) {
                    unit.lie(dice.below(1000));
                }
            }
            default -> throw new IllegalArgumentException(kind.name());
        }
    }

    private void around(Step.Kind kind, House house, Dice dice) {
        switch (kind) {
            case RESYNC -> world.resync();
            case CHECK -> {
                unanswered++;
                house.watcher.check().thenRun(() -> unanswered--);
            }
            case SUBSCRIBE -> {
                if (dice.chance(50)) {
                    subscribe(house);
                } else {
                    house.onNextEvent = () -> subscribe(house);
                }
            }
            case UNSUBSCRIBE -> {
                if (!subscriptions.isEmpty()) {
                    subscriptions.poll().close();
                }
            }
            case SUSPEND -> suspend(dice);
            case TASK -> world.agenda.runTask();
            case NEXT -> {
                for (int i = 1 << dice.below(6); i > 0 && world.agenda.runNext(Long.MAX_VALUE); i--) {}
            }
            case TIME -> world.agenda.advance(dice.delay(15));
            default -> throw new IllegalArgumentException(kind.name());
        }
    }

    private void subscribe(House house) {
        subscriptions.add(house.watcher.subscribe(new Hearing(world, house), world.agenda));
    }

    private void suspend(Dice dice) {
        boolean monotonic = dice.chance(50);
        world.count(monotonic ? Event.TIMERS_LATE : Event.SUSPENDED);
        world.agenda.suspend(TimeUnit.SECONDS.toNanos(dice.of(1, 6, 60, 3600)), monotonic);
        world.houses.forEach(House::touched);
        if (monotonic) {
            world.agenda.advance(0);
        }
    }
}
