// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import java.util.ArrayList;
import java.util.List;

/**
 * What a reload of the configuration has changed: names of services, each in the order of its configuration. A service in
 * none of the lists is as it was, and was not disturbed.
 *
 * @param added services that are there since
 * @param changed services that are configured in another way since, or whose unit others have begun or ceased to use
 * @param removed services that are gone; their callers get the reason REMOVED
 */
public record Reload(List<String> added, List<String> changed, List<String> removed) {
    static final Reload NOTHING = new Reload(List.of(), List.of(), List.of());

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
