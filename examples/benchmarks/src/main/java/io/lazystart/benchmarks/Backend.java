// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The application that is woken, a process of its own. It listens 300 to 420 ms after its process was started, by chance,
 * and at once appends a line to a file: when that was on the machine's monotonic clock, and how long it took. What it
 * needs for its answers it has used before it listens, so that its own first steps are not counted as a wake's.
 */
final class Backend {
    static final int SHORTEST_BOOT_MILLIS = 300;
    static final int LONGEST_BOOT_MILLIS = 420;
    private static final int BACKLOG = 1_024;
    private static final int REHEARSALS = 10;

    private Backend() {}

    /**
     * Serves until it is killed.
     *
     * @param args port, and the file to append to
     */
    public static void main(String[] args) throws IOException {
        long started = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(ageMillis());
        int boot = ThreadLocalRandom.current().nextInt(SHORTEST_BOOT_MILLIS, LONGEST_BOOT_MILLIS + 1);
        try (FileChannel runs =
                        FileChannel.open(Path.of(args[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                ServerSocket server = new ServerSocket()) {
            rehearse(runs);
            waitUntil(started + TimeUnit.MILLISECONDS.toNanos(boot));
            server.bind(loopback(Integer.parseInt(args[0])), BACKLOG);
            long listening = System.nanoTime();
            BackendRun run = new BackendRun(listening, TimeUnit.NANOSECONDS.toMillis(listening - started));
            append(runs, run.line());
            Echo.serve(server);
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static void append(FileChannel runs, String text) throws IOException {
        runs.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The first joining of strings alone costs a JVM some 15 ms. */
    private static void rehearse(FileChannel runs) throws IOException {
        append(runs, new BackendRun(0, 0).line().substring(0, 0));
        try (ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            Echo.start(server);
            InetSocketAddress self = loopback(server.getLocalPort());
            for (int i = 0; i < REHEARSALS; i++) {
                try (HeldCall call = HeldCall.send(self, "/rehearsal")) {
                    call.await();
                }
            }
        }
    }

    private static void waitUntil(long nanos) {
        long rest = nanos - System.nanoTime();
        while (rest > 0) {
            LockSupport.parkNanos(rest);
            rest = nanos - System.nanoTime();
        }
    }

    /**
     * How old this process is, to a hundredth of a second, from the kernel's own count; 0 where it is not told. (A
     * process handle's start time rests on a boot time in whole seconds.)
     */
    private static long ageMillis() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            String uptime = Files.readString(Path.of("/proc/uptime"));
            double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')));
            long age = Math.round(seconds * 1_000) - Long.parseLong(afterName[19]) * 10;
            return age >= 0 && age < 60_000 ? age : 0;
        } catch (IOException | RuntimeException untold) {
            return 0;
        }
    }
}
