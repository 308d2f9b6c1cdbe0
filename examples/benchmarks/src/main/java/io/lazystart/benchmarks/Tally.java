// SPDX-License-Identifier: Apache-2.0
package io.lazystart.benchmarks;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** What the requests to each service got, and after how long. For one thread at a time. */
final class Tally {
    private static final String RIGHT = "200";

    private final Map<String, Map<String, Histogram>> services = new TreeMap<>();

    void add(String service, String got, long nanos) {
        of(service).computeIfAbsent(got, other -> new Histogram(3)).recordValue(nanos);
    }

    private Map<String, Histogram> of(String service) {
        return services.computeIfAbsent(service, name -> new TreeMap<>());
    }

    long requests() {
        return services.keySet().stream().mapToLong(this::requests).sum();
    }

    long requests(String service) {
        return of(service).values().stream().mapToLong(Histogram::getTotalCount).sum();
    }

    long failures(String service) {
        return requests(service) - right(service).getTotalCount();
    }

    /** Whether nothing came but what is listed. */
    boolean only(String service, String... expected) {
        return Set.of(expected).containsAll(of(service).keySet());
    }

    private Histogram right(String service) {
        return of(service).getOrDefault(RIGHT, new Histogram(3));
    }

    /** Of the right answers. */
    double millis(String service, double percentile) {
        return millis(right(service), percentile);
    }

    private static double millis(Histogram times, double percentile) {
        return times.getValueAtPercentile(percentile) / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    /** What a service's requests got, for a person. */
    String told(String service) {
        return of(service).entrySet().stream()
                .map(got -> "%s x %d (p99 %.2f ms, max %.2f ms)"
                        .formatted(
                                got.getKey(),
                                got.getValue().getTotalCount(),
                                millis(got.getValue(), 99),
                                millis(got.getValue(), 100)))
                .collect(Collectors.joining(", "));
    }
}
