// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lazystart.config.Limits;
import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.Subscription;
import io.lazystart.event.WakeEvent;
import io.lazystart.failure.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static final FakeRequest SUBSCRIBE = FakeRequest.get("/any/path").with("LazyStart-Events", "stream");

    private final FakeWatcher watcher = new FakeWatcher();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final RecordingSink sink = new RecordingSink();
    private Executor executor = Runnable::run;
    private int limit = 2;

    private static final class RecordingSink implements EventFeed.Sink {
        final List<String> frames = new ArrayList<>();
        boolean ended;
        boolean refuses;

        @Override
        public boolean send(byte[] frame) {
            if (!refuses) {
                frames.add(new String(frame, StandardCharsets.UTF_8));
            }
            return !refuses;
        }

        @Override
        public void end() {
            assertThat(ended).isFalse();
            ended = true;
        }
    }

    @Test
    void subscribe_anyStatus_streamHeadWithoutAWake() {
        Outcome.Events events = subscribe(gate(Sample.service()), SUBSCRIBE);

        HttpAnswer head = events.head();
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(head.header("Cache-Control")).isEqualTo("no-store");
        assertThat(head.header("X-Accel-Buffering")).isEqualTo("no");
        assertThat(head.header("LazyStart-Status")).isEqualTo("napping");
        assertThat(watcher.isUntouched()).isTrue();
    }

    @Test
    void subscribe_ready_takesNoLease() {
        watcher.state = FakeWatcher.in(Status.READY);
        watcher.leases.add(FakeWatcher.LEASE);

        subscribe(gate(Sample.service()), SUBSCRIBE);

        assertThat(watcher.leases).hasSize(1);
    }

    @Test
    void events_areFramedWithIdTypeAndData() throws Exception {
        watcher.state = FakeWatcher.starting(Duration.ofSeconds(4), Duration.ofMillis(1500));
        start(Sample.service());

        tell(FakeWatcher.snapshotEvent(WakeEvent.Type.STARTING, 8));
        tell(FakeWatcher.event(WakeEvent.Type.UNIT_STARTED, 7, "notes runs"));

        assertThat(sink.frames.get(0)).startsWith("retry: 1000\nid: 3-0\nevent: STARTING\ndata: {");
        assertThat(sink.frames.get(1))
                .startsWith("id: 3-7\nevent: UNIT_STARTED\ndata: {")
                .endsWith("}\n\n");
        assertThat(data(1)).isEqualTo(new ObjectMapper().readTree("""
                                        {"type":"UNIT_STARTED","service":"notes","message":"notes runs",
                                         "timestamp":"2026-01-02T03:04:05Z","elapsedMs":1500,"estimateMs":4000,
                                         "snapshot":false}"""));
    }

    @Test
    void lineEndsInData_doNotBreakTheFrame() throws Exception {
        String nasty = "one\r\n\r\nevent: READY\ndata: {}\u2028\r\n\n";
        start(Sample.service());

        tell(FakeWatcher.event(WakeEvent.Type.UNIT_STARTED, 1, nasty));

        assertThat(sink.frames.get(0).split("\r\n|\n|\r", -1)).hasSize(5);
        assertThat(data(0).get("message").asText()).isEqualTo(nasty);
    }

    @Test
    void ready_isToldOnceAndEndsTheStream() {
        start(Sample.service());
        tell(FakeWatcher.event(WakeEvent.Type.READY, 9, "ready"));

        tell(FakeWatcher.event(WakeEvent.Type.READY, 10, "ready"));

        assertThat(sink.frames).singleElement().asString().contains("event: READY\n");
        assertThat(sink.ended).isTrue();
        assertThat(watcher.subscribers.get(0).closed).isTrue();
        assertThat(scheduler.pending()).isZero();
    }

    @Test
    void dependencyEvent_namesTheDependency() throws Exception {
        start(Sample.service());

        tell(new WakeEvent(
                WakeEvent.Type.WAKING_DEPENDENCY,
                "notes",
                3,
                4,
                FakeWatcher.EPOCH,
                Cause.request(""),
                "db",
                null,
                "db",
                false));

        assertThat(data(0).get("dependency").asText()).isEqualTo("db");
    }

    @Test
    void error_tellsTheReasonByErrorDetails() throws Exception {
        Reason reason = new Reason(Reason.Kind.EXITED, "exited at once", 3, List.of("secret line"));
        WakeEvent error = new WakeEvent(
                WakeEvent.Type.ERROR,
                "notes",
                3,
                4,
                FakeWatcher.EPOCH,
                Cause.request(""),
                "exited",
                reason,
                null,
                false);
        watcher.state = FakeWatcher.failed(reason, Duration.ofMillis(900));

        for (ErrorDetails details : ErrorDetails.values()) {
            start(Sample.service().errorDetails(details)).close();
            watcher.subscribers.clear();
            start(Sample.service().errorDetails(details));
            tell(error);
            watcher.subscribers.clear();
        }

        assertThat(sink.frames.get(0)).doesNotContain("exited", "secret line", "exitCode");
        assertThat(data(1).get("reason").get("exitCode").asInt()).isEqualTo(3);
        assertThat(sink.frames.get(1)).doesNotContain("secret line");
        assertThat(data(2).get("reason").get("output").get(0).asText()).isEqualTo("secret line");
        assertThat(data(2).get("retryAfterMs").asInt()).isEqualTo(900);
    }

    @Test
    void lastEventId_heardHistoryIsSkippedButNotTheSnapshot() {
        subscribe(gate(Sample.service()), SUBSCRIBE.with("Last-Event-ID", "3-5"))
                .feed()
                .start(sink);

        tell(FakeWatcher.snapshotEvent(WakeEvent.Type.STARTING, 6));
        tell(FakeWatcher.event(WakeEvent.Type.STARTING, 5, "heard"));
        tell(FakeWatcher.event(WakeEvent.Type.UNIT_STARTED, 6, "new"));

        assertThat(sink.frames).hasSize(2);
        assertThat(sink.frames.get(0)).contains("id: 3-5\n");
        assertThat(sink.frames.get(1)).contains("id: 3-6\n");
    }

    @Test
    void lastEventId_ofAnotherEpochOrRubbish_skipsNothing() {
        HttpGate gate = gate(Sample.service());
        for (String id : List.of("2-99", "x", "", "3", "-1-1", "99999999999999999999-1")) {
            subscribe(gate, SUBSCRIBE.with("Last-Event-ID", id))
                    .feed()
                    .start(sink)
                    .close();
            FakeWatcher.Subscriber subscriber = watcher.subscribers.get(watcher.subscribers.size() - 1);
            assertThat(subscriber.closed).isTrue();
            Subscription open =
                    subscribe(gate, SUBSCRIBE.with("Last-Event-ID", id)).feed().start(sink);
            watcher.subscribers
                    .get(watcher.subscribers.size() - 1)
                    .tell(FakeWatcher.event(WakeEvent.Type.STARTING, 1, id));
            open.close();
        }

        assertThat(sink.frames).hasSize(6);
    }

    @Test
    void heartbeat_each15Seconds() {
        start(Sample.service());

        scheduler.pass(Duration.ofMillis(14_999));
        assertThat(sink.frames).isEmpty();
        scheduler.pass(Duration.ofSeconds(31));

        assertThat(sink.frames).containsExactly(": heartbeat\n\n", ": heartbeat\n\n", ": heartbeat\n\n");
    }

    @Test
    void sinkRefuses_subscriptionIsClosedAndThePlaceIsFree() {
        limit = 1;
        HttpGate gate = gate(Sample.service());
        subscribe(gate, SUBSCRIBE).feed().start(sink);
        sink.refuses = true;

        scheduler.pass(Duration.ofSeconds(15));

        assertThat(watcher.subscribers.get(0).closed).isTrue();
        assertThat(scheduler.pending()).isZero();
        assertThat(sink.ended).isFalse();
        assertThat(gate.handle(SUBSCRIBE)).isInstanceOf(Outcome.Events.class);
    }

    @Test
    void sinkRefusesReady_itsResponseIsNotTouchedAgain() {
        start(Sample.service());
        sink.refuses = true;

        tell(FakeWatcher.event(WakeEvent.Type.READY, 9, "ready"));

        assertThat(sink.ended).isFalse();
        assertThat(watcher.subscribers.get(0).closed).isTrue();
    }

    @Test
    void closed_nothingIsSentAnyMore() {
        Subscription subscription = start(Sample.service());

        subscription.close();
        subscription.close();
        tell(FakeWatcher.event(WakeEvent.Type.STARTING, 1, ""));
        scheduler.pass(Duration.ofMinutes(1));

        assertThat(sink.frames).isEmpty();
        assertThat(watcher.subscribers.get(0).closed).isTrue();
    }

    @Test
    void tooManySubscribers_503UntilOneLeaves() {
        HttpGate gate = gate(Sample.service());
        Subscription first = subscribe(gate, SUBSCRIBE).feed().start(new RecordingSink());
        subscribe(gate, SUBSCRIBE).feed().start(new RecordingSink());

        Outcome third = gate.handle(SUBSCRIBE);
        first.close();
        first.close();

        HttpAnswer answer = assertThat(third)
                .asInstanceOf(type(Outcome.Answer.class))
                .actual()
                .answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(gate.handle(SUBSCRIBE)).isInstanceOf(Outcome.Events.class);
    }

    @Test
    void twoAskForTheLastPlace_theSlowerOneIsEndedAtOnce() {
        limit = 1;
        HttpGate gate = gate(Sample.service());
        Outcome.Events first = subscribe(gate, SUBSCRIBE);
        Outcome.Events second = subscribe(gate, SUBSCRIBE);

        first.feed().start(new RecordingSink());
        second.feed().start(sink).close();

        assertThat(sink.ended).isTrue();
        assertThat(watcher.subscribers).hasSize(1);
        assertThat(gate.handle(SUBSCRIBE)).isInstanceOf(Outcome.Answer.class);
    }

    @Test
    void neverStartedFeed_takesNoPlace() {
        HttpGate gate = gate(Sample.service());

        for (int i = 0; i < 10; i++) {
            assertThat(gate.handle(SUBSCRIBE)).isInstanceOf(Outcome.Events.class);
        }
    }

    @Test
    void heartbeatsAndEvents_goThroughOneSerialExecutor() {
        ArrayDeque<Runnable> pool = new ArrayDeque<>();
        executor = pool::add;
        start(Sample.service());

        tell(FakeWatcher.event(WakeEvent.Type.STARTING, 1, ""));
        scheduler.pass(Duration.ofSeconds(15));

        assertThat(pool).hasSize(1);
        pool.remove().run();
        assertThat(sink.frames).hasSize(2);
        assertThat(sink.frames.get(1)).isEqualTo(": heartbeat\n\n");
        assertThat(pool).isEmpty();
    }

    @Test
    void droppedEvents_areToldAsAComment() {
        start(Sample.service());

        watcher.subscribers.get(0).listener.onDropped(4);

        assertThat(sink.frames).containsExactly(": 4 events were dropped\n\n");
    }

    @Test
    void once_answersWithTheStateAndEnds() {
        watcher.state = FakeWatcher.starting(Duration.ofSeconds(4), Duration.ofSeconds(1));

        Outcome outcome = gate(Sample.service()).handle(FakeRequest.get("/").with("LazyStart-Events", "once"));

        HttpAnswer answer = ((Outcome.Answer) outcome).answer();
        assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(answer.text())
                .startsWith("id: 3-0\nevent: STARTING\ndata: {")
                .endsWith("\n\n");
        assertThat(watcher.isUntouched()).isTrue();
    }

    @Test
    void head_answersTheHeadOnly() {
        Outcome outcome =
                gate(Sample.service()).handle(FakeRequest.of("HEAD", "/").with("LazyStart-Events", "stream"));

        assertThat(((Outcome.Answer) outcome).answer().body()).isEmpty();
    }

    private Subscription start(Sample service) {
        return subscribe(gate(service), SUBSCRIBE).feed().start(sink);
    }

    private void tell(WakeEvent event) {
        watcher.subscribers.get(0).tell(event);
    }

    private JsonNode data(int frame) throws Exception {
        String text = sink.frames.get(frame);
        return new ObjectMapper().readTree(text.substring(text.indexOf("data: ") + 6));
    }

    private HttpGate gate(Sample service) {
        return new HttpGates(new Limits(10, limit), WakeGuard.ALLOW_ALL, scheduler, executor)
                .gate(watcher, service::build);
    }

    private static Outcome.Events subscribe(HttpGate gate, FakeRequest request) {
        return assertThat(gate.handle(request))
                .asInstanceOf(type(Outcome.Events.class))
                .actual();
    }
}
