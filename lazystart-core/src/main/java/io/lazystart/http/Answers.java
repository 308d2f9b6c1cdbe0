// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.http.Decision.Refusal;
import io.lazystart.http.LoadingPage.View;
import io.lazystart.watch.WatcherSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds the answers of one service. */
final class Answers {
    private final ServiceConfig service;

    Answers(ServiceConfig service) {
        this.service = service;
    }

    HttpAnswer page(WatcherSnapshot snapshot) {
        return page(service.pageStatus(), snapshot);
    }

    HttpAnswer accepted(RequestView request, WatcherSnapshot snapshot, @Nullable String preferenceApplied) {
        long seconds = RetryAfter.untilReady(snapshot);
        String message = "Service " + service.name() + " is starting. The request was not executed; send it again in "
                + seconds + " s.";
        if (RequestKind.isGrpc(request)) {
            return new Failure(service.name(), 503, "starting", Told.of(message), seconds).asGrpc();
        }
        Json json = new Json()
                .field("status", "starting")
                .field("message", message)
                .field("service", service.name())
                .field("estimatedTime", snapshot.estimate() == null ? null : seconds)
                .field("retryAfter", seconds)
                .field("healthCheckUrl", request.target());
        AnswerBuilder answer = new AnswerBuilder(202, "starting").retryAfter(seconds);
        if (preferenceApplied != null) {
            answer.header("Preference-Applied", preferenceApplied);
        }
        return answer.body("application/json", json.toString()).build();
    }

    HttpAnswer refused(RequestView request, Decision.Refuse refuse, WatcherSnapshot snapshot) {
        if (refuse.why() == Refusal.BACKING_OFF) {
            return failed(request, reasonOf(snapshot), snapshot.retryAfter(), snapshot);
        }
        Failure failure = new Failure(
                service.name(),
                refuse.status(),
                mark(refuse, snapshot.status()),
                Told.of(sentence(refuse.why())),
                refuse.status() == 503 ? RetryAfter.seconds(snapshot) : 0);
        return switch (refuse.why()) {
            case TUNNEL -> failure.asProblem();
            case SERVER_WIDE -> withHeader(failure.asProblem(), "Allow", "");
            case EVENTS_METHOD -> withHeader(failure.asProblem(), "Allow", "GET, HEAD");
            case NEVER_WAKES, PREFETCH -> told(request, failure, null);
            case GUARD -> told(request, failure, View.refused(failure));
            case NOT_THE_START_ENDPOINT, BACKING_OFF -> told(request, failure, View.asleep(failure));
        };
    }

    /** Tells why a wake led to nothing; a wake that goes on without the caller is no failure, but late. */
    HttpAnswer failed(RequestView request, Reason reason, @Nullable Duration retryAfter, WatcherSnapshot snapshot) {
        boolean late = reason.kind() == Reason.Kind.WAIT_EXPIRED;
        if (late && isForPeople(request)) {
            return page(504, snapshot);
        }
        Failure failure = new Failure(
                service.name(),
                late ? 504 : 503,
                mark(reason.kind()),
                Told.of(reason, service.errorDetails()),
                retryAfter != null ? RetryAfter.roundedUp(retryAfter) : RetryAfter.seconds(snapshot));
        return told(request, failure, View.failed(failure, retryAfter));
    }

    HttpAnswer upstreamFailed(RequestView request, int status, String problem, WatcherSnapshot snapshot) {
        Told told =
                Told.of(service.errorDetails() == ErrorDetails.NONE ? "The service could not be reached." : problem);
        long retryAfter = status == 502 ? 0 : RetryAfter.seconds(snapshot);
        Failure failure = new Failure(service.name(), status, "error", told, retryAfter);
        return told(request, failure, View.unreachable(failure));
    }

    HttpAnswer unexpected(RequestView request) {
        Failure failure = new Failure(
                service.name(), 500, "error", Told.of("The request could not be handled; the log says why."), 0);
        return told(request, failure, View.unreachable(failure));
    }

    HttpAnswer tooManySubscribers(WatcherSnapshot snapshot) {
        Told told = Told.of("Too many event streams are open.");
        return new Failure(service.name(), 503, name(snapshot.status()), told, RetryAfter.seconds(snapshot))
                .asProblem();
    }

    AnswerBuilder events(Status status) {
        return new AnswerBuilder(200, name(status))
                .header("Content-Type", "text/event-stream")
                .header("X-Accel-Buffering", "no");
    }

    /** Why the service is not ready after it was asked to wake. */
    static Reason reasonOf(WatcherSnapshot snapshot) {
        Reason reason = snapshot.reason();
        if (reason != null) {
            return reason;
        }
        return snapshot.status() == Status.NAPPING
                ? Reason.of(Reason.Kind.PINNED, "Service " + snapshot.service() + " is kept asleep.")
                : Reason.of(Reason.Kind.START_FAILED, "Service " + snapshot.service() + " could not be started.");
    }

    private HttpAnswer page(int status, WatcherSnapshot snapshot) {
        return new AnswerBuilder(status, "starting")
                .retryAfter(RetryAfter.untilReady(snapshot))
                .header("Content-Security-Policy", LoadingPage.CONTENT_SECURITY_POLICY)
                .body(LoadingPage.CONTENT_TYPE, LoadingPage.render(View.starting(service.name(), snapshot)))
                .build();
    }

    private HttpAnswer told(RequestView request, Failure failure, @Nullable View view) {
        if (RequestKind.isGrpc(request)) {
            return failure.asGrpc();
        }
        return view != null && isForPeople(request) ? failure.asPage(view) : failure.asProblem();
    }

    private boolean isForPeople(RequestView request) {
        return DecisionTable.wantsPage(service, request);
    }

    private static HttpAnswer withHeader(HttpAnswer answer, String name, String value) {
        List<Map.Entry<String, String>> headers = new ArrayList<>(answer.headers());
        headers.add(Map.entry(name, value));
        return new HttpAnswer(answer.status(), headers, answer.body());
    }

    private static String mark(Decision.Refuse refuse, Status status) {
        return refuse.status() == 503 || refuse.status() == 404 ? name(status) : "refused";
    }

    private static String mark(Reason.Kind kind) {
        return switch (kind) {
            case WAIT_EXPIRED, WAITING_ROOM_FULL -> "starting";
            case PINNED, PUT_TO_SLEEP -> "napping";
            case START_FAILED,
                    EXITED,
                    NOT_READY,
                    START_TIMED_OUT,
                    DIED,
                    UNHEALTHY,
                    STOP_FAILED,
                    REPLACED,
                    CLOSING,
                    REMOVED -> "error";
        };
    }

    private static String name(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static String sentence(Refusal why) {
        return switch (why) {
            case TUNNEL -> "CONNECT is not served here.";
            case SERVER_WIDE -> "OPTIONS * is not served here; ask about a path.";
            case EVENTS_METHOD -> "Events are read with GET.";
            case GUARD -> "You may not wake this service.";
            case NEVER_WAKES -> "The service is not ready, and this request does not wake it.";
            case PREFETCH -> "The service is not ready, and a prefetch does not wake it.";
            case NOT_THE_START_ENDPOINT -> "The service is asleep, and this address does not wake it.";
            case BACKING_OFF -> "The service has failed and is not started again yet.";
        };
    }
}
