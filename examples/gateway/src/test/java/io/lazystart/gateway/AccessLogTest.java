// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lazystart.netty.ExchangeSummary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class AccessLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("access");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void exchangeEnded_served_isOneLine() {
        assertThat(written(new ExchangeSummary(
                        "GET", "/notes?token=hunter2", "notes", "127.0.0.1", 200, 42, 12_900_000, 9_000_000, true)))
                .isEqualTo("GET /notes notes 200 42 B 12 ms, waited 9 ms");
    }

    @Test
    void exchangeEnded_cutShortWithoutRoute_saysSo() {
        assertThat(written(new ExchangeSummary("POST", "/", null, "127.0.0.1", 404, 0, 0, 0, false)))
                .isEqualTo("POST / - 404 0 B 0 ms, waited 0 ms, cut short");
    }

    @Test
    void exchangeEnded_controlCharacters_cannotForgeLines() {
        assertThat(written(new ExchangeSummary("GET", "/a\nGET\u001b[2J", "notes", "127.0.0.1", 400, 0, 0, 0, true)))
                .isEqualTo("GET /a?GET?[2J notes 400 0 B 0 ms, waited 0 ms");
    }

    private String written(ExchangeSummary summary) {
        new AccessLog().exchangeEnded(summary);
        assertThat(lines.list).hasSize(1);
        return lines.list.get(0).getFormattedMessage();
    }
}
