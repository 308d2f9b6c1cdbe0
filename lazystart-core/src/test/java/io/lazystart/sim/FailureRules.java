// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.ServiceConfig.Restart;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.sim.Coverage.Event;
import io.lazystart.watch.Pin;
import java.time.Duration;
import java.util.regex.Pattern;

/** Rule 12: what failures lead to, who may start the unit after them, and who is told of its circuit. */
final class FailureRules {
    /** The deadline passed while the dependencies were waited for. */
    private static final Pattern WAITED = Pattern.compile("not started within [^:,]*: .*", Pattern.DOTALL);

    private final House house;
    private final World world;
    private final BackoffConfig backoff;

    /** Failures in a row, how often the back-off was imposed, and the earliest time at which it is over. */
    private int failures;

    private int steps;
    private long earliestNanos;

    /** What may start the unit after its last death. */
    private Restart next = Restart.ON_REQUEST;

    /** Whether the circuit is open, since when nobody but a person may start the unit, and how often that was told. */
    private boolean open;

    private long barredNanos;
    private int told;

    /** What requests were told to wait for since the last failure; -1 if none was. */
    private long toldRetryNanos = -1;

    /** When the service was in error last, and why. */
    private long errorNanos;

    private String error = "";

    FailureRules(House house) {
        this.house = house;
        this.world = house.world;
        this.backoff = house.config.backoff();
    }

    /** An attempt begins that is no adoption: whoever led to it may do so now. */
    void attempt(Cause cause) {
        boolean early = world.nanos() < earliestNanos;
        boolean barred = open || next == Restart.NEVER || early;
        boolean queued = house.status == Status.STOPPING || house.ailing;
        boolean restartsWith = house.status == Status.STOPPING && house.restartsWith;
        boolean pinned = house.pin == Pin.READY && cause.detail().equals("pinned ready");
        boolean allowed = switch (cause.kind()) {
            case REQUEST, DEPENDENCY -> !barred || restartsWith;
            case FAILURE -> !barred && (pinned || next == Restart.ALWAYS);
            case PERSON -> house.person || house.askedByPerson() || queued || !barred;
            case OUTSIDE, IDLE, CLOSE -> false;
        };
        if (!allowed && !house.acted) {
            world.violate(
                    "rule 12",
                    house.name + ": " + cause + " starts it, open: " + open + ", next: " + next + ", "
                            + (earliestNanos - world.nanos()) + " ns too early");
        }
    }

    /** An attempt has begun, or the unit was found running: whoever led to that was allowed to. */
    void begun() {
        if (next == Restart.NEVER) {
            next = Restart.ON_REQUEST;
        }
    }

    /** The unit serves: nothing stands against a start any more. */
    void ready() {
        next = Restart.ON_REQUEST;
        open(false);
    }

    /** The unit served for so long. */
    void served(long nanos) {
        if (nanos >= backoff.stableAfter().toNanos()) {
            forget();
        }
    }

    private void forget() {
        failures = 0;
        steps = 0;
        earliestNanos = 0;
        toldRetryNanos = -1;
    }

    /** A person has the failures forgotten. */
    void reset() {
        forget();
        next = Restart.ON_REQUEST;
        open(false);
    }

    /** A person has put it to sleep. */
    void slept() {
        next = next == Restart.ALWAYS ? Restart.ON_REQUEST : next;
    }

    /** The service is in error: counts what is its own failure. */
    void error(Reason reason) {
        toldRetryNanos = -1;
        errorNanos = world.nanos();
        error = reason.message();
        boolean late = reason.kind() == Reason.Kind.START_TIMED_OUT && isUnitReady();
        boolean unitsOwn = house.waitsForUnit() && !late && !reason.message().contains("before it was used");
        // Its start has not returned yet: what has died is not the service, which has not been ready.
        unitsOwn |= house.owner != null
                && house.status == Status.STARTING
                && !house.ailing
                && reason.kind() == Reason.Kind.DIED;
        if (unitsOwn
                || reason.kind() == Reason.Kind.UNHEALTHY
                || reason.message().startsWith("dependency ")) {
            return;
        }
        if (reason.message().startsWith("could not be put to sleep")) {
            failures = Math.max(1, failures);
            backOff();
        } else if (reason.kind() == Reason.Kind.DIED) {
            died();
        } else if (!WAITED.matcher(reason.message()).matches()) {
            failures++;
            backOff();
            open(failures >= backoff.openAfter());
        }
    }

