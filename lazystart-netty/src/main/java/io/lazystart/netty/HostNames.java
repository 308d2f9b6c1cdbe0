// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks host names up as the JDK does, hosts file and cache included. That blocks, for seconds where a name server does not
 * answer, so it has threads of its own and no event loop waits for it. A name has one look-up at a time, which all who
 * ask for it share, so a silent name server costs the others one thread of many; who asks is answered in bounded time
 * all the same. Thread-safe.
 *
 * <p>The threads are never virtual: the look-up is a native call, which would hold one of the few carrier threads that
 * all virtual threads of the machine share.
 */
final class HostNames implements AutoCloseable {
    private static final long KEEP_ALIVE_SECONDS = 10;

    private final Lookup lookup;
    private final Limits limits;
    private final ThreadPoolExecutor threads;

    /** Who waits for the look-up of each name under way; guarded by itself. */
    private final Map<String, Set<Promise<List<InetAddress>>>> asking = new HashMap<>();

    /** Gives the addresses of a name, at least one. Blocks. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    /**
     * What is given up beyond.
     *
     * @param patience how long one who asks waits
     * @param threads names looked up at once
     * @param queued names that wait for a thread
     */
    record Limits(Duration patience, int threads, int queued) {
        static final Limits DEFAULT = new Limits(Duration.ofSeconds(5), 64, 4_096);
    }

    HostNames(Lookup lookup, Limits limits) {
        this.lookup = lookup;
        this.limits = limits;
        this.threads = new ThreadPoolExecutor(
                limits.threads,
                limits.threads,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(limits.queued),
                new DefaultThreadFactory("lazystart-names", true));
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Finds the addresses of a name, at least one; the future's listeners run on the loop. It fails with {@link
     * UnknownHostException}, or with {@link LookupFailure} where nobody has said that the name is not known.
     */
    Future<List<InetAddress>> find(String name, EventLoop loop) {
        Promise<List<InetAddress>> found = loop.newPromise();
        if (join(name, found)) {
            begin(name);
        }
        Future<?> timer = loop.schedule(
                () -> found.tryFailure(LookupFailure.inTime()), limits.patience.toNanos(), TimeUnit.NANOSECONDS);
        return found.addListener(done -> {
            timer.cancel(false);
            leave(name, found);
        });
    }

    /** True for the first who asks. */
    private boolean join(String name, Promise<List<InetAddress>> found) {
        synchronized (asking) {
            Set<Promise<List<InetAddress>>> others = asking.get(name);
            if (others != null) {
                others.add(found);
                return false;
            }
            asking.put(name, new HashSet<>(Set.of(found)));
            return true;
        }
    }

    /** The look-up goes on without anybody: it still holds its thread, so nobody is to begin another. */
    private void leave(String name, Promise<List<InetAddress>> found) {
        synchronized (asking) {
            Set<Promise<List<InetAddress>>> others = asking.get(name);
            if (others != null) {
                others.remove(found);
            }
        }
    }

    private void begin(String name) {
        try {
            threads.execute(() -> look(name));
        } catch (RejectedExecutionException e) {
            tell(name, promise -> promise.tryFailure(LookupFailure.tooMany()));
        }
    }

    private void look(String name) {
        try {
            List<InetAddress> addresses = List.of(lookup.addresses(name));
            tell(name, promise -> promise.trySuccess(addresses));
        } catch (UnknownHostException | RuntimeException | Error e) {
            tell(name, promise -> promise.tryFailure(e));
        }
    }

    private void tell(String name, Consumer<Promise<List<InetAddress>>> outcome) {
        Set<Promise<List<InetAddress>>> waiting;
        synchronized (asking) {
            waiting = asking.remove(name);
        }
        if (waiting != null) {
            waiting.forEach(outcome);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
