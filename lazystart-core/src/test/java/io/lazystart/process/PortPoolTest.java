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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortPoolTest {
    @TempDir
    private Path folder;

    private final List<PortPool> pools = new ArrayList<>();

    @AfterEach
    void close() {
        pools.forEach(PortPool::close);
    }

    @Test
    void take_untilUsedUp_givesEachPortOnce() throws Exception {
        PortRange range = freeRange(3);
        PortPool pool = pool(range);

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
        PortPool pool = pool(range);
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

            assertThat(pool(range).take()).isEqualTo(range.last());
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

        assertThat(pool(range).take()).isEqualTo(range.first());
    }

    @Test
    void keep_adoptedPort_isNotGiven() throws Exception {
        PortRange range = freeRange(2);
        PortPool pool = pool(range);

        pool.keep(range.first());

        assertThat(pool.take()).isEqualTo(range.last());
    }

    @Test
    void take_poolsOfTwoHosts_neverGiveTheSame() throws Exception {
        PortRange range = freeRange(4);
        PortPool one = pool(range);
        PortPool other = pool(range);

        assertThat(List.of(one.take(), other.take(), one.take(), other.take())).doesNotHaveDuplicates();
        assertThatThrownBy(one::take)
                .hasMessageContaining("is used up, 2 by units and 2 by other programs (expected: a free port)");
    }

    @Test
    void giveBack_anotherHostMayHaveIt() throws Exception {
        PortRange range = freeRange(1);
        PortPool one = pool(range);
        PortPool other = pool(range);
        one.giveBack(one.take());

        assertThat(other.take()).isEqualTo(range.first());
    }

    @Test
    void keep_adoptedPort_isClaimedAgain() throws Exception {
        PortRange range = freeRange(1);
        pool(range).keep(range.first());
        PortPool other = pool(range);

        assertThatThrownBy(other::take).isInstanceOf(ProviderException.class);
    }

    @Test
    void take_hostsThatCannotClaim_beginAtPlacesOfTheirOwn() {
        List<Integer> first = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            PortPool blind = new PortPool(PortRange.DEFAULT, new PortClaims(folder.resolve("no/such/folder")));
            pools.add(blind);
            first.add(blind.take());
        }

        assertThat(new HashSet<>(first)).hasSizeGreaterThan(1);
    }

    private PortClaims claims() {
        return new PortClaims(folder.resolve("claims"));
    }

    private PortPool pool(PortRange range) {
        PortPool pool = new PortPool(range, claims(), range.first());
        pools.add(pool);
        return pool;
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
