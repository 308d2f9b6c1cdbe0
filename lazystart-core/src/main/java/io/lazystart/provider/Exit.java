// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run of a unit ended.
 *
 * @param code exit code (128 plus the signal's number after a signal), or null where it is unknown
 * @param outOfMemory true if the unit was ended for lack of memory
 * @param output last lines it wrote, oldest first, at most 50; empty where none are known
 */
public record Exit(@Nullable Integer code, boolean outOfMemory, List<String> output) {
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
     * Tells whether the unit ended of its own will and well.
     *
     * @return true for exit code 0 and enough memory
     */
    public boolean clean() {
        return code != null && code == 0 && !outOfMemory;
    }
}
