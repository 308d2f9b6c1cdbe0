// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.BackoffConfig;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.config.ServiceConfig.OnClose;
import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.config.StopConfig;
import io.lazystart.config.UnitConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A service's configuration of which a test changes what it is about. */
final class Sample {
    static final Duration HOLD = Duration.ofSeconds(60);

    private String name = "notes";
    private List<String> hosts = List.of();
    private List<String> paths = List.of();
    private boolean stripPrefix;
    private WaitMode waitMode = WaitMode.AUTO;
    private int pageStatus = 503;
    private @Nullable String startEndpoint;
    private ErrorDetails errorDetails = ErrorDetails.REASON;

    static Sample service() {
        return new Sample();
    }

    static Sample service(String name) {
        return new Sample().name(name);
    }

    Sample name(String value) {
        name = value;
        return this;
    }

    Sample hosts(String... values) {
        hosts = List.of(values);
        return this;
    }

    Sample paths(String... values) {
        paths = List.of(values);
        return this;
    }

    Sample stripPrefix() {
        stripPrefix = true;
        return this;
    }

    Sample waitMode(WaitMode value) {
        waitMode = value;
        return this;
    }

    Sample pageStatus(int value) {
        pageStatus = value;
        return this;
    }

    Sample startEndpoint(@Nullable String value) {
        startEndpoint = value;
        return this;
    }

    Sample errorDetails(ErrorDetails value) {
        errorDetails = value;
        return this;
    }

    ServiceConfig build() {
        return new ServiceConfig(
                name,
                new UnitConfig("scripted", Map.of()),
                List.of(),
                hosts,
                paths,
                stripPrefix,
                null,
                ReadyConfig.TCP,
                null,
                Duration.ofMinutes(15),
                Duration.ofSeconds(30),
                null,
                Duration.ofMinutes(3),
                StopConfig.DEFAULT,
                ServiceConfig.Restart.ON_REQUEST,
                BackoffConfig.DEFAULT,
                waitMode,
                HOLD,
                pageStatus,
                startEndpoint,
                errorDetails,
                OnClose.STOP);
    }
}
