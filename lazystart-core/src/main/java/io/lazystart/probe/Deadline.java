// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import io.lazystart.time.Ticker;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The end of one probe. */
final class Deadline {
    private final Ticker ticker;
    private final Duration timeout;
    private final long began;
    private final long limit;

    Deadline(Ticker ticker, Duration timeout) {
        this.ticker = ticker;
        this.timeout = timeout;
        this.began = ticker.nanos();
        this.limit = TimeUnit.NANOSECONDS.convert(timeout); // saturates
    }

    long leftNanos() {
        return limit - (ticker.nanos() - began);
    }

    /**
     * Gives what is left.
     *
     * @param mostNanos no more than this
     * @return more than zero
     * @throws SocketTimeoutException if nothing is left
     */
    long leftNanos(long mostNanos) throws SocketTimeoutException {
        long left = leftNanos();
        if (left <= 0) {
            throw new SocketTimeoutException(toString());
        }
        return Math.min(left, mostNanos);
    }

    boolean passed() {
        return leftNanos() <= 0;
    }

    /**
     * Gives what is left as a socket's time-out.
     *
     * @param mostNanos no more than this
     * @return at least 1: zero would mean for ever
     * @throws SocketTimeoutException if nothing is left
     */
    int socketMillis(long mostNanos) throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(leftNanos(mostNanos) + 999_999);
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, millis));
    }

    /** Says that it has passed. */
    @Override
    public String toString() {
        long millis = TimeUnit.MILLISECONDS.convert(timeout);
        return "no answer within " + (millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms");
    }
}
