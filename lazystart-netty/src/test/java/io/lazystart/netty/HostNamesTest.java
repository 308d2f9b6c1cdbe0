// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Services that are reached by a name. */
class HostNamesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final CountDownLatch answered = new CountDownLatch(1);
    private final AtomicInteger slowLookups = new AtomicInteger();

    @RegisterExtension
    final FrontDoor door = new FrontDoor(
            builder -> builder.lookup(this::addresses, new HostNames.Limits(Duration.ofMinutes(1), 4, 16)));

    private InetAddress[] addresses(String name) throws UnknownHostException {
        switch (name) {
            case "both.test" -> {
                return new InetAddress[] {address(2), address(1)};
            }
            case "good.test" -> {
                return new InetAddress[] {address(1)};
            }
            case "slow.test" -> {
                slowLookups.incrementAndGet();
                try {
                    answered.await();
                } catch (InterruptedException e) {
                    throw new UnknownHostException(name);
                }
                return new InetAddress[] {address(1)};
            }
            default -> throw new UnknownHostException(name);
        }
    }

    /** Of the loopback network, whose every address is the machine itself; the tests listen at the first only. */
    private static InetAddress address(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    private RawUpstream upstream(String name) throws Exception {
        RawUpstream upstream = new RawUpstream(RawUpstream.each(wire -> {
            wire.head();
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }));
        door.service().upstream(URI.create("http://" + name + ":" + upstream.port()));
        return upstream;
    }

    private Wire asking() throws Exception {
        Wire client = door.connect().send(GET);
        assertThat(door.service().asked.poll(10, TimeUnit.SECONDS)).isNotNull();
        return client;
    }

    @Test
    void twoAddresses_serviceListensAtTheSecond_isReached() throws Exception {
        try (RawUpstream upstream = upstream("both.test");
                Wire client = door.connect()) {
            client.send(GET);

            assertThat(client.head().status()).isEqualTo(200);
            assertThat(upstream.accepted()).isEqualTo(1);
            assertThat(door.service().checks).hasValue(0);
        }
    }

    @Test
    void nameServerIsSilentAboutOneName_anotherIsServedWhateverTheCrowd() throws Exception {
        List<Wire> crowd = new ArrayList<>();
        try (RawUpstream upstream = upstream("slow.test");
                Wire other = door.connect()) {
            for (int i = 0; i < 20; i++) {
                crowd.add(asking());
            }
            door.service().upstream(URI.create("http://good.test:" + upstream.port()));
            other.send(GET);

            assertThat(other.head().status()).isEqualTo(200);
            assertThat(slowLookups).hasValue(1);

            answered.countDown();
            for (Wire patient : crowd) {
                assertThat(patient.head().status()).isEqualTo(200);
            }
            assertThat(slowLookups).hasValue(1);
        } finally {
            for (Wire patient : crowd) {
                patient.close();
            }
        }
    }

    @Test
    void clientLeavesDuringTheLookup_leaseIsGivenBack() throws Exception {
        try (RawUpstream upstream = upstream("slow.test")) {
            try (Wire client = asking()) {
                client.reset();
            }

            door.service().awaitNoLeases();
            answered.countDown();
            assertThat(upstream.accepted()).isZero();
        }
    }

    @Test
    void unknownName_isSaid() throws Exception {
        door.service().upstream(URI.create("http://nobody.test"));
        try (Wire client = door.connect()) {
            client.send(GET);
            Wire.Head head = client.head();

            assertThat(head.status()).isEqualTo(502);
            assertThat(client.textBody(head)).isEqualTo("The host name of the service is not known.");
        }
    }
}
