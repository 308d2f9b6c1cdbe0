// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import io.lazystart.time.Scheduler;
import io.lazystart.time.Ticker;
import java.nio.file.Path;

/**
 * What a provider may use of its surroundings, and what it is told of itself.
 *
 * @param connection name of the connection, unique within the host; the provider's type unless the configuration names it
 *     otherwise
 * @param settings the keys of the connection; read every key that is known
 * @param ticker the only clock
 * @param scheduler for short tasks that do not block
 * @param stateDirectory where files that outlive the host may be kept, of no other connection of the type; may not exist yet
 * @param portRange ports the provider may give to units
 */
public record ProviderContext(
        String connection,
        Settings settings,
        Ticker ticker,
        Scheduler scheduler,
        Path stateDirectory,
        PortRange portRange) {}
