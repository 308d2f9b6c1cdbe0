// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.provider.PortRange;
import io.lazystart.provider.ProviderException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortPoolTest {

    @Test
    void take_untilUsedUp_givesEachPortOnce() throws Exception {
        PortRange range = freeRange(3);
        PortPool pool = new PortPool(range);

        List<Integer> given = IntStream.range(0, 3).mapToObj(i -> pool.take()).toList();

        assertThat(given).containsExactly(range.first(), range.first() + 1, range.last());
        assertThatThrownBy(pool::take)
                .isInstanceOf(ProviderException.class)
                .hasMessage("port-range: " + range
                        + " is used up, 3 by units and 0 by other programs (expected: a free port)");
    }

    @Test
    void take_afterGivingBack_goesRoundFirst() throws Exception {
        PortRange range = freeRange(3);
        PortPool pool = new PortPool(range);
        int first = pool.take();
        pool.giveBack(first);

        assertThat(pool.take()).isEqualTo(first + 1);
        assertThat(pool.take()).isEqualTo(first + 2);
        assertThat(pool.take()).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0.0.0.0"})
    void take_somebodyListens_isSkipped(String address) throws Exception {
        PortRange range = freeRange(2);
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress(InetAddress.getByName(address), range.first()));

            assertThat(new PortPool(range).take()).isEqualTo(range.last());
        }
    }

    @Test
    void take_listenerJustClosedWithAConnection_isGiven() throws Exception {
        PortRange range = freeRange(1);
        try (ServerSocket server = new ServerSocket(range.first(), 1, InetAddress.getLoopbackAddress())) {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), range.first());
            server.accept().close();
            client.close();
        }

        assertThat(new PortPool(range).take()).isEqualTo(range.first());
    }

    @Test
    void keep_adoptedPort_isNotGiven() throws Exception {
        PortRange range = freeRange(2);
        PortPool pool = new PortPool(range);

        pool.keep(range.first());

        assertThat(pool.take()).isEqualTo(range.last());
    }

    /** Ports next to each other that nobody uses, outside what the system gives to clients. */
    private static PortRange freeRange(int size) throws IOException {
        for (int first = 22_000; first < 23_000; first += size) {
            if (allFree(first, size)) {
                return new PortRange(first, first + size - 1);
            }
        }
        throw new IOException("no free ports");
    }

    private static boolean allFree(int first, int size) {
        for (int port = first; port < first + size; port++) {
            try (ServerSocket socket = new ServerSocket(port)) {
                assertThat(socket.isBound()).isTrue();
            } catch (IOException taken) {
                return false;
            }
        }
        return true;
    }
}
