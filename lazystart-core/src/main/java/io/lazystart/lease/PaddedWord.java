// SPDX-License-Identifier: Apache-2.0
package io.lazystart.lease;

/**
 * Where the lease word and its stamp lie in memory. Each lease writes both; whatever else shared their cache line would
 * have to be fetched again after each lease of another processor. The padding is 128 bytes on either side, since
 * processors fetch lines in pairs. The fields of a superclass come first, so inheritance fixes the order.
 */
@SuppressWarnings("unused") // padding, and fields that are accessed through VarHandles
abstract class PaddedWord {
    private PaddedWord() {}

    /** Takes the space up to the word; the int fills the gap behind the header, where the word would land otherwise. */
    private abstract static class Before extends PaddedWord {
        private int a0;
        private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;
    }

    /** The two that belong together: a release writes the stamp and then the word, for one transfer of the line. */
    abstract static class Word extends Before {
        /** A CLOSED bit (the sign), a DRAINING bit and the number of open leases. */
        volatile int word;

        /** Opaque: rivals may overwrite a later stamp with one that is nanoseconds older, which nobody can tell. */
        volatile long lastRelease;
    }

    /** Takes the space behind the word. */
    abstract static class After extends Word {
        private int a0;
        private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;
    }
}
