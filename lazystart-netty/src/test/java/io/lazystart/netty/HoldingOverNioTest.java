// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.watch.Lease;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The same where there is no epoll. */
class HoldingOverNioTest extends HoldingTest {
    @Override
    FrontDoor newDoor() {
        return new FrontDoor(NettyServer.Builder::nioOnly);
    }

    @Test
    void held_moreIsSentThanIsRead_clientResets_isNoticedWhenTheWaitIsOver() throws Exception {
        Flood flood = new Flood(128L * 1024 * 1024);
        door.service().decide(request -> door.service().hold());
        try (RawUpstream upstream = new RawUpstream(Wire::awaitEnd);
                Wire client = door.connect()) {
            door.service().upstream(upstream.uri());
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + flood.length() + "\r\n\r\n");
            CompletableFuture<Lease> hold = door.service().nextHold();
            Thread sender = flood.startInto(client);
            assertThat(flood.isHeldBack()).isTrue();
            client.reset();
            sender.join();

            hold.complete(door.service().lease());

            door.service().awaitNoLeases();
            assertThat(door.nextEnded().whole()).isFalse();
        }
    }
}
