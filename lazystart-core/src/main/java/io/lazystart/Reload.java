// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a reload of the configuration has changed: names of services, each in the order of its configuration. A service in
 * none of the lists is as it was, and was not disturbed.
 *
 * @param added services that are there since
 * @param changed services that are configured in another way since
 * @param removed services that are gone; their callers get the reason REMOVED
 */
public record Reload(List<String> added, List<String> changed, List<String> removed) {
    /**
     * Copies the lists.
     *
     * @param added the component
     * @param changed the component
     * @param removed the component
     */
    public Reload {
        added = List.copyOf(added);
        changed = List.copyOf(changed);
        removed = List.copyOf(removed);
    }

    static Reload of(LazyStartConfig before, LazyStartConfig after) {
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<String> removed = new ArrayList<>(before.services().keySet());
        removed.removeAll(after.services().keySet());
        for (Map.Entry<String, ServiceConfig> service : after.services().entrySet()) {
            ServiceConfig known = before.services().get(service.getKey());
            if (known == null) {
                added.add(service.getKey());
            } else if (!known.equals(service.getValue())) {
                changed.add(service.getKey());
            }
        }
        return new Reload(added, changed, removed);
    }

    /**
     * Tells whether any service has changed.
     *
     * @return false if all services are as they were
     */
    public boolean isEmpty() {
        return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
    }

    /** One line for a person. */
    @Override
    public String toString() {
        if (isEmpty()) {
            return "no service has changed";
        }
        List<String> parts = new ArrayList<>();
        tell("added", added, parts);
        tell("changed", changed, parts);
        tell("removed", removed, parts);
        return String.join("; ", parts);
    }

    private static void tell(String what, List<String> names, List<String> parts) {
        if (!names.isEmpty()) {
            parts.add(what + " " + String.join(", ", names));
        }
    }
}