    /** Whether the deadline passed between the unit's being ready and the service's coming to use it. */
    private boolean isUnitReady() {
        return house.owner != null && house.owner.status == Status.READY;
    }

    /** A run is over that had been ready, by its death or since it was unhealthy. */
    void died() {
        boolean pinned = house.pin == Pin.READY && house.config.restart() == Restart.NEVER;
        next = pinned ? Restart.ON_REQUEST : house.config.restart();
        if (next == Restart.NEVER) {
            barredNanos = world.nanos();
        }
        failures++;
        if (failures == 1) {
            earliestNanos = 0;
        } else {
            backOff();
        }
        open(open || failures >= backoff.openAfter());
    }

    private void backOff() {
        long full = backoff.first().toNanos();
        for (int i = 0; i < steps && full < backoff.max().toNanos(); i++) {
            full *= 2;
        }
        full = Math.min(full, backoff.max().toNanos());
        steps++;
        earliestNanos = world.nanos() + full - full / 4;
    }

    private void open(boolean now) {
        if (open != now) {
            open = now;
            barredNanos = world.nanos();
            world.count(now ? Event.CIRCUIT_OPENED : Event.CIRCUIT_CLOSED);
            world.lookLater(0, this::everybodyKnows);
            for (House dependent : house.dependents) {
                if (dependent.owner == house) {
                    world.lookLater(0, dependent.failures::everybodyKnows);
                }
            }
        }
    }

    /** The circuit listener heard of each opening and closing once, and the snapshot says the same. */
    void everybodyKnows() {
        int circuits = (open ? 1 : 0) + (house.owner != null && house.owner.failures.open ? 1 : 0);
        boolean heard = house.isUnit() || told == circuits;
        if (!heard || house.watcher.snapshot().circuitOpen() != (circuits > 0)) {
            world.violate("circuit", house.name + ": told " + told + " (expected: " + circuits + ")");
        }
    }

    void opened(int count, Reason reason) {
        told++;
        world.say(house, "circuit opened after " + count + ": " + reason.message());
        boolean own = house.owner == null;
        if (told > (own ? 1 : 2) || (own && open && count != failures)) {
            world.violate(
                    "circuit", house.name + ": opened after " + count + " (expected: " + failures + "), told " + told);
        }
    }

    void closed() {
        told--;
        world.say(house, "circuit closed");
        if (told < 0) {
            world.violate("circuit", house.name + ": closed and was not open");
        }
    }

    /** A caller was refused for the service's own failure: all are told the same end of a back-off. */
    void refused(Reason reason, Duration retryAfter) {
        boolean barred = open || next == Restart.NEVER;
        // Decided by an earlier failure, and told after it was READY and failed again in the same instant.
        boolean before = errorNanos == world.nanos() && !reason.message().equals(error);
        if (retryAfter == null || before) {
            return;
        }
        long retryNanos = world.nanos() + retryAfter.toNanos();
        if (barred && barredNanos < world.nanos()) {
            world.violate("rule 12", house.name + ": told to come back though only a person may start it");
        } else if (retryNanos < earliestNanos || (toldRetryNanos >= 0 && retryNanos != toldRetryNanos)) {
            world.violate(
                    "rule 12",
                    house.name + ": retry at " + retryNanos + " (expected: " + toldRetryNanos + ", not before "
                            + earliestNanos + ")");
        }
        toldRetryNanos = retryNanos;
    }
}
