// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.ServiceConfig;
import io.lazystart.time.Scheduler;
import io.lazystart.watch.Watcher;
import io.lazystart.watch.WatcherSnapshot;
import java.util.concurrent.Executor;

/** Answers those who ask for a service's events. Neither wakes the service nor counts as its use. */
final class EventGate {
    private final Watcher watcher;
    private final Answers answers;
    private final EventFrames frames;
    private final Subscribers subscribers;
    private final Scheduler scheduler;
    private final Executor executor;

    EventGate(
            Watcher watcher,
            ServiceConfig service,
            Answers answers,
            Subscribers subscribers,
            Scheduler scheduler,
            Executor executor) {
        this.watcher = watcher;
        this.answers = answers;
        this.frames = new EventFrames(service.errorDetails());
        this.subscribers = subscribers;
        this.scheduler = scheduler;
        this.executor = executor;
    }

    Outcome handle(RequestView request) {
        WatcherSnapshot snapshot = watcher.snapshot();
        AnswerBuilder head = answers.events(snapshot.status());
        if (request.method().equals("HEAD")) {
            return new Outcome.Answer(head.build());
        }
        if ("once".equalsIgnoreCase(request.header(HeaderNames.EVENTS))) {
            return new Outcome.Answer(head.content(frames.state(snapshot)).build());
        }
        if (!subscribers.hasRoom()) {
            return new Outcome.Answer(answers.tooManySubscribers(snapshot));
        }
        EventId resumeAfter = EventId.parse(request.header("Last-Event-ID"));
        return new Outcome.Events(
                head.build(),
                sink -> new EventStream(watcher, frames, scheduler, executor, subscribers, resumeAfter, sink).open());
    }
}
