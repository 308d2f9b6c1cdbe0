// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.UnitEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current run of one service, in memory and on disk: opens it by a launch or by adoption, and closes it when its last
 * process is gone.
 */
final class RunSlot {
    private static final Logger LOG = LoggerFactory.getLogger(RunSlot.class);

    private final String service;
    private final ProcessHost host;
    private final RunStore store;
    private final OutputFile output;

    /** Held while a run is opened or closed, which a verb and the sweeper may both want. */
    private final ReentrantLock turn = new ReentrantLock();

    /** Signalled when {@link Inheritance#REFUSED} is over. */
    private final Condition ended = turn.newCondition();

    private volatile @Nullable Run current; // written under turn; stays until the last process is gone
    private volatile @Nullable Exit lastExit; // written under turn
    private volatile Inheritance inheritance; // written under turn

    private RunSlot(String service, Path folder, ProcessHost host, Inheritance inheritance) {
        this.service = service;
        this.host = host;
        this.store = new RunStore(folder);
        this.output = new OutputFile(folder);
        this.inheritance = inheritance;
    }

    /** What has become of the run that an earlier host has left. */
    private enum Inheritance {
        /** Nobody has looked whether there is one. */
        UNKNOWN,

        /** It is being ended, or about to be: it is nobody's. */
        REFUSED,

        /** It is the current run, or over. */
        SETTLED
    }

    /** Makes the slot of a service that has a unit, which adopts what an earlier host has left. */
    static RunSlot of(String service, Path folder, ProcessHost host) {
        return new RunSlot(service, folder, host, Inheritance.UNKNOWN);
    }

    /** Makes the slot of a service without a unit, for {@link #endLeft}: who asks for a unit meanwhile finds it stopped. */
    static RunSlot ofOrphan(String service, Path folder, ProcessHost host) {
        return new RunSlot(service, folder, host, Inheritance.REFUSED);
    }

    /** Whether there is nothing in it that another slot of the service would not find on disk. */
    boolean isEmpty() {
        if (!turn.tryLock()) {
            return false; // a run is being opened or closed
        }
        try {
            return current == null && inheritance != Inheritance.REFUSED;
        } finally {
            turn.unlock();
        }
    }

    /**
     * Finds the run that is not over, adopting what an earlier host has left.
     *
     * @return null if there is none; its leader may be dead
     * @throws IOException if the record cannot be read
     */
    @Nullable
    Run current() throws IOException, InterruptedException {
        return switch (inheritance) {
            case UNKNOWN -> inherited();
            case REFUSED -> null;
            case SETTLED -> current;
        };
    }

