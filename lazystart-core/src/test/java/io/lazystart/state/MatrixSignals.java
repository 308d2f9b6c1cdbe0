// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static io.lazystart.state.MachineDriver.BROKEN;
import static io.lazystart.state.MachineDriver.PERSON;
import static io.lazystart.state.MachineDriver.REQUEST;
import static io.lazystart.state.MachineDriver.SICK;

import io.lazystart.event.WakeEvent;
import io.lazystart.provider.Exit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.watch.Pin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows of the matrix: each kind of signal, current and stale. */
final class MatrixSignals {
    private static final long STALE = 999_999;

    private MatrixSignals() {}

    static Map<String, Signal> all(MachineDriver m) {
        Map<String, Signal> all = new LinkedHashMap<>();
        Snapshot s = m.snapshot();
        callers(all, m.now());
        Verb v = s.verb();
        long verb = v == null ? STALE : v.id();
        unit(all, "", m.now(), verb, s.read() == 0 ? STALE : s.read(), s.epoch());
        answers(all, "", m.now(), s.question() == 0 ? STALE : s.question());
        unit(all, "old ", m.now(), STALE, STALE, s.epoch() - 1);
        answers(all, "old ", m.now(), STALE);
        outside(all, m.now());
        return all;
    }

    private static void answers(Map<String, Signal> all, String age, long now, long question) {
        all.put(age + "idle answered", new Signal.IdleAnswered(now, question, false, 0, 0));
        all.put(age + "probe succeeded", new Signal.ProbeSucceeded(now, question));
    }

    private static void callers(Map<String, Signal> all, long now) {
        all.put("acquire", new Signal.Acquire(now, REQUEST));
        all.put("acquire by person", new Signal.Acquire(now, PERSON));
        all.put("wake", new Signal.Wake(now, REQUEST));
        all.put("waiter left", new Signal.WaiterLeft(now));
        all.put("waiter expired", new Signal.WaiterExpired(now));
        all.put("sleep", new OrderSignal.Sleep(now, false, 0));
        all.put("sleep, leases open", new OrderSignal.Sleep(now, false, 1));
        all.put("sleep now", new OrderSignal.Sleep(now, true, 1));
        all.put("pin ready", new OrderSignal.SetPin(now, Pin.READY, 0));
        all.put("pin napping", new OrderSignal.SetPin(now, Pin.NAPPING, 0));
        all.put("pin none", new OrderSignal.SetPin(now, Pin.NONE, 0));
        all.put("reset", new OrderSignal.Reset(now));
        all.put("close", new OrderSignal.Close(now, false, 1));
        all.put("close, others need it", new OrderSignal.Close(now, true, 1));
        all.put("removed", new ConfigSignal.Remove(now, 0, 1));
        all.put("retuned", new ConfigSignal.Retuned(now, true));
        all.put("replace", new ConfigSignal.Replace(now, 0, 0));
        all.put("replace, leases open", new ConfigSignal.Replace(now, 0, 1));
        all.put("replaced", new ConfigSignal.Replaced(now));
    }

    private static void unit(Map<String, Signal> all, String age, long now, long verb, long read, long epoch) {
        all.put(age + "dependencies", new DependencySignal.Taken(now, epoch));
        all.put(
                age + "dependency event",
                new DependencySignal.Event(now, epoch, WakeEvent.Type.WAKING_DEPENDENCY, "db"));
        all.put(age + "dependency failed", new DependencySignal.Failed(now, epoch, BROKEN, now));
        all.put(age + "unit restarts", new DependencySignal.UnitRestarts(now, epoch, SICK));
        all.put(age + "given up", new DependencySignal.GivenUp(now, epoch, SICK, 0));
        all.put(age + "given up, leases open", new DependencySignal.GivenUp(now, epoch, SICK, 1));
        all.put(age + "dependency lost", new DependencySignal.Lost(now, epoch, BROKEN, 1));
        all.put(age + "verb done", new Signal.VerbDone(now, verb, "run-1"));
        all.put(age + "verb failed", new Signal.VerbFailed(now, verb, BROKEN));
        all.put(age + "verb expired", new Signal.VerbExpired(now, verb));
        all.put(age + "grace over", new Signal.GraceOver(now, verb));
        all.put(age + "read: runs", new Signal.StatusRead(now, read, new UnitStatus(State.RUNNING, null, null), 0));
        all.put(age + "read: paused", new Signal.StatusRead(now, read, new UnitStatus(State.PAUSED, null, null), 0));
        all.put(age + "read: stopped", new Signal.StatusRead(now, read, new UnitStatus(State.STOPPED, null, null), 0));
        all.put(age + "read failed", new Signal.ReadFailed(now, read, BROKEN));
        all.put(age + "attempt expired", new Signal.AttemptExpired(now, epoch, ""));
        all.put(age + "health fell", new Signal.HealthFell(now, epoch, "HTTP 503", 0));
        all.put(age + "health fell, leases open", new Signal.HealthFell(now, epoch, "HTTP 503", 1));
        all.put(age + "health rose", new Signal.HealthRose(now, epoch));
        all.put(age + "idle due", new Signal.IdleDue(now, epoch, 0, true, now - MachineDriver.seconds(600)));
        all.put(age + "drained", new Signal.Drained(now, epoch, 0));
        all.put(age + "drain expired", new Signal.DrainExpired(now, epoch));
        all.put(age + "retry due", new Signal.RetryDue(now, epoch));
        all.put(age + "linger over", new Signal.LingerOver(now, epoch));
        all.put(age + "reread due", new Signal.RereadDue(now, epoch));
    }

    private static void outside(Map<String, Signal> all, long now) {
        all.put("boot", new Signal.Boot(now));
        all.put("unit started", new Signal.UnitStarted(now, "run-2"));
        all.put("unit ended well", new Signal.UnitEnded(now, "run-1", new Exit(0, false, List.of()), 0));
        all.put("unit ended badly", new Signal.UnitEnded(now, "run-1", new Exit(3, false, List.of()), 0));
        all.put("unit ended, run unknown", new Signal.UnitEnded(now, null, null, 0));
        all.put("recheck", new Signal.Recheck(now));
        all.put("resumed", new Signal.Resumed(now));
    }
}
