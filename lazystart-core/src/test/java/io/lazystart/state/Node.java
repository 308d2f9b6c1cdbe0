// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;

/**
 * One node of the walk: a snapshot and the world around it, brought to a form in which nodes that differ only in what no
 * rule can see are equal. The time stands still at {@link #NOW}; a stored time is either over or still to come.
 */
record Node(Snapshot snapshot, World world) {
    static final long NOW = 1_000_000_000_000_000L;
    static final long PAST = NOW - 36_000_000_000_000L;
    static final long FUTURE = NOW + 36_000_000_000_000L;
    static final long EPOCH = 100;
    static final long VERB = 1;
    static final long READ = 2;
    static final long QUESTION = 3;
    static final String RUN = "A";
    static final int MOST_STEPS = 3;
    static final Reason REASON = Reason.of(Reason.Kind.START_FAILED, "reason");
    static final Reason SICK = Reason.of(Reason.Kind.UNHEALTHY, "sick");

    private static final Failures FORGOTTEN = new Failures(0, 0, 0, REASON, Failures.Next.DEMAND, false);
    private static final long LAST_ID = 10;
    private static final Cause CAUSE = Cause.request("cause");

    static Node initial() {
        return of(Snapshot.INITIAL, new World(), 1);
    }

    /** Where a move has led to: what cannot matter there is forgotten. Still to be brought to its form. */
    static Node reached(Snapshot s, World w) {
        w.forget(s.step());
        return new Node(s, w);
    }

    /** Relative epochs, numbers, times and runs instead of absolute ones; texts and counts that no rule looks at dropped. */
    static Node of(Snapshot s, World w, int mostFailures) {
        boolean ready = s.status() == Status.READY;
        Verb v = s.verb();
        Verb verb = v == null
                ? null
                : new Verb(VERB, v.kind(), v.epoch() == s.epoch() ? EPOCH : EPOCH - 1, v.interrupted());
        Snapshot normal = new Snapshot(
                s.step(),
                EPOCH,
                CAUSE,
                verb,
                s.stopKind(),
                s.stopTried(),
                s.read() == 0 ? 0 : READ,
                0,
                LAST_ID,
                s.run() == null ? null : RUN,
                false, // counts for jobs only
                s.recheck(),
                s.unknown(),
                0,
                s.status() == Status.STARTING ? FUTURE : 0,
                false,
                s.done(),
                ready && s.failures().count() > 0 ? over(s.readyNanos()) : ready ? PAST : 0,
                ready ? over(s.idleFloorNanos()) : 0,
                s.question() == 0 ? 0 : QUESTION,
                s.waiters(),
                s.demanded(),
                s.queuedBy() == null ? null : CAUSE,
                s.ailment() == null ? null : REASON,
                s.dependencies(),
                s.status() == Status.ERROR || s.failures().count() > 0
                        ? normal(s.failures(), mostFailures)
                        : Failures.NONE,
                s.pin(),
                s.closing(),
                s.change());
        return new Node(normal, w);
    }

    private static long over(long nanos) {
        return nanos == PAST ? PAST : NOW;
    }

    /** The reason of a failure that does not count is looked at in ERROR only. */
    private static Failures normal(Failures f, int mostFailures) {
        if (f.count() == 0) {
            return f.reason() == null ? Failures.NONE : FORGOTTEN;
        }
        int count = Math.min(f.count(), mostFailures);
        int step = Math.min(f.step(), MOST_STEPS);
        return new Failures(count, step, f.backingOff(NOW) ? FUTURE : NOW, REASON, f.next(), f.open());
    }

    /** All of it, in two numbers: what is equal here is the same node. */
    record Key(long snapshot, long world) {

        /** Mixes the bits well: nodes differ in few of them, and millions of nodes are told apart by this. */
        @Override
        public int hashCode() {
            long mixed = (snapshot * 31 + world) * 0x9E37_79B9_7F4A_7C15L;
            return (int) (mixed >>> 32);
        }
    }

