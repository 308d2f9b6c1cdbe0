// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a run of a unit ended.
 *
 * @param code exit code (128 plus the signal's number after a signal), or null where it is unknown
 * @param outOfMemory true if the unit was ended for lack of memory
 * @param output last lines it wrote, oldest first, at most 50; empty where none are known
 */
public record Exit(@Nullable Integer code, boolean outOfMemory, List<String> output) {
    /** What a program ends with whom somebody asks to: by SIGHUP, SIGINT and SIGTERM, whether it handles them or not. */
    private static final Set<Integer> ASKED_TO = Set.of(128 + 1, 128 + 2, 128 + 15);

    /**
     * Copies the output.
     *
     * @param code the component
     * @param outOfMemory the component
     * @param output the component
     */
    public Exit {
        output = List.copyOf(output);
    }

    /**
     * Tells whether the unit ended well: of its own will, or because somebody asked it to by SIGHUP, SIGINT or SIGTERM.
     * An end that lazystart did not ask for and that is clean is an outside stop; any other is a death.
     *
     * @return true for exit code 0, 129, 130 or 143 and enough memory
     */
    public boolean clean() {
        return code != null && (code == 0 || ASKED_TO.contains(code)) && !outOfMemory;
    }
}
