// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;

/**
 * How a call of a provider ended.
 *
 * @param what names the call
 * @param value what it returned; null where it returns nothing
 * @param failure what it threw; null if it returned
 */
record Outcome(
        String what, @Nullable Object value, @Nullable Throwable failure) {

    /** It did what it was asked to. */
    Outcome done() {
        if (failure != null) {
            throw new AssertionError(what + ": failed (expected: done)", failure);
        }
        return this;
    }

    /** It threw, with a message for the person who reads the answer. */
    Throwable refused() {
        assertThat(failure).as("%s: what it throws", what).isInstanceOf(Exception.class);
        assertThat(failure.getMessage())
                .as("%s: the message of %s", what, failure.getClass().getName())
                .isNotBlank();
        return failure;
    }

    /** It did what it was asked to, or was refused. */
    void doneOrRefused() {
        if (failure != null) {
            refused();
        }
    }

    /** It ended, well or with any exception: nobody reads the message of a call that was interrupted. */
    void over() {
        if (failure != null) {
            assertThat(failure).as("%s: what it throws", what).isInstanceOf(Exception.class);
        }
    }

    /** It is one of the calls that a capability would have allowed. */
    void unsupported() {
        assertThat(refused()).as("%s: without its capability", what).isInstanceOf(UnsupportedOperationException.class);
    }
}
