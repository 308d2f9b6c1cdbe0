// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.Serial;

/** The command line asks for something that is not there; the message is one line for the person who wrote it. */
final class UsageException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
