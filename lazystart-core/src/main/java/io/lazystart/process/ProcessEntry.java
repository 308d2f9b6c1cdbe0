// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

/**
 * A process as the {@link ProcessTable} saw it.
 *
 * @param id pid and start time
 * @param parent pid of its parent
 * @param session id of its session; 0 where unknown
 * @param state the kernel's letter for what it does; {@code ?} where unknown
 */
record ProcessEntry(ProcessId id, long parent, long session, char state) {

    long pid() {
        return id.pid();
    }

    /** Whether it is stopped by a signal or held by a debugger. */
    boolean frozen() {
        return state == 'T' || state == 't';
    }
}
