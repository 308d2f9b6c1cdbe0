// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A container, as far as its labels go.
 *
 * @param name its name, without a slash
 * @param labels all its labels
 */
record Labelled(String name, Map<String, String> labels) {
    Labelled {
        labels = Map.copyOf(labels);
    }

    @Nullable
    String label(String label) {
        return labels.get(label);
    }

    /** Whether somebody wants it served, and says nothing wrong about that. */
    boolean isEnabled() {
        return "true".equals(label(Label.ENABLE)) && problem() == null;
    }

    /** Whether it is left alone: somebody wants that, or has said something wrong. */
    boolean isLeftOut() {
        return label(Label.ENABLE) != null && !isEnabled();
    }

    /** Why it is left out although somebody may want it served; null if there is no reason. */
    @Nullable
    String problem() {
        String enable = label(Label.ENABLE);
        if (enable == null || enable.equals("false")) {
            return null;
        }
        return enable.equals("true")
                ? doubled()
                : "label " + Label.ENABLE + ": " + enable + " (expected: true or false)";
    }

    /** Two labels for one key, of which neither comes before the other. */
    private @Nullable String doubled() {
        Map<String, String> given = new HashMap<>();
        for (String label : new TreeSet<>(labels.keySet())) {
            String other = label.startsWith(Label.PREFIX)
                    ? given.putIfAbsent(Label.key(label.substring(Label.PREFIX.length())), label)
                    : null;
            if (other != null) {
                return "label " + label + ": given beside " + other + " (expected: one of them)";
            }
        }
        return null;
    }

    /**
     * A service of a Compose project.
     *
     * @param project name of the project
     * @param service its name there
     */
    record Composed(String project, String service) {
        /** What the service is called here. */
        @Override
        public String toString() {
            return project + "-" + service;
        }
    }

    /** The Compose service it is of; null if it is of none, or runs a single command. */
    @Nullable
    Composed composed() {
        String project = label(Label.COMPOSE_PROJECT);
        String service = label(Label.COMPOSE_SERVICE);
        boolean oneOff = "true".equalsIgnoreCase(label(Label.COMPOSE_ONE_OFF));
        return project == null || service == null || oneOff ? null : new Composed(project, service);
    }

    /** Whether Compose has made it to take the place of another, under a name that it has only until then. */
    boolean isReplacement() {
        return label(Label.COMPOSE_REPLACE) != null;
    }

    /** Which of several containers of its Compose service it is, from 1. */
    int number() {
        String number = label(Label.COMPOSE_NUMBER);
        return number != null && number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : 1;
    }

    /** The name of the service that it is. */
    String service() {
        String given = label(Label.NAME);
        Composed composed = composed();
        return given != null ? given : composed != null ? composed.toString() : name;
    }

    /** How messages name it. */
    String origin() {
        return "container " + name;
    }
}
