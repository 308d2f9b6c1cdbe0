// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

/**
 * One thing that happens in a simulated world.
 *
 * @param kind what
 * @param service index of the service it happens to
 * @param roll decides the rest of it
 */
record Step(Kind kind, int service, int roll) {

    /** What can happen. */
    enum Kind {
        COME(14),
        TRY(5),
        LEAVE(4),
        RELEASE(12),
        WAKE(2),
        SLEEP(3),
        SLEEP_NOW(2),
        PIN(2),
        RESET(2),
        RETUNE(1),
        REPLACE(1),
        REMOVE(1),
        BUSY(1),
        CRASH(3),
        END_WELL(2),
        START_OUTSIDE(2),
        STOP_OUTSIDE(2),
        PAUSE_OUTSIDE(1),
        SICKEN(7),
        HEAL(2),
        LIE(2),
        RESYNC(1),
        CHECK(2),
        SUBSCRIBE(1),
        UNSUBSCRIBE(1),
        SUSPEND(1),
        TASK(8),
        NEXT(30),
        TIME(8);

        final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    private static final Kind[] WEIGHTED = weighted();

    private static Kind[] weighted() {
        java.util.List<Kind> all = new java.util.ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < kind.weight; i++) {
                all.add(kind);
            }
        }
        return all.toArray(Kind[]::new);
    }

    static Step random(Dice dice, int services) {
        return new Step(WEIGHTED[dice.below(WEIGHTED.length)], dice.below(services), (int) dice.next());
    }

    static Step parse(String text) {
        String[] parts = text.split(":", -1);
        return new Step(Kind.valueOf(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    @Override
    public String toString() {
        return kind + ":" + service + ":" + roll;
    }
}
