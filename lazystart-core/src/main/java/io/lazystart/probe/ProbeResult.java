// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

/**
 * What one probe saw.
 *
 * @param ready whether the unit can serve
 * @param observed the last thing seen, in a few words that end a message, such as {@code connection refused}
 */
public record ProbeResult(boolean ready, String observed) {

    static ProbeResult ready(String observed) {
        return new ProbeResult(true, observed);
    }

    static ProbeResult notReady(String observed) {
        return new ProbeResult(false, observed);
    }
}
