// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.config.StopConfig;
import io.lazystart.config.UnitConfig;
import io.lazystart.failure.ConfigException;
import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Has the providers look at their settings. They get a state directory of their own for the while, so that a gateway
 * which runs on the real one is not disturbed.
 */
final class UnitCheck implements AutoCloseable {
    private final LazyStartConfig config;
    private final Map<String, ProviderFactory> factories;
    private final Map<String, Provider> providers = new HashMap<>();
    private final SystemScheduler scheduler = new SystemScheduler();
    private final Path scratch;

    private UnitCheck(LazyStartConfig config, Map<String, ProviderFactory> factories) throws IOException {
        this.config = config;
        this.factories = factories;
        this.scratch = Files.createTempDirectory("lazystart-check-");
    }

    static void check(LazyStartConfig config, Map<String, ProviderFactory> factories) {
        try (UnitCheck check = new UnitCheck(config, factories)) {
            config.services().values().forEach(check::check);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(ServiceConfig service) {
        UnitConfig unit = service.unit();
        if (unit == null) {
            return;
        }
        String type = unit.provider();
        Provider provider = providers.computeIfAbsent(type, this::open);
        refuseMissing(service, provider);
        Settings settings = new Settings("services." + service.name() + "." + type, unit.settings());
        provider.unit(service.name(), settings);
        settings.refuseUnknown();
    }

    private Provider open(String type) {
        ProviderFactory factory = Objects.requireNonNull(factories.get(type), type);
        return factory.create(new ProviderContext(Ticker.system(), scheduler, scratch, config.portRange()));
    }

    private static void refuseMissing(ServiceConfig service, Provider provider) {
        StopConfig stop = service.stop();
        boolean pauses = stop.method() == StopConfig.Method.PAUSE;
        if (pauses && !provider.capabilities().contains(Capability.PAUSE)) {
            throw new ConfigException(
                    "services." + service.name() + ".stop.method", "pause (expected: stop or kill here)");
        }
        String signal = stop.signal();
        if (signal != null && !provider.capabilities().contains(Capability.SIGNAL)) {
            throw new ConfigException("services." + service.name() + ".stop.signal", signal + " (expected: none here)");
        }
    }

    @Override
    public void close() throws IOException {
        providers.values().forEach(Provider::close);
        scheduler.close();
        try (Stream<Path> files = Files.walk(scratch)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
