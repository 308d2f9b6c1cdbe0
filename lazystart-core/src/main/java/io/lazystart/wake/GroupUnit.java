// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Stands for the unit of a group: it runs from the moment all members are held until they are given back. Thread-safe. */
public final class GroupUnit implements Unit {
    private final String name;
    private volatile State state = State.STOPPED;

    /**
     * Creates a unit that does not run.
     *
     * @param name name of the group
     */
    public GroupUnit(String name) {
        this.name = name;
    }

    @Override
    public String id() {
        return name;
    }

    @Override
    public UnitStatus status() {
        return new UnitStatus(state, null, null);
    }

    @Override
    public @Nullable String start() {
        state = State.RUNNING;
        return null;
    }

    @Override
    public void stop(@Nullable String signal, Duration timeout) {
        state = State.STOPPED;
    }

    @Override
    public void kill() {
        state = State.STOPPED;
    }
}
