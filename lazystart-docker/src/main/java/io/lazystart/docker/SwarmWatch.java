// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.time.Scheduler;
import io.lazystart.time.Scheduler.Timer;
import io.lazystart.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at services on a thread of its own and tells the core what has become of them. A hint has the service looked at
 * several times within a second and a half, since what an engine does is known to the managers only a moment later. Of
 * a task on another node there is no hint: while anything runs, all tasks are listed each two seconds, by one request.
 */
final class SwarmWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SwarmWatch.class);
    private static final long HINT_LASTS_NANOS = Duration.ofMillis(1500).toNanos();
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(15).toNanos();
    private static final long ROUND_NANOS = Duration.ofSeconds(2).toNanos();

    private final Map<String, ScaledService> served;
    private final SwarmApi api;
    private final Ticker ticker;
    private final Scheduler scheduler;
    private final CallLimit limit;
    private final Thread thread;

    private @Nullable UnitListener listener; // guarded by this
    private final Queue<UnitEvent> untold = new ArrayDeque<>(); // guarded by this
    private boolean woken; // guarded by this

    /** When the last hint came, by service. Guarded by this. */
    private final Map<String, Long> hints = new HashMap<>();

    /** Confined to the thread. */
    private long lastRound;

    private volatile boolean closed;

    SwarmWatch(
            String connection,
            Map<String, ScaledService> served,
            SwarmApi api,
            Ticker ticker,
            Scheduler scheduler,
            CallLimit limit) {
        this.served = served;
        this.api = api;
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.limit = limit;
        this.lastRound = ticker.nanos();
        this.thread = new Thread(this::follow, "lazystart-" + connection + "-tasks");
        thread.setDaemon(true);
    }

    synchronized void open(UnitListener told) {
        if (listener != null) {
            throw new IllegalStateException("watch: called twice");
        }
        listener = told;
        thread.start();
    }

    /** Has the core told, in the order of the calls. From any thread; does not block. */
    synchronized void tell(UnitEvent event) {
        if (listener != null) {
            untold.add(event);
            wake();
        }
    }

    /** Something is the matter with the service of a name. From any thread; does not block. */
    void hint(String name) {
        if (served.containsKey(name)) {
            synchronized (this) {
                hints.put(name, ticker.nanos());
                wake();
            }
        }
    }

    /** Does not wait for the thread. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void follow() {
        while (!closed) {
            try {
                tellAll();
                for (String unit : hinted()) {
                    look(unit);
                }
                if (ticker.nanos() - lastRound >= ROUND_NANOS) {
                    round();
                    lastRound = ticker.nanos();
                }
                tellAll();
                await();
            } catch (InterruptedException closing) {
                // or an interrupt that nobody asked for, which changes nothing
            }
        }
    }

    private void tellAll() {
        for (UnitEvent event = next(); event != null; event = next()) {
            try {
                told().onEvent(event);
            } catch (RuntimeException e) {
                LOG.error(
                        "{}: the listener failed at an event of service {}",
                        api.engine().address(),
                        event.unit(),
                        e);
            }
        }
    }

    private synchronized @Nullable UnitEvent next() {
        return untold.poll();
    }

    private synchronized UnitListener told() {
        return Objects.requireNonNull(listener);
    }

    private synchronized List<String> hinted() {
        long now = ticker.nanos();
        hints.values().removeIf(hint -> now - hint > HINT_LASTS_NANOS);
        return new ArrayList<>(hints.keySet());
    }

    private void look(String unit) {
        ScaledService service = served.get(unit);
        if (service != null) {
            limited(service::look);
        }
    }

    /** A list of all tasks tells where to look. */
    private void round() {
        Map<String, String> awake = new HashMap<>();
        served.forEach((unit, service) -> {
            String id = service.awakeId();
            if (id != null) {
                awake.put(unit, id);
            }
        });
        if (awake.isEmpty()) {
            return;
        }
        List<SwarmTask> tasks = limited(() -> api.tasks(awake.values()));
        if (tasks == null) {
            return;
        }
        Map<String, List<SwarmTask>> listed = tasks.stream().collect(Collectors.groupingBy(SwarmTask::service));
        awake.forEach((unit, id) -> {
            ScaledService service = served.get(unit);
            if (service != null && service.differs(listed.getOrDefault(id, List.of()))) {
                look(unit);
            }
        });
    }

    /** What cannot be found out in time is found out later: by the next hint or round, or by the core itself. */
    private <T> @Nullable T limited(CallLimit.Question<T> question) {
        try {
            return limit.within(question);
        } catch (DockerException | ProviderException | InterruptedException later) {
            LOG.debug("{}: tasks: {}", api.engine().address(), later.toString());
        } catch (Exception unexpected) {
            LOG.warn("{}: tasks", api.engine().address(), unexpected);
        }
        return null;
    }

    private synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** Until there is something to tell or to look at, or the pause is over. */
    private void await() throws InterruptedException {
        Timer timer = scheduler.schedule(this::wake, pause());
        try {
            synchronized (this) {
                while (!woken) {
                    wait();
                }
                woken = false;
            }
        } finally {
            timer.cancel();
        }
    }

    /** The younger the hint the shorter; the first of a list of hints does not make those that follow wait. */
    private synchronized long pause() {
        long now = ticker.nanos();
        long pause = ROUND_NANOS;
        for (long hint : hints.values()) {
            pause = Math.min(pause, Math.max(FIRST_PAUSE_NANOS, (now - hint) / 4));
        }
        return pause;
    }
}
