// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

/** What looks after a unit says of it, such as a Docker {@code HEALTHCHECK}. */
public enum Health {
    /** Nobody looks after it. */
    NONE,
    /** It has not been found well yet, and not unwell either. */
    STARTING,
    /** It can serve. */
    HEALTHY,
    /** It runs, and cannot serve. */
    UNHEALTHY
}
