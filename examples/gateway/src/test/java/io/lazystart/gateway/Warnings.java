// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * What a class warns of while this is open, on whatever thread and in whatever test; one is open at a time. A level for its
 * package would not do: a gateway that starts in another test silences that for a moment.
 */
final class Warnings extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger;
    private final List<String> messages = new CopyOnWriteArrayList<>();

    private Warnings(Logger logger) {
        this.logger = logger;
    }

    static Warnings of(Class<?> source) {
        Warnings warnings = new Warnings((Logger) LoggerFactory.getLogger(source));
        warnings.start();
        warnings.logger.addAppender(warnings);
        warnings.logger.setLevel(Level.WARN);
        warnings.logger.setAdditive(false);
        return warnings;
    }

    /** Those that name something, in order. */
    List<String> about(String what) {
        return messages.stream().filter(message -> message.contains(what)).toList();
    }

    @Override
    protected void append(ILoggingEvent event) {
        messages.add(event.getFormattedMessage());
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(null);
        logger.setAdditive(true);
        stop();
    }
}
