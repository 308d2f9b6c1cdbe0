// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An application: listens on a port of one address and tells each who connects its own name, in a line. */
final class ListenMain {
    private ListenMain() {}

    public static void main(String[] args) throws Exception {
        byte[] name = (args[2] + "\n").getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket server = new ServerSocket(Integer.parseInt(args[1]), 16, InetAddress.getByName(args[0]))) {
            while (true) {
                answer(server.accept(), name);
            }
        }
    }

    private static void answer(Socket accepted, byte[] name) {
        try (Socket socket = accepted) {
            socket.getOutputStream().write(name);
            socket.shutdownOutput();
            int more = socket.getInputStream().read(); // until the other side has gone
            assert more < 0;
        } catch (IOException reset) {
            // a probe does not wait for the name
        }
    }
}
