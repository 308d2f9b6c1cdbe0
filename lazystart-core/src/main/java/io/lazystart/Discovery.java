// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ServiceConfig;
import io.lazystart.provider.DiscoveredService;
import io.lazystart.provider.DiscoveryListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The services that providers have found. Each is served beside those that are configured, unless something is wrong with
 * it: then that is logged, and the others are served. Thread-safe as far as it listens; the rest is used by one opening or
 * reload at a time.
 */
final class Discovery {
    private static final Logger log = LoggerFactory.getLogger(LazyStart.class);
    private static final long PATIENCE_SECONDS = 2;

    private final Runnable onNews;

    /** What the provider of each connection has found last. */
    private final ConcurrentMap<String, List<DiscoveredService>> found = new ConcurrentHashMap<>();

    /** The connections that look, and whether they have found out. */
    private final Map<String, CompletableFuture<Void>> looked = new ConcurrentHashMap<>();

    /** What is wrong, by where it was found: told once. */
    private Map<String, String> wrong = Map.of();

    /** What had been found when that was put together which is served, by connection. */
    private Map<String, List<DiscoveredService>> taken = Map.of();

    /** Those that are served, by name. */
    private Map<String, Merge.Served> served = Map.of();

    /** Has found nothing yet; {@code onNews} does not block. */
    Discovery(Runnable onNews) {
        this.onNews = onNews;
    }

    /** Hears what a connection finds. */
    DiscoveryListener listener(String connection) {
        CompletableFuture<Void> first = new CompletableFuture<>();
        looked.put(connection, first);
        return services -> {
            List<DiscoveredService> now = List.copyOf(services);
            // Nobody listens any more to a connection that was closed again.
            boolean news = looked.get(connection) == first && !now.equals(found.put(connection, now));
            first.complete(null);
            if (news) {
                onNews.run();
            }
        };
    }

    /** A connection was closed again, and counts for nothing. */
    void forget(String connection) {
        looked.remove(connection);
        found.remove(connection);
    }

    /** Whether anything was found that has not been put together yet. */
    boolean hasNews() {
        return found.entrySet().stream()
                .anyMatch(entry -> !entry.getValue().equals(taken.getOrDefault(entry.getKey(), List.of())));
    }

    /** The same without what was found: a host that hands back what is in force does not want that configured. */
    LazyStartConfig without(LazyStartConfig config) {
        Map<String, ServiceConfig> others = new LinkedHashMap<>(config.services());
        served.forEach((name, one) -> others.remove(name, one.config()));
        return others.size() == config.services().size() ? config : config.with(others, Map.of());
    }

    /**
     * Waits a little for what is found first: a host that comes back would answer callers of such services that there is no
     * such service, and adopt their dependencies without them.
     */
    void awaitFirst() {
        try {
            CompletableFuture.allOf(looked.values().toArray(CompletableFuture[]::new))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            looked.forEach((connection, first) -> {
                if (!first.isDone()) {
                    log.warn("provider {}: cannot be looked through yet; what it finds is served later", connection);
                }
            });
        }
    }

    /** Begins to put together what is to be served. */
    Merge merge(Source.Declared declared) {
        Map<String, List<DiscoveredService>> now = new LinkedHashMap<>();
        declared.config().connections().keySet().forEach(name -> now.put(name, found.getOrDefault(name, List.of())));
        return new Merge(declared, served, now);
    }

    /** What was put together is served from now on; what is wrong is logged, if it was not before. */
    void done(Merge merge, Targets targets) {
        served = merge.served(targets.config());
        taken = merge.found();
        merge.problems().forEach((origin, problem) -> {
            if (!problem.equals(wrong.get(origin))) {
                log.warn("{}: {}; this service is left out", origin, problem);
            }
        });
        wrong = merge.problems();
    }
}
