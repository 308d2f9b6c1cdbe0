// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

/** What a changed configuration asks for. */
public sealed interface ConfigSignal extends Signal {

    /** The policy has changed; the machine has the new one. By the other the unit {@code neverSlept} by itself, or did. */
    record Retuned(long now, boolean neverSlept) implements ConfigSignal {
        @Override
        public void apply(Draft d) {
            ConfigRules.retuned(d, neverSlept);
        }
    }

    /** Another unit is to take the place of this one, which is put to sleep first, with at least so long a drain. */
    record Replace(long now, long drainNanos, int leases) implements ConfigSignal {
        @Override
        public Word word(Snapshot s) {
            return Word.closeOrCount(s);
        }

        @Override
        public Signal withLeases(int open) {
            return new Replace(now, drainNanos, open);
        }

        @Override
        public void apply(Draft d) {
            ConfigRules.replace(d, drainNanos, leases);
        }
    }

    /** The service is no more; its unit is put to sleep, with at least so long a drain, or left. */
    record Remove(long now, long drainNanos, int leases) implements ConfigSignal {
        @Override
        public Word word(Snapshot s) {
            return Word.closeOrCount(s);
        }

        @Override
        public Signal withLeases(int open) {
            return new Remove(now, drainNanos, open);
        }

        @Override
        public void apply(Draft d) {
            ConfigRules.remove(d, drainNanos, leases);
        }
    }

    /** Another unit has taken the place of the one that was put to sleep; the machine has its policy. */
    record Replaced(long now) implements ConfigSignal {
        @Override
        public void apply(Draft d) {
            ConfigRules.replaced(d);
        }
    }
}
