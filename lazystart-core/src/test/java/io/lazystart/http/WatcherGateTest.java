// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static io.lazystart.http.GateHarness.EXITED;
import static io.lazystart.http.GateHarness.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatcherGateTest {
    private final GateHarness harness = new GateHarness();

    @Test
    void ready_anyRequest_forwardsWithTheLease() {
        harness.watcher.leases.add(FakeWatcher.LEASE);
        harness.guard = (service, request) -> false;

        Outcome outcome = harness.gate(Sample.service()).handle(FakeRequest.of("POST", "/x"));

        assertThat(outcome).isEqualTo(new Outcome.Forward(FakeWatcher.LEASE));
        assertThat(harness.watcher.isUntouched()).isTrue();
    }

    @Test
    void ready_warmRequest_costsOneHeaderAndNoSnapshot() {
        harness.watcher.leases.add(FakeWatcher.LEASE);
        harness.watcher.state = null; // reading it would fail
        AtomicInteger headers = new AtomicInteger();
        RequestView request = new RequestView() {
            @Override
            public String method() {
                return "GET";
            }

            @Override
            public String target() {
                return "/";
            }

            @Override
            public @Nullable String header(String name) {
                headers.incrementAndGet();
                return null;
            }

            @Override
            public String remoteAddress() {
                throw new UnsupportedOperationException("a warm request has no cause");
            }
        };

        Outcome outcome = harness.gate(Sample.service()).handle(request);

        assertThat(outcome).isInstanceOf(Outcome.Forward.class);
        assertThat(headers).hasValue(1);
    }

    @Test
    void napping_navigation_wakesAndShowsThePage() {
        harness.watcher.afterWake = FakeWatcher.starting(Duration.ofMillis(4200), Duration.ofMillis(1100));

        HttpAnswer answer = harness.answer(Sample.service(), FakeRequest.navigation());

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(answer.header("Retry-After")).isEqualTo("4");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("LazyStart-Status")).isEqualTo("starting");
        assertThat(answer.header("Vary")).contains("Accept", "Sec-Fetch-Mode");
        assertThat(harness.watcher.wakes).containsExactly(Cause.request("GET / from 192.0.2.7, rule page"));
    }

    @Test
    void pageStatus200_navigation_isUsed() {
        assertThat(harness.answer(Sample.service().pageStatus(200), FakeRequest.navigation())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void wakeCause_queryAndControlCharacters_areLeftOut() {
        harness.gate(Sample.service()).handle(FakeRequest.get("/a\u001b[31m?token=secret"));

        assertThat(harness.watcher.acquired.get(0).cause().detail()).isEqualTo("GET /a?[31m from 192.0.2.7, rule hold");
    }

    @Test
    void wakeCause_namesTheRuleThatLedToTheWake() {
        Sample async = Sample.service().waitMode(WaitMode.ASYNC);

        harness.gate(async).handle(FakeRequest.of("POST", "/orders"));
        harness.gate(Sample.service()).handle(FakeRequest.get("/").with("Prefer", "respond-async"));
        harness.gate(Sample.service()).handle(FakeRequest.get("/").with("Prefer", "respond-async, wait=5"));

        assertThat(harness.watcher.wakes)
                .extracting(Cause::detail)
                .containsExactly("POST /orders from 192.0.2.7, rule async", "GET / from 192.0.2.7, rule respond-async");
        assertThat(harness.watcher.acquired.get(0).cause().detail())
                .isEqualTo("GET / from 192.0.2.7, rule hold, then respond-async");
    }

    @Test
    void wakeCause_endlessMethodAndPath_leaveRoomForTheCaller() {
        harness.gate(Sample.service()).handle(FakeRequest.of("M".repeat(9_000), "/" + "p".repeat(9_000)));

        assertThat(harness.watcher.acquired.get(0).cause().detail())
                .hasSizeLessThan(300)
                .endsWith("p… from 192.0.2.7, rule hold");
    }

    @Test
    void guardRefuses_notReady_403AndStaysAsleep() {
        harness.guard = (service, request) -> false;

        HttpAnswer answer = harness.answer(Sample.service(), FakeRequest.get("/"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("Retry-After")).isNull();
        assertThat(harness.watcher.isUntouched()).isTrue();
    }

    @Test
    void guardThrows_notReady_403AndStaysAsleep() {
        harness.guard = (service, request) -> {
            throw new IllegalStateException("directory is down");
        };

        HttpAnswer answer = harness.answer(Sample.service(), FakeRequest.navigation());

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).contains("<!doctype html>").doesNotContain("directory is down");
        assertThat(harness.watcher.isUntouched()).isTrue();
    }

    @Test
    void favicon_notReady_404AndStaysAsleep() {
        assertThat(harness.answer(Sample.service(), FakeRequest.get("/favicon.ico"))
                        .status())
                .isEqualTo(404);
        assertThat(harness.watcher.isUntouched()).isTrue();
    }

    @Test
    void prefetch_notReady_503WithRetryAfterAndStaysAsleep() {
        HttpAnswer answer =
                harness.answer(Sample.service(), FakeRequest.navigation().with("Sec-Purpose", "prefetch"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("5");
        assertThat(harness.watcher.isUntouched()).isTrue();
    }

    @Test
    void startEndpoint_otherPath_503AndStaysAsleep() {
        HttpAnswer answer = harness.answer(Sample.service().startEndpoint("/login"), FakeRequest.navigation());

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("LazyStart-Status")).isEqualTo("napping");
        assertThat(answer.text()).contains("notes is asleep").doesNotContain("/login");
        assertThat(harness.watcher.isUntouched()).isTrue();
    }

    @Test
    void connectAndServerWideOptions_anyStatus_refusedWithoutALease() {
        harness.watcher.leases.add(FakeWatcher.LEASE);

        assertThat(harness.answer(Sample.service(), FakeRequest.of("CONNECT", "a:443"))
                        .status())
                .isEqualTo(501);
        HttpAnswer options = harness.answer(Sample.service(), FakeRequest.of("OPTIONS", "*"));

        assertThat(options.status()).isEqualTo(405);
        assertThat(options.header("Allow")).isEmpty();
        assertThat(harness.watcher.leases).hasSize(1);
    }

    @Test
    void async_post_202SaysTheRequestWasNotExecuted() throws Exception {
        harness.watcher.afterWake = FakeWatcher.starting(Duration.ofSeconds(8), Duration.ofMillis(500));

        HttpAnswer answer =
                harness.answer(Sample.service().waitMode(WaitMode.ASYNC), FakeRequest.of("POST", "/a?b=\"c"));

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Retry-After")).isEqualTo("8");
        assertThat(answer.header("Preference-Applied")).isNull();
        assertThat(json(answer.text())).isEqualTo(json("""
                        {"status":"starting","message":"Service notes is starting. The request was not executed; send \
                        it again in 8 s.","service":"notes","estimatedTime":8,"retryAfter":8,
                         "healthCheckUrl":"/a?b=\\"c"}"""));
    }

    @Test
    void respondAsync_get_202WithPreferenceApplied() {
        HttpAnswer answer =
                harness.answer(Sample.service(), FakeRequest.get("/").with("Prefer", "respond-async"));

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Preference-Applied")).isEqualTo("respond-async");
        assertThat(answer.header("Retry-After")).isEqualTo("5");
    }

    @Test
    void backingOff_apiCall_503WithTheExactRestAndNoWake() {
        harness.watcher.state = FakeWatcher.failed(EXITED, Duration.ofMillis(2400));

        HttpAnswer answer = harness.answer(Sample.service(), FakeRequest.get("/"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("3");
        assertThat(answer.text()).contains("\"exitCode\":3");
        assertThat(harness.watcher.isUntouched()).isTrue();
    }

    @Test
    void backingOff_navigation_errorPageAndNoWake() {
        harness.watcher.state = FakeWatcher.failed(EXITED, Duration.ofMillis(2400));

        HttpAnswer answer = harness.answer(Sample.service().pageStatus(200), FakeRequest.navigation());

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("LazyStart-Status")).isEqualTo("error");
        assertThat(answer.text()).contains("data-state=\"failed\"", "data-retry=\"2400\"", "Exit code 3");
        assertThat(harness.watcher.isUntouched()).isTrue();
    }

    @Test
    void wakeIsRefused_navigation_errorPageFromWhatTheWakeSaid() {
        harness.watcher.afterWake = FakeWatcher.failed(EXITED, Duration.ofSeconds(4));

        HttpAnswer answer = harness.answer(Sample.service(), FakeRequest.navigation());

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("4");
        assertThat(answer.text()).contains("data-state=\"failed\"");
    }

    @Test
    void pinnedAsleep_asyncRequest_503() {
        harness.watcher.afterWake = FakeWatcher.pinnedAsleep();

        HttpAnswer answer = harness.answer(Sample.service().waitMode(WaitMode.ASYNC), FakeRequest.get("/"));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("LazyStart-Status")).isEqualTo("napping");
        assertThat(answer.text()).contains("\"reason\":\"pinned\"");
    }

    @Test
    void readyBetweenLookAndDecision_forwards() {
        harness.watcher.refusals = 1;
        harness.watcher.leases.add(FakeWatcher.LEASE);
        harness.watcher.state = FakeWatcher.in(Status.READY);
        harness.guard = (service, request) -> false;

        Outcome outcome = harness.gate(Sample.service()).handle(FakeRequest.get("/"));

        assertThat(outcome).isInstanceOf(Outcome.Forward.class);
    }

    @Test
    void readyBetweenDecisionAndWake_navigation_forwards() {
        harness.watcher.refusals = 1;
        harness.watcher.leases.add(FakeWatcher.LEASE);
        harness.watcher.afterWake = FakeWatcher.in(Status.READY);

        Outcome outcome = harness.gate(Sample.service()).handle(FakeRequest.navigation());

        assertThat(outcome).isInstanceOf(Outcome.Forward.class);
    }

    @Test
    void readyAndGoneAgain_navigation_isHeld() {
        harness.watcher.afterWake = FakeWatcher.in(Status.READY);

        Outcome outcome = harness.gate(Sample.service()).handle(FakeRequest.navigation());

        assertThat(outcome).isInstanceOf(Outcome.Hold.class);
        assertThat(harness.watcher.acquired.get(0).deadline()).isEqualTo(Sample.HOLD);
    }

    @Test
    void stoppingWithQueuedRestart_navigation_showsThePage() {
        harness.watcher.state = FakeWatcher.in(Status.STOPPING);
        harness.watcher.afterWake = FakeWatcher.in(Status.STOPPING);

        HttpAnswer answer = harness.answer(Sample.service(), FakeRequest.navigation());

        assertThat(answer.header("LazyStart-Status")).isEqualTo("starting");
        assertThat(answer.text()).contains("data-state=\"loading\"");
    }

    @ParameterizedTest
    @CsvSource({"502,", "504,5"})
    void upstreamFailed_apiCall_problem(int status, String retryAfter) {
        HttpAnswer answer = harness.gate(Sample.service())
                .upstreamFailed(FakeRequest.get("/"), status, "127.0.0.1:9: connection refused");

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Retry-After")).isEqualTo(retryAfter);
        assertThat(answer.text()).contains("connection refused");
    }

    @Test
    void upstreamFailed_navigation_pageThatDoesNotFollowEvents() {
        HttpAnswer answer = harness.gate(Sample.service().errorDetails(ErrorDetails.NONE))
                .upstreamFailed(FakeRequest.navigation(), 502, "127.0.0.1:9: connection refused");

        assertThat(answer.text()).contains("data-live=\"false\"").doesNotContain("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({",,5", "10000,,10", "10000,9999,1", "10000,8999,2", "10000,60000,1", "1,,1", "0,0,1"})
    void retryAfter_ofAnEstimate_isTheRestRoundedUp(Long estimate, Long elapsed, String expected) {
        harness.watcher.afterWake = FakeWatcher.starting(
                estimate == null ? null : Duration.ofMillis(estimate),
                elapsed == null ? Duration.ZERO : Duration.ofMillis(elapsed));

        assertThat(harness.answer(Sample.service(), FakeRequest.navigation()).header("Retry-After"))
                .isEqualTo(expected);
    }

    @Test
    void anyAnswer_isForNoOtherOriginToRead() {
        harness.watcher.afterWake = FakeWatcher.starting(null, Duration.ZERO);
        FakeRequest foreign = FakeRequest.get("/").with("Origin", "https://elsewhere.example");
        Sample async = Sample.service().waitMode(WaitMode.ASYNC);
        HttpGate gate = harness.gate(Sample.service());

        List<HttpAnswer> answers = List.of(
                harness.answer(Sample.service(), foreign.with("Accept", "text/html")),
                harness.answer(async, foreign),
                harness.answer(Sample.service().startEndpoint("/login"), foreign),
                gate.upstreamFailed(foreign, 502, "refused"),
                ((Outcome.Events) gate.handle(foreign.with("LazyStart-Events", "stream"))).head());

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.headers())
                        .extracting(header -> header.getKey().toLowerCase(Locale.ROOT))
                        .noneMatch(name -> name.startsWith("access-control-")));
    }
}
