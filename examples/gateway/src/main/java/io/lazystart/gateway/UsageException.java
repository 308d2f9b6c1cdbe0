// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import java.io.Serial;

/** Something that the person who started the gateway has to mend; the message is one line for them. */
final class UsageException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
