// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.event.Status;

/**
 * What the rules know beside the request and the configuration.
 *
 * @param status where the service is in its life
 * @param backingOff whether it failed and requests are refused for some time
 * @param mayWake what the guard said; true while the service is ready, when nobody is asked
 */
record Situation(Status status, boolean backingOff, boolean mayWake) {}
