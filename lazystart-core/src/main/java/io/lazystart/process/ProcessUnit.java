// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A service's command. */
final class ProcessUnit implements Unit {
    private final String service;
    private final LaunchSpec spec;
    private final RunSlot slot;
    private final Signals signals;

    ProcessUnit(String service, LaunchSpec spec, RunSlot slot, Signals signals) {
        this.service = service;
        this.spec = spec;
        this.slot = slot;
        this.signals = signals;
    }

    @Override
    public String id() {
        return service;
    }

    @Override
    public UnitStatus status() throws IOException, InterruptedException {
        Run run = slot.current();
        if (run == null) {
            return new UnitStatus(State.STOPPED, null, slot.lastExit());
        }
        if (run.alive()) {
            return new UnitStatus(run.paused() ? State.PAUSED : State.RUNNING, run.id(), null);
        }
        return new UnitStatus(State.STOPPED, null, run.exit());
    }

    @Override
    public String start() throws IOException, InterruptedException {
        Run last = slot.current();
        if (last != null && last.alive()) {
            return last.id();
        }
        if (last != null) {
            slot.close(last); // what its leader left behind may hold more than the port
        }
        Run run = slot.launch(spec);
        slot.watch(run);
        return run.id();
    }

    @Override
    public void stop(@Nullable String signal, Duration timeout) throws IOException, InterruptedException {
        String name = signal == null ? Signals.TERM : signals.canonical(signal);
        end(run -> run.tree().stop(name, timeout));
    }

    @Override
    public void kill() throws IOException, InterruptedException {
        end(run -> run.tree().kill());
    }

    @Override
    public void pause() throws IOException, InterruptedException {
        Run run = running("pause");
        run.tree().freeze();
        run.setFrozen(true);
        slot.tellChanged(run);
    }

    @Override
    public void unpause() throws IOException, InterruptedException {
        Run run = running("unpause");
        run.tree().thaw();
        run.setFrozen(false);
        slot.tellChanged(run);
    }

    @Override
    public Set<Long> pids() throws IOException, InterruptedException {
        Run run = slot.current();
        return run == null
                ? Set.of()
                : run.tree().members().stream().map(ProcessEntry::pid).collect(Collectors.toSet());
    }

    @Override
    public boolean listens() {
        return spec.usesPort();
    }

    @Override
    public @Nullable UnitAddress address() throws IOException, InterruptedException {
        Run run = slot.current();
        Integer port = run == null ? null : run.record().port();
        return port == null ? null : new UnitAddress("127.0.0.1", port);
    }

    /** Only a port that this host gave is looked at, and only if the command is to listen there itself. */
    @Override
    public @Nullable String strangerAt(UnitAddress address) throws IOException, InterruptedException {
        Run run = spec.listensItself() ? slot.current() : null;
        return run == null ? null : run.listener().strangerAt(address.port());
    }

    private void end(RunSlot.Ending ending) throws IOException, InterruptedException {
        Run run = slot.current();
        if (run == null) {
            return;
        }
        run.setInVerb(true);
        boolean ended = false;
        try {
            ending.apply(run);
            slot.close(run);
            ended = true;
        } finally {
            run.setInVerb(false);
            // The leader's end may have come while the verb had the tree: nobody else will look after the rest then.
            if (!ended && !run.alive()) {
                slot.closeLater(run);
            }
        }
    }

    private Run running(String verb) throws IOException, InterruptedException {
        if (!signals.any()) {
            throw new UnsupportedOperationException(verb + ": there is no kill command here");
        }
        Run run = slot.current();
        if (run == null || !run.alive()) {
            Exit exit = run == null ? slot.lastExit() : run.exit();
            throw new ProviderException(verb + ": the process is not running", exit, null);
        }
        return run;
    }
}
