// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

/**
 * An inclusive range of TCP ports.
 *
 * @param first lowest port, 1 to 65535
 * @param last highest port, not below {@code first}
 */
public record PortRange(int first, int last) {
    /** Default: 20000 to 29999. */
    public static final PortRange DEFAULT = new PortRange(20_000, 29_999);

    /**
     * Checks the components.
     *
     * @param first the component
     * @param last the component
     */
    public PortRange {
        if (first < 1 || last > 65_535 || first > last) {
            throw new IllegalArgumentException(
                    "port-range: " + first + "-" + last + " (expected: FIRST-LAST within 1 to 65535)");
        }
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
