// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.http.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients that begin to ask and do not end. */
class HeadTimeoutTest {
    @RegisterExtension
    final FrontDoor door =
            new FrontDoor(builder -> builder.headTimeout(Duration.ofMillis(20)).keepAliveTimeout(Duration.ofHours(1)));

    @Test
    void headDoesNotEnd_is408AndConnectionEnds() throws Exception {
        try (Wire client = door.connect().send("GET / HTTP/1.1\r\nHo")) {
            Wire.Head head = client.head();
            String body = client.textBody(head);

            assertThat(head.status()).isEqualTo(408);
            assertThat(head.get("connection")).isEqualTo("close");
            assertThat(body).contains("did not come in time");
            assertThat(client.rest()).isEmpty();
            assertThat(door.service().asked).isEmpty();
            ExchangeSummary summary = door.nextEnded();
            assertThat(summary.method()).isEqualTo("-");
            assertThat(summary.status()).isEqualTo(408);
        }
    }

    @Test
    void secondHeadDoesNotEnd_is408AfterTheFirstAnswer() throws Exception {
        door.service().decide(request -> new Outcome.Answer(TestService.answer(200, "ok")));
        try (Wire client = door.connect().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) {
            Wire.Head first = client.head();
            assertThat(client.textBody(first)).isEqualTo("ok");

            client.send("G");

            assertThat(client.head().status()).isEqualTo(408);
        }
    }

    @Test
    void limitOfZero_isRefused() {
        assertThatThrownBy(() -> NettyServer.builder().headTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("headTimeout: PT0S");
    }
}
