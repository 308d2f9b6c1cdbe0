// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import java.io.IOException;

/** A host name was not looked up; whether it is known nobody has said. */
final class LookupFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String problem;

    private LookupFailure(int status, String problem) {
        super(problem);
        this.status = status;
        this.problem = problem;
    }

    static LookupFailure inTime() {
        return new LookupFailure(504, "The host name of the service could not be looked up in time.");
    }

    static LookupFailure tooMany() {
        return new LookupFailure(503, "Too many host names are being looked up.");
    }

    /** What the client is answered with. */
    int status() {
        return status;
    }

    String problem() {
        return problem;
    }
}
