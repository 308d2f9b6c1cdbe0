// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Path;

/**
 * What a provider may use of its surroundings.
 *
 * @param ticker the only clock
 * @param scheduler for short tasks that do not block
 * @param stateDirectory where files that outlive the host may be kept; may not exist yet
 * @param portRange ports the provider may give to units
 */
public record ProviderContext(Ticker ticker, Scheduler scheduler, Path stateDirectory, PortRange portRange) {}
