// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.UnitConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.failure.LazyStartException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Finds out what each service is to be. Used by one opening or reload at a time. */
final class Planner {
    private final Units units;
    private final Supplier<Map<String, Entry>> entries;

    /** Plans with these units, for services that may be among the entries already. */
    Planner(Units units, Supplier<Map<String, Entry>> entries) {
        this.units = units;
        this.entries = entries;
    }

    /**
     * What each service is to be, those that were found among them; of the latter those are left out that are refused.
     * Providers are opened, to be closed by the caller if this fails.
     *
     * @throws ConfigException if a service is refused that is configured
     */
    Targets targets(Merge merge) {
        while (true) {
            try {
                return targets(merge, merge.config());
            } catch (ConfigException refused) {
                if (!merge.leaveOut(refused)) {
                    merge.leaveOutByTrial(config -> targets(merge, config));
                }
            }
        }
    }

    private Targets targets(Merge merge, LazyStartConfig next) {
        Map<String, Units.Opened> opened = new HashMap<>(2 * next.services().size());
        next.services().forEach((name, service) -> {
            UnitConfig described = service.unit();
            if (described != null) {
                opened.put(
                        name, merge.isFound(name) ? found(service, described, next) : unit(service, described, next));
            }
        });
        return Targets.of(next, opened);
    }

    /** Whatever its provider has against it is about it alone. */
    private Units.Opened found(ServiceConfig service, UnitConfig described, LazyStartConfig next) {
        String path = "services." + service.name();
        try {
            return unit(service, described, next);
        } catch (LazyStartException refused) {
            boolean named = refused instanceof ConfigException known && (known.path() + ".").startsWith(path + ".");
            throw named ? refused : new ConfigException(path, String.valueOf(refused.getMessage()));
        }
    }

    /** The unit that the service has by now, if it is described in the same way. */
    private Units.Opened unit(ServiceConfig service, UnitConfig described, LazyStartConfig next) {
        Entry known = entries.get().get(service.name());
        Units.Opened before = known == null ? null : known.opened();
        return before != null && before.described().equals(described)
                ? units.again(service, before)
                : units.unit(service, described, next);
    }
}
