// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

/**
 * Bounds that hold for all services together.
 *
 * @param heldRequests how many callers may wait at once; default 10,000
 * @param subscribers how many event subscriptions over HTTP may be open at once; default 1,000
 */
public record Limits(int heldRequests, int subscribers) {
    /** 10,000 held callers, 1,000 subscribers. */
    public static final Limits DEFAULT = new Limits(10_000, 1_000);

    /**
     * Checks the components.
     *
     * @param heldRequests the component
     * @param subscribers the component
     */
    public Limits {
        if (heldRequests < 0 || subscribers < 0) {
            throw new IllegalArgumentException(
                    "limits: " + heldRequests + ", " + subscribers + " (expected: zero or more)");
        }
    }
}
