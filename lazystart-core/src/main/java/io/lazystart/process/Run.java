// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.Exit;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One incarnation of a unit, from its start or adoption to the end of its last process. Thread-safe. */
final class Run {
    private final RunRecord record;
    private final @Nullable Process child;
    private final ProcessTable table;
    private final OutputFile output;
    private final ProcessTree tree;
    private final ListenerCheck listener;

    /** Set while a verb ends the tree its own way, so that nobody kills who is still given time to end. */
    private volatile boolean inVerb;

    /** Whether a verb of ours froze the tree: for systems that do not tell. */
    private volatile boolean frozen;

    private @Nullable Exit exit; // guarded by this

    /**
     * Describes a run.
     *
     * @param child the leader where this host started it; null for an adopted one
     */
    Run(RunRecord record, @Nullable Process child, ProcessTable table, OutputFile output, ProcessTree tree) {
        this.record = record;
        this.child = child;
        this.table = table;
        this.output = output;
        this.tree = tree;
        this.listener = new ListenerCheck(table, tree, record.leader(), this::alive);
    }

    RunRecord record() {
        return record;
    }

    ProcessTree tree() {
        return tree;
    }

    ListenerCheck listener() {
        return listener;
    }

    @Nullable
    Process child() {
        return child;
    }

    String id() {
        return record.run();
    }

    /**
     * Tells whether the leader lives.
     *
     * @throws IOException if that cannot be found out
     */
    boolean alive() throws IOException {
        return child != null ? child.isAlive() : table.alive(record.leader());
    }

    /** Waits for the runtime to hear of a leader's end that the system shows already. */
    void awaitExit() throws InterruptedException {
        if (child != null) {
            child.waitFor();
        }
    }

    /** Whether the living leader is frozen. */
    boolean paused() throws IOException {
        if (!table.tellsState()) {
            return frozen;
        }
        ProcessEntry leader = table.find(record.leader().pid());
        return leader != null && leader.id().equals(record.leader()) && leader.frozen();
    }

    void setFrozen(boolean value) {
        frozen = value;
    }

    boolean inVerb() {
        return inVerb;
    }

    void setInVerb(boolean value) {
        inVerb = value;
    }

    /**
     * Tells how the leader ended; only for one that has. Read once: the next run writes its own output.
     *
     * @return with an unknown code for an adopted leader, which only its parent could be told
     */
    synchronized Exit exit() {
        Exit known = exit;
        if (known == null) {
            known = new Exit(child == null ? null : child.exitValue(), false, output.tail());
            exit = known;
        }
        return known;
    }
}
