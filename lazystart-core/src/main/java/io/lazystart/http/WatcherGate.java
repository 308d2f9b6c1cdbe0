// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.ServiceConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.http.Decision.Hold;
import io.lazystart.watch.Lease;
import io.lazystart.watch.WakeRequest;
import io.lazystart.watch.Watcher;
import io.lazystart.watch.WatcherSnapshot;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what {@link DecisionTable} says. */
final class WatcherGate implements HttpGate {
    private static final Logger LOG = LoggerFactory.getLogger(WatcherGate.class);

    /** A longer path tells a reader of the log nothing more. */
    private static final int MAX_CAUSE_PATH = 200;

    private static final int MAX_CAUSE_METHOD = 20;

    private final Watcher watcher;
    private final Supplier<ServiceConfig> service;
    private final HttpGates gates;

    /** Of the configuration asked for last; null until somebody asks. Made again where two do so at once. */
    private volatile @Nullable Terms terms;

    /** What one configuration of the service leads to. */
    private record Terms(ServiceConfig service, Answers answers, EventGate events) {}

    WatcherGate(Watcher watcher, Supplier<ServiceConfig> service, HttpGates gates) {
        this.watcher = watcher;
        this.service = service;
        this.gates = gates;
    }

    @SuppressWarnings("ReferenceEquality") // made anew for another object, equal or not
    private Terms terms() {
        ServiceConfig now = service.get();
        Terms known = terms;
        if (known == null || known.service() != now) {
            Answers answers = new Answers(now);
            known = new Terms(now, answers, gates.events(watcher, now, answers));
            terms = known;
        }
        return known;
    }

    /** The first two conditions are rows of the table too; here they keep a warm request from paying for the rest. */
    @Override
    public Outcome handle(RequestView request) {
        if (request.header(HeaderNames.EVENTS) == null && !RequestKind.isForNoService(request)) {
            Lease lease = watcher.tryAcquire();
            if (lease != null) {
                return new Outcome.Forward(lease);
            }
        }
        return decideAndAct(request);
    }

    @Override
    public HttpAnswer upstreamFailed(RequestView request, int status, String problem) {
        return terms().answers().upstreamFailed(request, status, problem, watcher.snapshot());
    }

    private Outcome decideAndAct(RequestView request) {
        Terms now = terms();
        WatcherSnapshot snapshot = watcher.snapshot();
        boolean ready = snapshot.status() == Status.READY;
        boolean subscribes = request.header(HeaderNames.EVENTS) != null;
        boolean backingOff = snapshot.retryAfter() != null;
        Situation situation = new Situation(snapshot.status(), backingOff, ready || subscribes || mayWake(request));
        return DecisionTable.decide(now.service(), situation, request).match(new Act(request, snapshot, now));
    }

    private boolean mayWake(RequestView request) {
        if (RequestKind.isForNoService(request)) {
            return true; // refused before anybody needs to know
        }
        try {
            return gates.guard().mayWake(watcher.name(), request);
        } catch (RuntimeException e) {
            LOG.warn("{}: the wake guard failed; the request is refused", watcher.name(), e);
            return false;
        }
    }

    /** Who wakes the service, and by which rule of the table. */
    private static Cause cause(RequestView request, String rule) {
        String path = RequestKind.path(request.target()); // a query may hold secrets, and causes are logged
        String what = shortened(request.method(), MAX_CAUSE_METHOD) + " " + shortened(path, MAX_CAUSE_PATH);
        return Cause.request(what + " from " + request.remoteAddress() + ", rule " + rule);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "…";
    }

    /** Carries out the decision about one request. */
    private final class Act implements Decision.Cases<Outcome> {
        private final RequestView request;
        private final WatcherSnapshot before;
        private final ServiceConfig service;
        private final Answers answers;
        private final EventGate events;

        Act(RequestView request, WatcherSnapshot before, Terms terms) {
            this.request = request;
            this.before = before;
            this.service = terms.service();
            this.answers = terms.answers();
            this.events = terms.events();
        }

        /** The service became ready after the first look; should it be gone again, the request waits for it. */
        @Override
        public Outcome forward() {
            Lease lease = watcher.tryAcquire();
            return lease != null ? new Outcome.Forward(lease) : hold(new Hold(service.holdTimeout(), false));
        }

        @Override
        public Outcome hold(Hold hold) {
            String rule = hold.acceptAfterwards() ? "hold, then respond-async" : "hold";
            WakeRequest wake = WakeRequest.of(cause(request, rule)).deadline(hold.limit());
            return new Outcome.Hold(watcher.acquire(wake).toCompletableFuture(), failure -> answer(failure, hold));
        }

        @Override
        public Outcome page() {
            return unlessOver(watcher.wake(cause(request, "page")), answers::page);
        }

        @Override
        public Outcome accepted(Decision.Accepted accepted) {
            String applied = accepted.preferred() ? "respond-async" : null;
            Cause cause = cause(request, accepted.preferred() ? "respond-async" : "async");
            return unlessOver(watcher.wake(cause), snapshot -> answers.accepted(request, snapshot, applied));
        }

        @Override
        public Outcome events() {
            return events.handle(request);
        }

        @Override
        public Outcome refuse(Decision.Refuse refuse) {
            return new Outcome.Answer(answers.refused(request, refuse, before));
        }

        /** A wake may find the service ready, or be refused; else the caller is told that it is starting. */
        private Outcome unlessOver(WatcherSnapshot woken, Function<WatcherSnapshot, HttpAnswer> starting) {
            return switch (woken.status()) {
                case READY -> forward();
                case STARTING, STOPPING -> isOver(woken) ? failed(woken) : new Outcome.Answer(starting.apply(woken));
                case NAPPING, ERROR -> failed(woken);
            };
        }

        /** Whether nobody is let in any more, whatever the status is. */
        private static boolean isOver(WatcherSnapshot woken) {
            Reason reason = woken.reason();
            return reason != null && (reason.kind() == Reason.Kind.REMOVED || reason.kind() == Reason.Kind.CLOSING);
        }

        private Outcome failed(WatcherSnapshot woken) {
            return new Outcome.Answer(answers.failed(request, Answers.reasonOf(woken), woken.retryAfter(), woken));
        }

        private HttpAnswer answer(Throwable thrown, Hold hold) {
            Throwable failure = unwrapped(thrown);
            WatcherSnapshot now = watcher.snapshot();
            if (!(failure instanceof WakeException wake)) {
                LOG.warn("{}: a held request failed", service.name(), failure);
                return answers.unexpected(request);
            }
            if (hold.acceptAfterwards() && wake.reason().kind() == Reason.Kind.WAIT_EXPIRED) {
                return answers.accepted(
                        request, now, "respond-async, wait=" + hold.limit().toSeconds());
            }
            return answers.failed(request, wake.reason(), wake.retryAfter(), now);
        }

        private static Throwable unwrapped(Throwable thrown) {
            Throwable cause = thrown.getCause();
            boolean wrapper = thrown instanceof CompletionException || thrown instanceof ExecutionException;
            return wrapper && cause != null ? cause : thrown;
        }
    }
}
