// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Status;
import io.lazystart.state.Action.Timer;
import io.lazystart.state.Verb.Kind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds the machine in the walk: callers, provider, timers and the lease word. Kept from outside, by what was
 * issued and what was answered, never by the machine's own words. Copied before it is changed.
 */
final class World {
    /** What is known of the leases on dependencies. */
    enum Dependencies {
        NONE,
        /** Being taken for the current epoch. */
        TAKING,
        HELD
    }

    /** What the unit was last said to do. */
    enum Known {
        MAY_RUN,
        PAUSED,
        STOPPED
    }

    /** How far the ladder of one STOPPING has been climbed. */
    enum Ladder {
        NOTHING,
        PAUSE,
        METHOD,
        KILL
    }

    /** Whether the lease word is open. */
    boolean open;

    /** Leases of the current incarnation that are open. */
    int leases;

    /** The verb call that has not returned and was not abandoned. */
    @Nullable
    Kind call;

    boolean interrupted;

    /** Whether a read that counts is under way. */
    boolean reading;

    /** Whether probes of the current epoch run. */
    boolean probing;

    Dependencies dependencies = Dependencies.NONE;

    /** Whether the vetoes have been asked in this epoch and not all have answered. */
    boolean asked;

    boolean releasedSinceAsked;

    /** Timers that are set and carry the current epoch or verb, as bits by ordinal. */
    int timers;

    /** Whether a lease of this incarnation was ever given back. */
    boolean used;

    /** Whether that was less than the idle time ago. */
    boolean fresh;

    /** Whether nothing has stood against sleep for the whole idle time. */
    boolean quiet;

    /** Whether a status read is owed since something happened after which nothing may be decided without one. */
    boolean owed;

    Known known = Known.MAY_RUN;
    Ladder ladder = Ladder.NOTHING;

    /** Whether somebody who does not wait wants the restart. */
    boolean woken;

    /** Whether the machine has said that nothing more will happen. */
    boolean closed;

    World copy() {
        World w = new World();
        w.open = open;
        w.leases = leases;
        w.call = call;
        w.interrupted = interrupted;
        w.reading = reading;
        w.probing = probing;
        w.dependencies = dependencies;
        w.asked = asked;
        w.releasedSinceAsked = releasedSinceAsked;
        w.timers = timers;
        w.used = used;
        w.fresh = fresh;
        w.quiet = quiet;
        w.owed = owed;
        w.known = known;
        w.ladder = ladder;
        w.woken = woken;
        w.closed = closed;
        return w;
    }

    /**
     * Whether a timer can matter in a step. One that cannot is not kept, but may fire there at any time: more can happen
     * in the walk than in truth, and less has to be remembered.
     */
    static boolean heard(Timer timer, Step step) {
        return switch (timer) {
            case ATTEMPT -> step.status() == Status.STARTING && step != Step.AILING;
            case IDLE -> step == Step.SERVING;
            case DRAIN -> step == Step.DRAIN || step == Step.AILING;
            case LINGER -> step == Step.LINGERING;
            case RETRY -> step.status() == Status.ERROR || step == Step.ASLEEP;
            case REREAD -> step.status() != Status.STOPPING || step == Step.DRAIN;
            case VERB, GRACE -> true;
        };
    }

    /** Forgets what cannot matter in a step. */
    void forget(Step step) {
        for (Timer timer : Timer.values()) {
            if (!heard(timer, step)) {
                disarm(timer);
            }
        }
        if (interrupted) {
            disarm(Timer.VERB);
        }
        releasedSinceAsked &= asked;
    }

    boolean armed(Timer timer) {
        return (timers & bit(timer)) != 0;
    }

    void arm(Timer timer) {
        timers |= bit(timer);
    }

    void disarm(Timer timer) {
        timers &= ~bit(timer);
    }

    /** An epoch is over: what belongs to it is stale from now on. */
    void nextEpoch() {
        timers &= bit(Timer.VERB) | bit(Timer.GRACE);
        probing = false;
        asked = false;
        releasedSinceAsked = false;
        ladder = Ladder.NOTHING;
        if (dependencies == Dependencies.TAKING) {
            dependencies = Dependencies.NONE;
        }
    }

    /** The call in flight has ended or was given up. */
    void freeSlot() {
        call = null;
        interrupted = false;
        disarm(Timer.VERB);
        disarm(Timer.GRACE);
    }

    /** The incarnation is over: its leases count for nothing. */
    void dropIncarnation() {
        open = false;
        leases = 0;
        used = false;
        fresh = false;
        quiet = false;
    }

    @SuppressWarnings("EnumOrdinal") // never stored: lives as long as a walk
    private static int bit(Timer timer) {
        return 1 << timer.ordinal();
    }

    private static int bit(boolean flag) {
        return flag ? 1 : 0;
    }

    /** All of it. */
    @SuppressWarnings("EnumOrdinal") // never stored: lives as long as a walk
    long bits() {
        long bits = bit(open);
        bits = bits << 1 | bit(interrupted);
        bits = bits << 1 | bit(reading);
        bits = bits << 1 | bit(probing);
        bits = bits << 1 | bit(asked);
        bits = bits << 1 | bit(releasedSinceAsked);
        bits = bits << 1 | bit(used);
        bits = bits << 1 | bit(fresh);
        bits = bits << 1 | bit(quiet);
        bits = bits << 1 | bit(owed);
        bits = bits << 1 | bit(woken);
        bits = bits << 1 | bit(closed);
        bits = bits << 3 | leases;
        bits = bits << 3 | (call == null ? Kind.values().length : call.ordinal());
        bits = bits << 2 | dependencies.ordinal();
        bits = bits << 2 | known.ordinal();
        bits = bits << 2 | ladder.ordinal();
        return bits << 8 | timers;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof World world && bits() == world.bits();
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bits());
    }

    @Override
    public String toString() {
        return "word " + (open ? "open " : "closed ") + leases + ", call " + Objects.toString(call, "none")
                + (interrupted ? " interrupted" : "") + (reading ? ", reading" : "")
                + (probing ? ", probing" : "") + ", dependencies " + dependencies + ", timers "
                + Integer.toBinaryString(timers) + (quiet ? ", quiet" : "") + (owed ? ", read owed" : "") + ", unit "
                + known + (closed ? ", closed" : "");
    }
}
