// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfig;
import io.lazystart.time.Scheduler;
import io.lazystart.watch.Watcher;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Makes the gates of all services of one host, which share the guard and the limit of event streams. */
public final class HttpGates {
    private final Subscribers subscribers;
    private final WakeGuard guard;
    private final Scheduler scheduler;
    private final Executor executor;

    /**
     * Creates a factory. It starts nothing and owns nothing that must be closed.
     *
     * @param limits bounds the open event streams
     * @param guard decides who may wake
     * @param scheduler sends heartbeats on event streams
     * @param executor writes event streams; a write may block, and tasks of many streams run at a time
     */
    public HttpGates(Limits limits, WakeGuard guard, Scheduler scheduler, Executor executor) {
        this.subscribers = new Subscribers(limits.subscribers());
        this.guard = Objects.requireNonNull(guard, "guard");
        this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /**
     * Makes the gate of a service.
     *
     * @param watcher wakes it
     * @param service says what callers get meanwhile; asked for each request that is not forwarded at once, and may give
     *     another configuration of the service each time
     * @return the gate
     */
    public HttpGate gate(Watcher watcher, Supplier<ServiceConfig> service) {
        return new WatcherGate(watcher, service, this);
    }

    /**
     * Changes the bounds; streams that are open stay so.
     *
     * @param limits bounds the open event streams
     */
    public void limits(Limits limits) {
        subscribers.limit(limits.subscribers());
    }

    WakeGuard guard() {
        return guard;
    }

    EventGate events(Watcher watcher, ServiceConfig service, Answers answers) {
        return new EventGate(watcher, service, answers, subscribers, scheduler, executor);
    }
}
