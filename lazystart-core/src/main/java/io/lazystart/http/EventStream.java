// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.event.Subscription;
import io.lazystart.event.WakeEvent;
import io.lazystart.event.WakeListener;
import io.lazystart.time.Scheduler;
import io.lazystart.watch.Watcher;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One open event stream. Events and heartbeats go through one serial executor, so the sink is called from one thread at
 * a time. The stream ends after READY, when the sink refuses a frame, or when the adapter closes it.
 */
final class EventStream implements WakeListener, Subscription {
    private static final long HEARTBEAT_NANOS = Duration.ofSeconds(15).toNanos();

    private final Watcher watcher;
    private final EventFrames frames;
    private final Scheduler scheduler;
    private final Subscribers subscribers;
    private final @Nullable EventId resumeAfter;
    private final EventFeed.Sink sink;
    private final SerialExecutor executor;

    private final AtomicBoolean closed = new AtomicBoolean();

    /** Written once by {@link #open()}; the delivering thread may close before that, so open() looks at closed again. */
    private volatile @Nullable Subscription subscription;

    /** Written by open() and then by one heartbeat after the other. */
    private volatile Scheduler.@Nullable Timer heartbeat;

    EventStream(
            Watcher watcher,
            EventFrames frames,
            Scheduler scheduler,
            Executor executor,
            Subscribers subscribers,
            @Nullable EventId resumeAfter,
            EventFeed.Sink sink) {
        this.watcher = watcher;
        this.frames = frames;
        this.scheduler = scheduler;
        this.executor = new SerialExecutor(executor);
        this.subscribers = subscribers;
        this.resumeAfter = resumeAfter;
        this.sink = sink;
    }

    /** Begins to send. A stream too many, which lost the race for the last place, is ended at once. */
    Subscription open() {
        if (!subscribers.tryEnter()) {
            closed.set(true);
            sink.end();
            return this;
        }
        try {
            subscription = watcher.subscribe(this, executor);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        armHeartbeat();
        if (closed.get()) {
            release();
        }
        return this;
    }

    @Override
    public void onEvent(WakeEvent event) {
        if (closed.get() || isHeard(event)) {
            return;
        }
        send(frames.event(event, idOf(event), watcher.snapshot()));
        if (event.type() == WakeEvent.Type.READY && !closed.get()) {
            close();
            sink.end();
        }
    }

    @Override
    public void onDropped(long count) {
        send(EventFrames.comment(count + " events were dropped"));
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            subscribers.leave();
            release();
        }
    }

    /** A client that reconnects has heard part of the history; the snapshot is told to everybody. */
    private boolean isHeard(WakeEvent event) {
        return !event.snapshot() && resumeAfter != null && resumeAfter.covers(event.epoch(), event.sequence());
    }

    /**
     * A snapshot comes before the history, so its id must not claim that the history was heard: a client cut off
     * between the two would never see it.
     */
    private EventId idOf(WakeEvent event) {
        if (!event.snapshot()) {
            return new EventId(event.epoch(), event.sequence());
        }
        return resumeAfter != null && resumeAfter.epoch() == event.epoch()
                ? resumeAfter
                : new EventId(event.epoch(), 0);
    }

    private void send(byte[] frame) {
        if (!closed.get() && !sink.send(frame)) {
            close();
        }
    }

    private void armHeartbeat() {
        heartbeat = scheduler.schedule(() -> executor.execute(this::beat), HEARTBEAT_NANOS);
    }

    private void beat() {
        send(EventFrames.comment("heartbeat"));
        if (closed.get()) {
            return;
        }
        armHeartbeat();
        if (closed.get()) { // close() ran between the two and may have cancelled the old timer only
            release();
        }
    }

    private void release() {
        Subscription events = subscription;
        if (events != null) {
            events.close();
        }
        Scheduler.Timer timer = heartbeat;
        if (timer != null) {
            timer.cancel();
        }
    }
}
