// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.watch.Pin;
import io.lazystart.watch.WatcherSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The end of a world: nothing goes wrong any more, all that was begun ends, and what is told is what is true. */
final class Ending {
    /** No attempt and no stop takes longer when all goes well. */
    private static final long MOVE = TimeUnit.MINUTES.toNanos(1);

    private final World world;
    private final Happenings happenings;

    Ending(World world, Happenings happenings) {
        this.world = world;
        this.happenings = happenings;
    }

    void end(boolean inChaos) {
        if (inChaos) {
            world.count(Event.CLOSED_IN_CHAOS);
            List<CompletableFuture<Void>> closed = close();
            pass(TimeUnit.MINUTES, 10);
            allClosed(closed);
            world.calm();
            pass(TimeUnit.MINUTES, 10);
            nobodyWaits();
            return;
        }
        calmDown();
        world.say("--- all callers release");
        for (House house : world.houses) {
            for (Caller caller : List.copyOf(house.callers)) {
                if (caller.isOpen()) {
                    caller.release();
                    world.settle();
                }
            }
        }
        pass(TimeUnit.MINUTES, 20);
        truthIsTold();
        whatMaySleeps();
        removedAreGone();
        List<CompletableFuture<Void>> closed = close();
        pass(TimeUnit.SECONDS, 30);
        allClosed(closed);
        pass(TimeUnit.MINUTES, 10);
        nothingIsLeft();
    }

    private void calmDown() {
        world.say("--- calm");
        world.agenda.drain();
        world.calm();
        for (House house : world.services) {
            happenings.pin(house, Pin.NONE);
            world.settle();
        }
        pass(TimeUnit.MINUTES, 1);
        world.resync();
        pass(TimeUnit.MINUTES, 10);
        nobodyWaits();
        truthIsTold();
        leasesAreCounted();
    }

    private void pass(TimeUnit unit, long count) {
        world.agenda.advance(unit.toNanos(count));
        world.agenda.drain();
        world.settle();
    }

    private void nobodyWaits() {
        for (House house : world.houses) {
            // What is tried again and again may be just under way, and waited for by those who need it.
            boolean waitedFor = !moves(house) && house.watcher.snapshot().waiters() > 0;
            if (house.waitedFor() || waitedFor) {
                fail("rule 3", house.name + ": somebody still waits");
            }
        }
        if (happenings.unanswered() > 0) {
            fail("check", happenings.unanswered() + " had no answer");
        }
    }

    private boolean moves(House house) {
        boolean moves = house.status == Status.STARTING || house.status == Status.STOPPING;
        return moves && world.nanos() - house.statusNanos <= MOVE;
    }

    private void truthIsTold() {
        for (House house : world.houses) {
            Status told = house.watcher.snapshot().status();
            if (told != house.status) {
                fail("bus", house.name + ": the snapshot says " + told + ", the events " + house.status);
            }
            if (house.removed != null) {
                continue; // it may take its time to let go, and what is left then is watched no more
            }
            SimUnit unit = house.used();
            boolean runs = unit != null && unit.state == State.RUNNING;
            boolean ready = told == Status.READY;
            boolean differs = house.unit == null ? ready && !runs : runs != ready;
            boolean late = house.job && runs && told == Status.ERROR; // it goes on to its end
            if (unit != null && differs && !moves(house) && !(house.job && ready) && !late) {
                fail("rule 8", house.name + ": is " + unit.state + ", is told to be " + told);
            }
            if ((told == Status.STARTING || told == Status.STOPPING) && !moves(house)) {
                fail("rule 9", house.name + ": is still " + told);
            }
        }
    }

    private void leasesAreCounted() {
        for (House house : world.houses) {
            WatcherSnapshot snapshot = house.watcher.snapshot();
            if (snapshot.status() == Status.READY) {
                int callers = 0;
                for (Caller caller : house.callers) {
                    callers += caller.holds(house.readyEpoch) ? 1 : 0;
                }
                int least = callers;
                int most = callers;
                for (House dependent : house.dependents) {
                    most += 1;
                    // A job that is done has given back what it needs.
                    boolean needed = dependent.status == Status.READY && !dependent.job && needs(dependent, house);
                    least += needed && !house.everSlept() ? 1 : 0;
                }
                if (snapshot.leases() < least || snapshot.leases() > most) {
                    fail(
                            "leases",
                            house.name + ": " + snapshot.leases() + " (expected: " + least + " to " + most + ")");
                }
            }
        }
    }

    private static boolean needs(House dependent, House on) {
        for (Need need : dependent.needs) {
            if (need.on == on) {
                // No job is run for what is found running.
                return !need.edge.optional() && !need.isJob();
            }
        }
        return false;
    }

    private void whatMaySleeps() {
        for (House house : world.houses) {
            boolean unused = house.idle != House.NEVER && house.dependentsRest();
            // What is tried again and again may have been in use just now.
            long rested = world.nanos() - house.touchedNanos - Math.max(house.idle, house.firstUse);
            if (house.status == Status.READY && unused && rested > MOVE) {
                fail("rule 7", house.name + ": is awake and nobody uses it");
            }
        }
    }

    private void removedAreGone() {
        for (House house : world.houses) {
            if (house.removed != null && !house.isGone()) {
                fail("close", house.name + ": removed, and not over");
            }
        }
    }

    /** Closes as the host does: dependents before what they need. */
    private List<CompletableFuture<Void>> close() {
        world.say("--- close");
        world.closes();
        Map<House, CompletableFuture<Void>> closed = new HashMap<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = world.houses.size() - 1; i >= 0; i--) {
            House house = world.houses.get(i);
            CompletableFuture<Void> closing =
                    house.watcher.close(!house.dependents.isEmpty()).toCompletableFuture();
            if (!house.dependents.isEmpty()) {
                CompletableFuture<?>[] dependents =
                        house.dependents.stream().map(closed::get).toArray(CompletableFuture<?>[]::new);
                closing = CompletableFuture.allOf(dependents).thenCompose(done -> house.watcher.close(false));
            }
            closed.put(house, closing);
            all.add(closing);
            world.settle();
        }
        return all;
    }

    private void allClosed(List<CompletableFuture<Void>> closed) {
        for (CompletableFuture<Void> one : closed) {
            if (!one.isDone()) {
                fail("close", "not closed in time");
            }
        }
        nobodyWaits();
    }

    private void nothingIsLeft() {
        for (House house : world.houses) {
            boolean stops = house.config.onClose() == ServiceConfig.OnClose.STOP;
            if (house.unit != null && stops && house.unit.state == State.RUNNING && !house.isGone()) {
                fail("close", house.name + ": still runs");
            }
            if (house.unit != null && !house.unit.provider.inFlight.isEmpty()) {
                fail("close", house.name + ": " + house.unit.provider.inFlight + " in flight");
            }
        }
        for (House house : world.services) {
            if (!house.vetoes.inFlight().isEmpty()) {
                fail("close", house.name + ": " + house.vetoes.inFlight() + " in flight");
            }
        }
        if (world.agenda.coreTimers() > 0) {
            fail("close", "timers are left: " + world.agenda.timers());
        }
    }

    private void fail(String rule, String message) {
        world.violate(rule, message);
        world.settle();
    }
}
