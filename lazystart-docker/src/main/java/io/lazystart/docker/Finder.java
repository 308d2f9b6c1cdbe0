// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import io.lazystart.provider.DiscoveryListener;
import io.lazystart.provider.ProviderException;
import io.lazystart.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for labelled containers, on a thread of its own: at first, and whenever the engine's events say that there may be
 * others. One list for all of them is cheaper than a look at each, and cannot miss one.
 */
final class Finder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Finder.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LAST_PAUSE = Duration.ofMillis(500);

    private final Engine engine;
    private final Ticker ticker;
    private final CallLimit limit;
    private final DiscoveryListener listener;
    private final Thread thread;

    /** What is wrong and was told. Confined to the thread. */
    private Set<String> told = Set.of();

    /** Why containers cannot be listed; empty while they can. Confined to the thread. */
    private String failure = "";

    /** Whether there may be others than those found last. Guarded by {@code this}. */
    private boolean outdated = true;

    private volatile boolean closed;

    Finder(String connection, Engine engine, Ticker ticker, CallLimit limit, DiscoveryListener listener) {
        this.engine = engine;
        this.ticker = ticker;
        this.limit = limit;
        this.listener = listener;
        this.thread = new Thread(this::follow, "lazystart-" + connection + "-finder");
        thread.setDaemon(true);
    }

    void open() {
        thread.start();
    }

    /** There may be others by now. From any thread; does not block. */
    synchronized void outdated() {
        outdated = true;
        notifyAll();
    }

    /** Does not wait for the thread. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void follow() {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            try {
                await();
                look();
                failure = "";
                pause = FIRST_PAUSE;
            } catch (InterruptedException closing) {
                LOG.debug("{}: interrupted", engine.address()); // closing, or nobody's wish, which changes nothing
            } catch (RuntimeException failed) {
                tellOnce(failed);
                outdated();
                pause = rest(pause);
            }
        }
    }

    /** The same again and again is told once, until containers could be listed. */
    private void tellOnce(RuntimeException failed) {
        String reason = failed instanceof DockerException refusal
                ? Refusals.said(refusal)
                : String.valueOf(failed.getMessage());
        if (!reason.equals(failure)) {
            failure = reason;
            LOG.warn("{}: containers cannot be listed, and none is found meanwhile: {}", engine.address(), reason);
        }
    }

    private Duration rest(Duration pause) {
        try {
            ticker.sleep(pause);
        } catch (InterruptedException closing) {
            return pause;
        }
        Duration next = pause.multipliedBy(2);
        return next.compareTo(LAST_PAUSE) < 0 ? next : LAST_PAUSE;
    }

    private synchronized void await() throws InterruptedException {
        while (!outdated) {
            wait();
        }
        outdated = false;
    }

    private void look() throws InterruptedException {
        List<Labelled> containers = new ArrayList<>();
        for (Container container : list()) {
            String[] names = container.getNames();
            Map<String, String> labels = container.getLabels();
            if (names != null && names.length > 0 && labels != null && !labels.isEmpty()) {
                containers.add(new Labelled(name(names), labels));
            }
        }
        tellWrong(containers);
        listener.onServices(LabelledServices.of(containers));
    }

    /** All containers. An engine that is frozen takes the question and never answers. */
    private List<Container> list() throws InterruptedException {
        try {
            return Objects.requireNonNull(limit.within(() -> engine.ask(
                    client -> client.listContainersCmd().withShowAll(true).exec())));
        } catch (InterruptedException cut) {
            if (closed) {
                throw cut;
            }
            throw new ProviderException("no answer (expected: one within " + limit + ")", null, cut);
        }
    }

    /** The container's own name: links to it have a slash between. */
    private static String name(String[] names) {
        String own = names[0];
        for (String name : names) {
            if (name.lastIndexOf('/') == 0) {
                own = name;
            }
        }
        return own.startsWith("/") ? own.substring(1) : own;
    }

    private void tellWrong(List<Labelled> containers) {
        Set<String> wrong = new HashSet<>();
        for (Labelled container : containers) {
            String problem = container.problem();
            if (problem != null) {
                wrong.add(container.origin() + ": " + problem);
            }
        }
        for (String problem : wrong) {
            if (!told.contains(problem)) {
                LOG.warn("{}; this container is left out", problem);
            }
        }
        told = wrong;
    }
}
