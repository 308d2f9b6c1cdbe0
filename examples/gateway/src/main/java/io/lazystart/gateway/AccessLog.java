// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.netty.ExchangeListener;
import io.lazystart.netty.ExchangeSummary;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per request: method, path, service, status, bytes, total and waited time. */
final class AccessLog implements ExchangeListener {
    private static final Logger log = LoggerFactory.getLogger("access");

    @Override
    public void exchangeEnded(ExchangeSummary summary) {
        log.info(
                "{} {} {} {} {} B {} ms, waited {} ms{}",
                printable(summary.method()),
                printable(path(summary.target())),
                summary.service() == null ? "-" : summary.service(),
                summary.status(),
                summary.bytes(),
                TimeUnit.NANOSECONDS.toMillis(summary.totalNanos()),
                TimeUnit.NANOSECONDS.toMillis(summary.waitedNanos()),
                summary.whole() ? "" : ", cut short");
    }

    /** Without the query: it may hold what should not stand in a log. */
    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** A client must not be able to write lines of its own. */
    private static String printable(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f) ? text : text.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
