// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static io.lazystart.http.GateHarness.EXITED;
import static io.lazystart.http.GateHarness.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HeldRequestTest {
    private final GateHarness harness = new GateHarness();

    @Test
    void apiCall_notReady_isHeldUpToTheLimit() {
        Outcome.Hold hold = harness.hold(Sample.service(), FakeRequest.get("/").with("Prefer", "wait=7"));

        harness.watcher.futures.get(0).complete(FakeWatcher.LEASE);

        assertThat(hold.lease()).isCompletedWithValue(FakeWatcher.LEASE);
        assertThat(harness.watcher.acquired.get(0).deadline()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void held_clientLeaves_cancelsTheWaiter() {
        Outcome.Hold hold = harness.hold(Sample.service(), FakeRequest.get("/"));

        hold.lease().cancel(false);

        assertThat(harness.watcher.futures.get(0)).isCancelled();
    }

    @Test
    void held_attemptFails_503ProblemWithTheReason() throws Exception {
        Outcome.Hold hold = harness.hold(Sample.service(), FakeRequest.get("/"));
        WakeException failure = new WakeException(EXITED, Duration.ofMillis(1001));

        HttpAnswer answer = hold.onFailure().apply(new CompletionException(failure));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.header("Retry-After")).isEqualTo("2");
        assertThat(answer.header("LazyStart-Status")).isEqualTo("error");
        assertThat(json(answer.text())).isEqualTo(json("""
                        {"type":"about:blank","title":"Service Unavailable","status":503,
                         "detail":"notes: exited after 12 ms","service":"notes","reason":"exited","exitCode":3,
                         "retryAfter":2}"""));
    }

    @ParameterizedTest
    @CsvSource({"NONE,false,false", "REASON,true,false", "OUTPUT,true,true"})
    void held_attemptFails_tellsAsMuchAsErrorDetailsSay(ErrorDetails details, boolean reason, boolean output)
            throws Exception {
        Outcome.Hold hold = harness.hold(Sample.service().errorDetails(details), FakeRequest.get("/"));

        JsonNode problem =
                json(hold.onFailure().apply(new WakeException(EXITED, null)).text());

        assertThat(problem.has("exitCode")).isEqualTo(reason);
        assertThat(problem.has("reason")).isEqualTo(reason);
        assertThat(problem.get("detail").asText().contains("12 ms")).isEqualTo(reason);
        assertThat(problem.has("output")).isEqualTo(output);
    }

    @ParameterizedTest
    @EnumSource(Reason.Kind.class)
    void held_anyReason_503But504ForTheOwnDeadline(Reason.Kind kind) {
        Outcome.Hold hold = harness.hold(Sample.service(), FakeRequest.get("/"));

        HttpAnswer answer = hold.onFailure().apply(new WakeException(Reason.of(kind, "because"), null));

        assertThat(answer.status()).isEqualTo(kind == Reason.Kind.WAIT_EXPIRED ? 504 : 503);
        assertThat(answer.header("Retry-After")).isEqualTo("5");
    }

    @Test
    void heldNavigation_ownDeadlinePasses_504WithTheLoadingPage() {
        Outcome.Hold hold = harness.hold(Sample.service().waitMode(WaitMode.HOLD), FakeRequest.navigation());

        HttpAnswer answer = hold.onFailure().apply(expired());

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.text()).contains("data-state=\"loading\"");
    }

    @Test
    void respondAsyncWithWait_waitPasses_202() {
        Outcome.Hold hold =
                harness.hold(Sample.service(), FakeRequest.get("/").with("Prefer", "respond-async, wait=2"));

        HttpAnswer answer = hold.onFailure().apply(expired());

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Preference-Applied")).isEqualTo("respond-async, wait=2");
    }

    @Test
    void respondAsyncWithWait_attemptFails_503() {
        Outcome.Hold hold =
                harness.hold(Sample.service(), FakeRequest.get("/").with("Prefer", "respond-async, wait=2"));

        assertThat(hold.onFailure().apply(new WakeException(EXITED, null)).status())
                .isEqualTo(503);
    }

    @Test
    void held_unexpectedFailure_500WithoutItsWords() {
        Outcome.Hold hold = harness.hold(Sample.service(), FakeRequest.get("/"));

        HttpAnswer answer = hold.onFailure().apply(new IllegalStateException("internal words"));

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text()).doesNotContain("internal words");
    }

    @Test
    void grpc_attemptFails_unavailableInTrailersOnly() {
        FakeRequest call = FakeRequest.of("POST", "/a.B/C").with("Content-Type", "application/grpc+proto");
        Outcome.Hold hold = harness.hold(Sample.service(), call);
        Reason reason = Reason.of(Reason.Kind.DIED, "50 % übrig\r\nx: y");

        HttpAnswer answer = hold.onFailure().apply(new WakeException(reason, null));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/grpc");
        assertThat(answer.header("grpc-status")).isEqualTo("14");
        assertThat(answer.header("grpc-message")).isEqualTo("50 %25 %C3%BCbrig%0D%0Ax: y");
        assertThat(answer.body()).isEmpty();
    }

    private static WakeException expired() {
        return new WakeException(Reason.of(Reason.Kind.WAIT_EXPIRED, "not ready within 2 s"), null);
    }
}