    private @Nullable Run inherited() throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            if (inheritance == Inheritance.UNKNOWN) {
                adopt();
                inheritance = Inheritance.SETTLED;
            }
            return current;
        } finally {
            turn.unlock();
        }
    }

    /**
     * Ends what an earlier host has left, in a slot of {@link #ofOrphan}; to be called once. A start waits for it. What cannot
     * be ended is left to whoever asks for the unit next.
     *
     * @param ending ends the run if its leader lives
     */
    void endLeft(Ending ending) throws IOException, InterruptedException {
        turn.lock(); // not to be interrupted: a start would wait for ever
        Inheritance outcome = Inheritance.UNKNOWN;
        try {
            Run run = left();
            current = run;
            if (run != null) {
                if (run.alive()) {
                    ending.apply(run);
                }
                close(run);
            }
            outcome = Inheritance.SETTLED;
        } finally {
            current = null;
            inheritance = outcome;
            ended.signalAll();
            turn.unlock();
        }
    }

    /** How the last run ended; null while none has. */
    @Nullable
    Exit lastExit() {
        return lastExit;
    }

    /**
     * Starts a command. The run before must be closed; one that is ended as nobody's is waited for.
     *
     * @throws ProviderException if something is missing, or the operating system refuses
     */
    Run launch(LaunchSpec spec) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            while (inheritance == Inheritance.REFUSED) {
                ended.await();
            }
            if (host.workers().closed()) {
                throw new IllegalStateException("start: the provider is closed");
            }
            if (current != null || inheritance == Inheritance.UNKNOWN) {
                throw new IllegalStateException("start: another run of " + service + " is not over");
            }
            Integer port = spec.usesPort() ? host.ports().take() : null;
            Run run;
            try {
                run = launch(spec, port);
            } catch (IOException | RuntimeException failure) {
                if (port != null) {
                    host.ports().giveBack(port);
                }
                throw failure;
            }
            current = run;
            return run;
        } finally {
            turn.unlock();
        }
    }

    /** Tells of a start, then of the end when it comes. */
    void watch(Run run) {
        host.tell(new UnitEvent(service, UnitEvent.Kind.STARTED, run.id(), null));
        watchEnd(run);
    }

    /** Tells that a run was paused or goes on. */
    void tellChanged(Run run) {
        host.tell(new UnitEvent(service, UnitEvent.Kind.CHANGED, run.id(), null));
    }

    /**
     * Kills what is left of a run, and closes it. Idempotent.
     *
     * @throws ProviderException if something cannot be killed; the run stays open then
     */
    void close(Run run) throws IOException, InterruptedException {
        turn.lockInterruptibly();
        try {
            if (current != run) {
                return;
            }
            run.tree().kill();
            run.awaitExit();
            lastExit = run.exit();
            store.delete();
            Integer port = run.record().port();
            if (port != null) {
                host.ports().giveBack(port);
            }
            current = null;
        } finally {
            turn.unlock();
        }
    }

    /** Leaves what is left of a run to the sweeper, so that it does not hold the port. */
    void closeLater(Run run) {
        host.workers().sweep(() -> close(run));
    }

    private void watchEnd(Run run) {
        host.exits().add(run, () -> leaderEnded(run), output::cut);
    }

    private void leaderEnded(Run run) {
        LOG.debug("{}: run {} has ended", service, run.id());
        host.tell(new UnitEvent(service, UnitEvent.Kind.ENDED, run.id(), run.exit()));
        if (!run.inVerb()) {
            closeLater(run);
        }
    }

    private Run launch(LaunchSpec spec, @Nullable Integer port) throws IOException, InterruptedException {
        String cookie = host.launcher().newCookie();
        ProcessBuilder prepared = host.launcher().prepare(spec, port, cookie, output.path());
        RunRecord intent = new RunRecord(
                new ProcessId(0, 0),
                host.table().bootId(),
                cookie,
                port,
                host.ticker().wall());
        // Recorded before it exists: a host that dies right here leaves a mark by which the next one finds it.
        store.save(intent);
        Process child;
        try {
            output.begin();
            child = Launcher.start(prepared);
        } catch (IOException | RuntimeException failure) {
            store.delete();
            throw failure;
        }
        Run run = run(intent.ledBy(leader(child)), child);
        try {
            store.save(run.record());
        } catch (IOException failure) {
            run.tree().kill();
            store.delete();
            throw failure;
        }
        return run;
    }

    /** Reads the start time of a child; 0 if it has ended already, as then the number may be another's. */
    private ProcessId leader(Process child) throws IOException {
        ProcessEntry entry = host.table().find(child.pid());
        long start = entry == null || !child.isAlive() ? 0 : entry.id().start();
        return new ProcessId(child.pid(), start);
    }

    private void adopt() throws IOException {
        Run run = left();
        if (run == null) {
            return;
        }
        current = run;
        if (run.alive()) {
            LOG.info("{}: adopted process {}", service, run.record().leader().pid());
            watchEnd(run);
        } else {
            closeLater(run);
        }
    }

    /** Finds what an earlier host has left; its leader may be dead. */
    private @Nullable Run left() throws IOException {
        RunRecord record = store.load();
        if (record == null) {
            return null;
        }
        if (!Objects.equals(record.bootId(), host.table().bootId())) {
            LOG.info("{}: run {} ended with the machine's last boot", service, record.run());
            store.delete();
            return null;
        }
        if (record.port() != null) {
            host.ports().keep(record.port());
        }
        return run(record, null);
    }

    private Run run(RunRecord record, @Nullable Process child) {
        String mark = Launcher.COOKIE + "=" + record.cookie();
        ProcessTree tree =
                new ProcessTree(host.table(), host.signals(), host.ticker(), record.leader(), mark, child != null);
        return new Run(record, child, host.table(), output, tree);
    }

    /** A way to end all processes of a run. */
    @FunctionalInterface
    interface Ending {
        void apply(Run run) throws IOException, InterruptedException;
    }
}
