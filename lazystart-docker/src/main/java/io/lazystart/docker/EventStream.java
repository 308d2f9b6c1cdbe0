// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads an engine's events on a thread of its own, and opens the stream again whenever it breaks. The engine is asked for
 * what happened since the last event, but remembers little and nothing across its own restart; so every unit is read again
 * after a break. Mere silence is none.
 */
final class EventStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** Short, as whatever happens while nothing is heard is noticed that much later, and a try costs next to nothing. */
    private static final Duration LAST_PAUSE = Duration.ofMillis(500);

    private static final int OK = 200;

    private final Engine engine;
    private final Ticker ticker;
    private final EngineEvents events;
    private final Thread thread;

    /** From when on events are asked for. Confined to the thread, but for the first value. */
    private Instant since;

    /** Whether that is a stamp of the engine's own, and not of this machine's clock. Confined to the thread. */
    private boolean stamped;

    /** Whether the core was told that events are missed. Confined to the thread. */
    private boolean lost;

    private volatile @Nullable Response open;
    private volatile boolean closed;

    EventStream(String connection, Engine engine, Ticker ticker, EngineEvents events) {
        this.engine = engine;
        this.ticker = ticker;
        this.events = events;
        this.since = ticker.wall();
        this.thread = new Thread(this::follow, "lazystart-" + connection + "-events");
        thread.setDaemon(true);
    }

    void open() {
        thread.start();
    }

    /** Does not wait for the thread. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        closeQuietly(open); // a read from the network does not hear an interrupt
    }

    private void follow() {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            try {
                if (read()) {
                    pause = FIRST_PAUSE;
                }
                miss("the engine has ended it");
            } catch (SocketTimeoutException silence) {
                // Nothing may have happened, or nobody be there any more: the next attempt tells, and misses nothing.
                continue;
            } catch (IOException | RuntimeException broken) {
                miss(broken.getMessage());
            } catch (InterruptedException closing) {
                continue; // or an interrupt that nobody asked for, which changes nothing
            }
            try {
                ticker.sleep(pause);
            } catch (InterruptedException closing) {
                continue;
            }
            pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) < 0 ? pause.multipliedBy(2) : LAST_PAUSE;
        }
    }

    /** Opens the stream and reads it to its end; tells whether anything was heard. */
    private boolean read() throws IOException, InterruptedException {
        boolean heard = false;
        try (Response answer = engine.open(path())) {
            open = answer;
            if (closed) {
                return false;
            }
            if (answer.getStatusCode() != OK) {
                throw new IOException("the engine refuses it with status " + answer.getStatusCode());
            }
            resume();
            try (MappingIterator<JsonNode> messages =
                    JSON.readerFor(JsonNode.class).readValues(answer.getBody())) {
                while (!closed && messages.hasNextValue()) {
                    JsonNode message = messages.nextValue();
                    heard = true;
                    stamp(message);
                    events.heard(message);
                }
            }
        } catch (JsonProcessingException garbled) {
            throw new IOException("not understood: " + garbled.getOriginalMessage(), garbled);
        } finally {
            open = null;
        }
        return heard;
    }

    /** Another machine's clock may be late: until a stamp of it is known, what happened before a stream may not be told. */
    private void resume() {
        events.opened();
        if (lost) {
            LOG.info("{}: events are heard again", engine.address());
        }
        if (lost || (!stamped && !engine.address().isHere())) {
            lost = false;
            events.listener().onResync();
        }
    }

    private void miss(@Nullable String reason) {
        if (!closed && !lost) {
            lost = true;
            LOG.warn("{}: events are not heard: {}", engine.address(), reason);
            events.listener().onLost();
        }
    }

    private void stamp(JsonNode message) {
        long nanos = message.path("timeNano").asLong(0);
        if (nanos > 0) {
            since = Instant.ofEpochSecond(0, nanos).plusNanos(1);
            stamped = true;
        }
    }

    private String path() throws IOException {
        String filters = JSON.writeValueAsString(events.filters());
        return "/events?since=" + Inspection.stamp(since) + "&filters="
                + URLEncoder.encode(filters, StandardCharsets.UTF_8);
    }

    private static void closeQuietly(@Nullable Response response) {
        if (response == null) {
            return;
        }
        try {
            response.close();
        } catch (RuntimeException over) {
            LOG.debug("close: {}", over.toString());
        }
    }
}
