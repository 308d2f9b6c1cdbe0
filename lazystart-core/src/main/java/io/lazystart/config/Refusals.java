// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import io.lazystart.failure.ConfigException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that is wrong with a file; the first of it, in file order, is told. */
final class Refusals {
    private final String file;
    private @Nullable Refused first;

    Refusals(String file) {
        this.file = file;
    }

    void add(Refused refused) {
        if (first == null || refused.line() < first.line()) {
            first = refused;
        }
    }

    /** Runs a step of the reading; what it refuses is kept, and reading goes on behind it. */
    void guard(Runnable step) {
        try {
            step.run();
        } catch (Refused refused) {
            add(refused);
        }
    }

    /** Gives the value, or the other one if it is refused. */
    <T> T guard(Supplier<T> value, T otherwise) {
        try {
            return value.get();
        } catch (Refused refused) {
            add(refused);
            return otherwise;
        }
    }

    /** Ends the reading if anything was refused. */
    void throwFirst() {
        if (first != null) {
            throw first;
        }
    }

    /** What is told of the file; there must be a refusal. */
    ConfigException first() {
        Refused refused = Objects.requireNonNull(first, "first");
        boolean known = refused.line() > 0 && refused.line() < Refused.WHOLE_FILE;
        String location = known ? file + ":" + refused.line() : file;
        return new ConfigException(location, refused.path(), refused.problem(), null);
    }
}
