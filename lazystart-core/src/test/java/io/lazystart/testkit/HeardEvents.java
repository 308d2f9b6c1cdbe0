// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps what a provider tells, and lets a case wait for it. Thread-safe. */
final class HeardEvents implements UnitListener {
    private final List<UnitEvent> events = new ArrayList<>(); // guarded by this
    private int resyncs; // guarded by this

    @Override
    public synchronized void onEvent(UnitEvent event) {
        events.add(event);
        notifyAll();
    }

    @Override
    public synchronized void onResync() {
        resyncs++;
        notifyAll();
    }

    /** Everything told of a unit so far. */
    synchronized List<UnitEvent> of(String unit) {
        return events.stream().filter(event -> event.unit().equals(unit)).toList();
    }

    /** How many events of a kind were told of a unit. */
    synchronized int count(String unit, Kind kind) {
        return (int) of(unit).stream().filter(event -> event.kind() == kind).count();
    }

    /** Waits until so many events of a kind were told of a unit, and gives the last of them. */
    UnitEvent await(String unit, Kind kind, int number, Duration patience) throws InterruptedException {
        UnitEvent found =
                await(heard -> heard.nth(unit, kind, number) != null, patience) ? nth(unit, kind, number) : null;
        if (found == null) {
            throw new AssertionError("watch: event " + kind + " number " + number + " of unit " + unit
                    + " has not come within " + patience + " (heard: " + of(unit) + ")");
        }
        return found;
    }

    /** Waits until an event of a kind was told of a unit, or that events were lost. */
    void awaitEventOrResync(String unit, Kind kind, Duration patience) throws InterruptedException {
        if (!await(heard -> heard.resyncs > 0 || heard.nth(unit, kind, 1) != null, patience)) {
            throw new AssertionError("watch: neither a resync nor event " + kind + " of unit " + unit
                    + " has come within " + patience + " after the stream was mended");
        }
    }

    private synchronized boolean await(Predicate<HeardEvents> condition, Duration patience)
            throws InterruptedException {
        long began = System.nanoTime();
        long left = patience.toNanos();
        while (!condition.test(this) && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = patience.toNanos() - (System.nanoTime() - began);
        }
        return condition.test(this);
    }

    private synchronized @Nullable UnitEvent nth(String unit, Kind kind, int number) {
        return of(unit).stream()
                .filter(event -> event.kind() == kind)
                .skip(number - 1L)
                .findFirst()
                .orElse(null);
    }
}
