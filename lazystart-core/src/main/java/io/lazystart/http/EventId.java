// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import org.jspecify.annotations.Nullable;

/**
 * How far a client has heard: every event of the epoch up to and with the sequence number. Written as {@code
 * epoch-sequence}.
 *
 * @param epoch the service's epoch
 * @param sequence number of the last event heard; 0 for none
 */
record EventId(long epoch, long sequence) {

    /** Reads a {@code Last-Event-ID}; null where there is none or it is not one of ours. */
    static @Nullable EventId parse(@Nullable String header) {
        if (header == null || !header.matches("\\d{1,18}-\\d{1,18}")) {
            return null;
        }
        int hyphen = header.indexOf('-');
        return new EventId(Long.parseLong(header.substring(0, hyphen)), Long.parseLong(header.substring(hyphen + 1)));
    }

    boolean covers(long otherEpoch, long otherSequence) {
        return epoch == otherEpoch && otherSequence <= sequence;
    }

    @Override
    public String toString() {
        return epoch + "-" + sequence;
    }
}
