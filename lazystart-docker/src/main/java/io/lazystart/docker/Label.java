// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.util.Map;
import java.util.Set;

/** The labels of containers that say something to lazystart, and those that Compose sets. */
final class Label {
    /** Before each key of a service. */
    static final String PREFIX = "lazystart.";

    static final String ENABLE = PREFIX + "enable";
    static final String NAME = PREFIX + "name";

    /** On containers of lazystart's own tests, so that what they leave can be told from all else. */
    static final String TEST = PREFIX + "test";

    static final String PORT = PREFIX + "port";

    static final String COMPOSE_PROJECT = "com.docker.compose.project";
    static final String COMPOSE_SERVICE = "com.docker.compose.service";
    static final String COMPOSE_NUMBER = "com.docker.compose.container-number";
    static final String COMPOSE_ONE_OFF = "com.docker.compose.oneoff";
    static final String COMPOSE_REPLACE = "com.docker.compose.replace";
    static final String COMPOSE_DEPENDS_ON = "com.docker.compose.depends_on";

    /** Labels about the container itself, which are keys of the provider. */
    private static final Set<String> OF_UNIT = Set.of("port", "network");

    private static final Set<String> OF_DEPENDENCY = Set.of("depends-on", "ready", "wake-timeout");

    /** Labels that are written differently from the key they stand for. */
    private static final Map<String, String> ALIASES = Map.of(
            "host", "hosts",
            "path", "paths",
            "stop-method", "stop.method",
            "stop-signal", "stop.signal",
            "stop-timeout", "stop.timeout",
            "stop-drain", "stop.drain");

    private Label() {}

    /** Whether a label without its prefix is a key of the provider's own. */
    static boolean isOfUnit(String key) {
        return OF_UNIT.contains(key);
    }

    /** Whether a key of a service counts for one that is there for others only: it neither routes to it nor ends it. */
    static boolean isOfDependency(String key) {
        return OF_DEPENDENCY.contains(key) || key.startsWith("ready.");
    }

    /** The key of a service that a label without its prefix stands for. */
    static String key(String label) {
        return ALIASES.getOrDefault(label, label);
    }

    /** Whether a label says something other than a service's key. */
    static boolean isOwn(String label) {
        return label.equals(ENABLE) || label.equals(NAME) || label.equals(TEST);
    }
}
