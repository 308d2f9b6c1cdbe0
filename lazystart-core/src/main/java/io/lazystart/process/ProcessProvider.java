// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.failure.ConfigException;
import io.lazystart.files.PrivateFiles;
import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * Runs commands. Each service has a folder below the state directory, with the record of its run and its output; processes
 * outlive the host and are adopted by the next.
 */
final class ProcessProvider implements Provider {
    private static final Pattern FOLDER_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final Path folder;
    private final StateLock lock;
    private final ProcessHost host;

    /** One slot for each service, however often its unit is asked for, and for each orphan whose end has begun. */
    private final ConcurrentMap<String, RunSlot> slots = new ConcurrentHashMap<>();

    private ProcessProvider(Path folder, StateLock lock, ProcessHost host) {
        this.folder = folder;
        this.lock = lock;
        this.host = host;
    }

    static ProcessProvider open(ProviderContext context, ProcessTable table) {
        Path folder = context.stateDirectory().resolve("process");
        try {
            PrivateFiles.createFolder(folder);
        } catch (IOException failure) {
            throw new ConfigException(
                    null,
                    "state-directory",
                    context.stateDirectory() + " (expected: a folder that can be written)",
                    failure);
        }
        StateLock lock = StateLock.take(context.stateDirectory());
        Workers workers = new Workers();
        ProcessHost host = new ProcessHost(
                context.ticker(),
                table,
                new Signals(table, Executables.findOrNull("kill")),
                new PortPool(context.portRange(), PortClaims.ofMachine()),
                new Launcher(Executables.findOrNull("setsid")),
                workers,
                new ExitWatch(context.scheduler(), workers),
                new AtomicReference<>());
        return new ProcessProvider(folder, lock, host);
    }

    /** Without a {@code kill} command, as on Windows, there are no signals but those of the Java runtime. */
    @Override
    public Set<Capability> capabilities() {
        return host.signals().any()
                ? Set.of(Capability.WATCH, Capability.PIDS, Capability.PAUSE, Capability.SIGNAL)
                : Set.of(Capability.WATCH, Capability.PIDS);
    }

    @Override
    public Unit unit(String service, Settings settings) {
        if (!FOLDER_NAME.matcher(service).matches() || service.equals(".") || service.equals("..")) {
            throw new ConfigException(
                    settings.path(),
                    service + " (expected: a name of letters, digits, '.', '-' and '_', as it names a folder)");
        }
        LaunchSpec spec = LaunchSpec.of(settings);
        return new ProcessUnit(service, spec, slot(service), host.signals());
    }

    private RunSlot slot(String service) {
        return slots.computeIfAbsent(service, name -> RunSlot.of(name, folder.resolve(name), host));
    }

    @Override
    public void watch(UnitListener listener) {
        if (!host.listener().compareAndSet(null, listener)) {
            throw new IllegalStateException("watch: called twice");
        }
        ProcSockets sockets = host.table().sockets();
        if (sockets != null) {
            host.workers().sweep(sockets::rehearse);
        }
    }

    @Override
    public void configured() {
        Orphans orphans = new Orphans(folder, slots, host);
        host.workers()
                .sweep(() -> orphans.find().forEach(orphan -> host.workers().sweep(() -> orphans.end(orphan))));
    }

    /** A run that goes on keeps its slot, so that nobody else adopts it. */
    @Override
    public void released(String unit) {
        slots.computeIfPresent(unit, (service, slot) -> slot.isEmpty() ? null : slot);
    }

    @Override
    public void close() {
        host.exits().close();
        host.workers().close();
        host.ports().close();
        lock.close();
    }
}
