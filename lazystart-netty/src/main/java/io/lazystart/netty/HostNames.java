// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks host names up as the JDK does, hosts file and cache included. That blocks, for seconds where a name server does not
 * answer, so it has threads of its own and no event loop waits for it. Thread-safe.
 */
final class HostNames implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int QUEUE = 4_096;
    private static final long KEEP_ALIVE_SECONDS = 10;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE),
            new DefaultThreadFactory("lazystart-names", true));

    private final Lookup lookup;

    /** Gives the addresses of a name, at least one. Blocks. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    HostNames(Lookup lookup) {
        this.lookup = lookup;
        threads.allowCoreThreadTimeOut(true);
    }

    /** Finds the addresses of a name, at least one; the future's listeners run on the loop. */
    Future<List<InetAddress>> find(String name, EventLoop loop) {
        Promise<List<InetAddress>> found = loop.newPromise();
        try {
            threads.execute(() -> look(name, found));
        } catch (RejectedExecutionException e) {
            found.setFailure(e);
        }
        return found;
    }

    private void look(String name, Promise<List<InetAddress>> found) {
        try {
            found.trySuccess(List.of(lookup.addresses(name)));
        } catch (UnknownHostException | RuntimeException e) {
            found.tryFailure(e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
