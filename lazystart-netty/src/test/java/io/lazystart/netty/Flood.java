// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Sends a long body as fast as it is taken, and tells how far it got. */
final class Flood {
    /** More than the buffers of all sockets on the way, far less than a heap would take. */
    static final long BOUND = 32L * 1024 * 1024;

    private static final int PIECE = 64 * 1024;

    private final long length;
    private final AtomicLong written = new AtomicLong();
    private final CountDownLatch pastBound = new CountDownLatch(1);

    Flood(long length) {
        this.length = length;
    }

    long length() {
        return length;
    }

    long written() {
        return written.get();
    }

    void into(Wire wire) throws IOException {
        byte[] piece = new byte[PIECE];
        while (written.get() < length) {
            wire.send(piece);
            if (written.addAndGet(PIECE) > BOUND) {
                pastBound.countDown();
            }
        }
    }

    /** Sends on a thread of its own; the receiver may end the connection early. */
    Thread startInto(Wire wire) {
        Thread sender = new Thread(() -> {
            try {
                into(wire);
            } catch (IOException e) {
                // the receiver has heard enough
            }
        });
        sender.start();
        return sender;
    }

    /** Whether it is stopped before the bound. Without back-pressure it would be past it in a fraction of this time. */
    boolean isHeldBack() throws InterruptedException {
        return !pastBound.await(1, TimeUnit.SECONDS);
    }
}
