// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.event.WakeEvent;
import io.lazystart.event.WakeListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps the events that it hears. Thread-safe. */
public final class RecordingListener implements WakeListener {
    private final List<WakeEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicLong dropped = new AtomicLong();

    /** Creates a listener that has heard nothing. */
    public RecordingListener() {}

    @Override
    public void onEvent(WakeEvent event) {
        events.add(event);
    }

    @Override
    public void onDropped(long count) {
        dropped.addAndGet(count);
    }

    /**
     * Lists what was heard.
     *
     * @return events in order
     */
    public List<WakeEvent> events() {
        return List.copyOf(events);
    }

    /**
     * Lists the types of what was heard, without snapshots.
     *
     * @return types in order
     */
    public List<WakeEvent.Type> types() {
        return events.stream()
                .filter(event -> !event.snapshot())
                .map(WakeEvent::type)
                .toList();
    }

    /**
     * Counts what was not heard.
     *
     * @return dropped events
     */
    public long dropped() {
        return dropped.get();
    }
}
