// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this JVM has: threads named {@code lazystart-…}, descriptors (where there is a {@code /proc}), descendant
 * processes.
 *
 * @param threads the threads that live
 * @param descriptors number and target of each
 * @param processes those that live
 */
record Leftovers(Set<Thread> threads, Set<String> descriptors, Set<ProcessHandle> processes) {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    static Leftovers now() throws IOException {
        return new Leftovers(
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("lazystart-"))
                        .collect(Collectors.toSet()),
                openDescriptors(),
                ProcessHandle.current().descendants().collect(Collectors.toSet()));
    }

    /** Names what is there now and was not then, after threads and processes had the given time to end. */
    List<String> since(Leftovers then, Duration patience) throws IOException, InterruptedException {
        long began = System.nanoTime();
        for (Thread thread : without(threads, then.threads)) {
            TimeUnit.NANOSECONDS.timedJoin(thread, left(patience, began));
        }
        for (ProcessHandle process : without(processes, then.processes)) {
            awaitEnd(process.onExit(), left(patience, began));
        }
        Leftovers last = now();
        return Stream.of(
                        without(last.threads, then.threads).stream().map(thread -> "thread " + thread.getName()),
                        without(last.descriptors, then.descriptors).stream().map(open -> "descriptor " + open),
                        without(last.processes, then.processes).stream().map(process -> "process " + process.pid()))
                .flatMap(names -> names)
                .sorted()
                .toList();
    }

    private static long left(Duration patience, long began) {
        return Math.max(1, patience.toNanos() - (System.nanoTime() - began));
    }

    private static void awaitEnd(CompletableFuture<?> end, long nanos) throws InterruptedException {
        try {
            end.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException lives) {
            end.cancel(false); // it is named by what is read next
        }
    }

    private static Set<String> openDescriptors() throws IOException {
        Set<String> open = new HashSet<>();
        if (Files.isDirectory(DESCRIPTORS)) {
            try (Stream<Path> all = Files.list(DESCRIPTORS)) {
                all.forEach(descriptor -> add(open, descriptor));
            }
        }
        return open;
    }

    private static void add(Set<String> open, Path descriptor) {
        try {
            Path target = Files.readSymbolicLink(descriptor);
            if (!target.equals(DESCRIPTORS.toRealPath())) { // that is this listing
                open.add(descriptor.getFileName() + " " + target);
            }
        } catch (IOException closedMeanwhile) {
            // not open any more
        }
    }

    private static <T> Set<T> without(Set<T> all, Set<T> some) {
        return all.stream().filter(one -> !some.contains(one)).collect(Collectors.toSet());
    }
}
