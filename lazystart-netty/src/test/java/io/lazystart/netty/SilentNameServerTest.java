// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.http.Outcome;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A name server that answers nobody: every caller is told, in time and in words of its own. */
class SilentNameServerTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @RegisterExtension
    final FrontDoor door =
            new FrontDoor(builder -> builder.lookup(this::never, new HostNames.Limits(Duration.ofMillis(20), 1, 1)));

    private final CountDownLatch begun = new CountDownLatch(1);

    private InetAddress[] never(String name) throws UnknownHostException {
        begun.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException closed) {
            throw new UnknownHostException(name);
        }
        return new InetAddress[0];
    }

    @Test
    void nobodyAnswers_callerIsToldInTimeAndLeaseIsGivenBack() throws Exception {
        door.service().upstream(URI.create("http://silent.test"));
        try (Wire client = door.connect().send(GET + GET)) {
            for (int i = 0; i < 2; i++) {
                Wire.Head head = client.head();

                assertThat(head.status()).isEqualTo(504);
                assertThat(client.textBody(head))
                        .isEqualTo("The host name of the service could not be looked up in time.");
            }
            door.service().awaitNoLeases();
        }
    }

    @Test
    void moreNamesThanMayWait_callerIsToldAtOnce() throws Exception {
        TestService service = door.service();
        service.decide(request -> {
            service.upstream(URI.create("http:/" + request.target()));
            return new Outcome.Forward(service.lease());
        });
        try (Wire first = door.connect();
                Wire second = door.connect();
                Wire third = door.connect()) {
            first.send("GET /one.test HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            second.send("GET /two.test HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(service.asked.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(service.asked.poll(10, TimeUnit.SECONDS)).isNotNull();
            third.send("GET /three.test HTTP/1.1\r\nHost: a\r\n\r\n");

            Wire.Head head = third.head();

            assertThat(head.status()).isEqualTo(503);
            assertThat(third.textBody(head)).isEqualTo("Too many host names are being looked up.");
        }
    }
}
