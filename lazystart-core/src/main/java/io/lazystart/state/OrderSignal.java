// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import io.lazystart.watch.Pin;

/** What persons and the closing host order. */
public sealed interface OrderSignal extends Signal {

    /** A person puts the service to sleep, after its leases have ended unless {@code atOnce}. */
    record Sleep(long now, boolean atOnce, int leases) implements OrderSignal {
        @Override
        public Word word(Snapshot s) {
            return Word.closeOrCount(s);
        }

        @Override
        public Signal withLeases(int open) {
            return new Sleep(now, atOnce, open);
        }

        @Override
        public void apply(Draft d) {
            DemandRules.sleep(d, atOnce, leases);
        }
    }

    /** A person pins a status, or lets go. */
    record SetPin(long now, Pin pin, int leases) implements OrderSignal {
        @Override
        public Word word(Snapshot s) {
            return pin == Pin.NAPPING ? Word.closeOrCount(s) : Word.NONE;
        }

        @Override
        public Signal withLeases(int open) {
            return new SetPin(now, pin, open);
        }

        @Override
        public void apply(Draft d) {
            DemandRules.pin(d, pin, leases);
        }
    }

    /** A person forgets the failures. */
    record Reset(long now) implements OrderSignal {
        @Override
        public void apply(Draft d) {
            DemandRules.reset(d);
        }
    }

    /** The host closes; {@code hold} says that those who use the unit are to be waited for. */
    record Close(long now, boolean hold, int leases) implements OrderSignal {
        @Override
        public Word word(Snapshot s) {
            return Word.closeOrCount(s);
        }

        @Override
        public Signal withLeases(int open) {
            return new Close(now, hold, open);
        }

        @Override
        public void apply(Draft d) {
            DemandRules.close(d, hold, leases);
        }
    }
}