    /**
     * What is equal here is the same node, also before it is brought to its form: that is done for the first of them only, as
     * most of millions are known.
     */
    @SuppressWarnings("EnumOrdinal") // never stored: lives as long as a walk
    static Key key(Snapshot s, World w, int mostFailures) {
        boolean ready = s.status() == Status.READY;
        Verb v = s.verb();
        Failures f = s.failures();
        boolean failed = f.count() > 0;
        long key = s.step().ordinal();
        key = key << 3 | (v == null ? 7 : v.kind().ordinal());
        key = key << 3 | (s.stopKind() == null ? 7 : s.stopKind().ordinal());
        key = key << 2 | s.waiters();
        key = key << 2 | s.pin().ordinal();
        key = key << 2 | Math.min(f.count(), mostFailures);
        key = key << 1 | bit(failed && f.open());
        key = key << 2 | (failed ? Math.min(f.step(), MOST_STEPS) : 0);
        key = key << 2 | (failed ? f.next() : Failures.NONE.next()).ordinal();
        key = key << 2 | s.change().ordinal();
        key = key << 1 | bit(v != null && v.epoch() == s.epoch());
        key = key << 1 | bit(v != null && v.interrupted());
        key = key << 1 | bit(s.stopTried());
        key = key << 1 | bit(s.read() != 0);
        key = key << 1 | bit(s.run() != null);
        key = key << 1 | bit(s.recheck());
        key = key << 1 | bit(s.unknown());
        key = key << 1 | bit(ready && failed && s.readyNanos() != PAST);
        key = key << 1 | bit(ready && s.idleFloorNanos() != PAST);
        key = key << 1 | bit(s.demanded());
        key = key << 1 | bit(s.queuedBy() != null);
        key = key << 1 | bit(s.done());
        key = key << 1 | bit(s.ailment() != null);
        key = key << 1 | bit(s.dependencies());
        key = key << 1 | bit(failed && f.backingOff(NOW));
        key = key << 1 | bit(s.closing());
        return new Key(key, w.bits());
    }

    private static int bit(boolean flag) {
        return flag ? 1 : 0;
    }

    /** The same moment with other times; nothing else of a snapshot may be changed from outside. */
    Node withTimes(long deadline, long ready, long floor, boolean backingOff, World w) {
        Snapshot s = snapshot;
        Failures f = s.failures();
        Failures failures = f.count() == 0 || backingOff
                ? f
                : new Failures(f.count(), f.step(), NOW, f.reason(), f.next(), f.open());
        Snapshot changed = new Snapshot(
                s.step(),
                s.epoch(),
                s.cause(),
                s.verb(),
                s.stopKind(),
                s.stopTried(),
                s.read(),
                s.failedReads(),
                s.lastId(),
                s.run(),
                s.ran(),
                s.recheck(),
                s.unknown(),
                s.attemptNanos(),
                deadline,
                s.adopted(),
                s.done(),
                ready,
                floor,
                s.question(),
                s.waiters(),
                s.demanded(),
                s.queuedBy(),
                s.ailment(),
                s.dependencies(),
                failures,
                s.pin(),
                s.closing(),
                s.change());
        return new Node(changed, w);
    }

    /** Whether a unit is there whose leases count, though the word may be closed. */
    boolean keepsLeases() {
        return status() == Status.READY || step() == Step.AILING || step() == Step.DRAIN;
    }

    boolean bars() {
        return snapshot.failures().bars(NOW);
    }

    boolean backingOff() {
        return snapshot.failures().backingOff(NOW);
    }

    Status status() {
        return snapshot.status();
    }

    Step step() {
        return snapshot.step();
    }

    @Override
    public String toString() {
        Snapshot s = snapshot;
        return s.status() + "/" + s.step() + ", waiters " + s.waiters() + ", pin " + s.pin()
                + (s.closing() ? ", closing" : "") + (s.change() == Change.NONE ? "" : ", " + s.change())
                + (s.demanded() ? ", demanded" : "")
                + (s.recheck() ? ", recheck" : "") + (backingOff() ? ", backing off" : "") + ", run " + s.run()
                + ", verb " + s.verb() + " | " + world;
    }
}
