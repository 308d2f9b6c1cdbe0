// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.provider.Exit;
import io.lazystart.provider.Health;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitAddress;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitListener;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A unit that does what the test says. Every call is kept in {@link #calls()}. Thread-safe. */
public final class ScriptedUnit implements Unit {

    /** What the core can call. */
    public enum Call {
        /** {@link Unit#status()}. */
        STATUS,
        /** {@link Unit#start()}. */
        START,
        /** {@link Unit#stop}. */
        STOP,
        /** {@link Unit#kill()}. */
        KILL,
        /** {@link Unit#pause()}. */
        PAUSE,
        /** {@link Unit#unpause()}. */
        UNPAUSE,
        /** {@link Unit#address()}. */
        ADDRESS,
        /** {@link Unit#health()}. */
        HEALTH
    }

    /** What verbs do beside changing the state. */
    enum Mode {
        /** Nothing. */
        PLAIN,
        /** What the contract asks of them. */
        TRUTHFUL,
        /** What the contract asks of them once the provider is closed. */
        CLOSED
    }

    private static final Pattern SIGNAL = Pattern.compile("SIG(TERM|KILL|INT|HUP|QUIT|USR1|USR2)");

    private final String id;
    private final Supplier<@Nullable UnitListener> listener;
    private final Supplier<Mode> mode;
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    /** Guarded by {@code this}, with the fields below. */
    private final Map<Call, Callable<?>> before = new EnumMap<>(Call.class);

    private State state = State.STOPPED;
    private int runs;
    private @Nullable Exit exit;
    private @Nullable UnitAddress address;
    private Callable<@Nullable String> stranger = () -> null;
    private int askedWhoAnswers;
    private boolean listens;
    private boolean silent;
    private Set<Long> pids = Set.of();
    private Health health = Health.NONE;
    private BooleanSupplier awaited = () -> false;

    ScriptedUnit(String id, Supplier<@Nullable UnitListener> listener, Supplier<Mode> mode) {
        this.id = id;
        this.listener = listener;
        this.mode = mode;
    }

    /**
     * Has something done at the beginning of each call of a kind, on the thread of the call: block on a latch, throw,
     * count. What it throws is what the core sees; the unit does not change then.
     *
     * @param call which
     * @param script what; its result is ignored
     * @return this
     */
    public synchronized ScriptedUnit on(Call call, Callable<?> script) {
        before.put(call, script);
        return this;
    }

    /**
     * Gives the unit an address.
     *
     * @param port on 127.0.0.1
     * @return this
     */
    public synchronized ScriptedUnit listensOn(int port) {
        address = new UnitAddress("127.0.0.1", port);
        return this;
    }

    /**
     * Says that the unit will have an address, though it has none yet.
     *
     * @return this
     */
    public synchronized ScriptedUnit willListen() {
        listens = true;
        return this;
    }

    /**
     * Has somebody else answer at the unit's address.
     *
     * @param who what is told of it; null for the unit itself
     */
    public void answeredBy(@Nullable String who) {
        looksWhoAnswers(() -> who);
    }

    /**
     * Has the unit find out who answers at its address.
     *
     * @param look gives who else does, or null; may fail or block
     */
    public synchronized void looksWhoAnswers(Callable<@Nullable String> look) {
        stranger = look;
    }

    /**
     * Counts how often the core asked who answers at the unit's address.
     *
     * @return times
     */
    public synchronized int askedWhoAnswers() {
        return askedWhoAnswers;
    }

    /**
     * Says which processes the unit consists of.
     *
     * @param processes their ids
     * @return this
     */
    public synchronized ScriptedUnit consistsOf(Long... processes) {
        pids = Set.of(processes);
        return this;
    }

    /**
     * Lists what the core called.
     *
     * @return verbs in order, without what only reads
     */
    public List<Call> calls() {
        return calls.stream()
                .filter(call -> call != Call.STATUS && call != Call.ADDRESS && call != Call.HEALTH)
                .toList();
    }

    /**
     * Counts calls of one kind.
     *
     * @param call which
     * @return how many began
     */
    public int count(Call call) {
        return (int) calls.stream().filter(call::equals).count();
    }

    /** Starts the unit from outside, with its event. */
    public void startOutside() {
        begin();
        tell(UnitEvent.Kind.STARTED, runId(), null);
    }

    /**
     * Ends the run, with its event.
     *
     * @param how what is told of its end
     */
    public void end(Exit how) {
        String run;
        synchronized (this) {
            run = runId();
            state = State.STOPPED;
            exit = how;
        }
        tell(UnitEvent.Kind.ENDED, run, how);
    }

    /**
     * Changes the state without any event.
     *
     * @param quietly the state from now on
     */
    public synchronized void become(State quietly) {
        state = quietly;
    }

    /**
     * Has the status read as null, as a provider with a bug would.
     *
     * @param broken false to mend it
     */
    public synchronized void statusIsNull(boolean broken) {
        silent = broken;
    }

    /**
     * Tells the core of an event.
     *
     * @param kind what happened
     * @param run of which run, or null
     * @param how its end, or null
     */
    public void tell(UnitEvent.Kind kind, @Nullable String run, @Nullable Exit how) {
        UnitListener heard = listener.get();
        if (heard != null) {
            heard.onEvent(new UnitEvent(id, kind, run, how));
        }
    }

    /**
     * Names the current or last run.
     *
     * @return the id that {@link #start()} gave
     */
    public synchronized String runId() {
        return "run-" + runs;
    }

    private synchronized void begin() {
        runs++;
        state = State.RUNNING;
        exit = null;
    }

    private void called(Call call) throws Exception {
        calls.add(call);
        Callable<?> script;
        synchronized (this) {
            script = before.get(call);
        }
        if (script != null) {
            script.call();
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    @SuppressWarnings("NullAway") // the bug it can play
    public UnitStatus status() throws Exception {
        called(Call.STATUS);
        synchronized (this) {
            return silent ? null : new UnitStatus(state, state == State.STOPPED ? null : runId(), exit);
        }
    }

    @Override
    public String start() throws Exception {
        called(Call.START);
        Mode now = mode.get();
        if (now == Mode.CLOSED) {
            throw new IllegalStateException("start: the provider is closed");
        }
        synchronized (this) {
            if (now == Mode.TRUTHFUL && state != State.STOPPED) {
                return runId();
            }
            begin();
        }
        report(UnitEvent.Kind.STARTED, null);
        return runId();
    }

    @Override
    public void stop(@Nullable String signal, Duration timeout) throws Exception {
        if (signal != null
                && mode.get() != Mode.PLAIN
                && !SIGNAL.matcher(signal).matches()) {
            throw new ProviderException("signal: " + signal + " (expected: a name such as SIGTERM)", null, null);
        }
        called(Call.STOP);
        rest(143);
    }

    @Override
    public void kill() throws Exception {
        called(Call.KILL);
        rest(137);
    }

    @Override
    public void pause() throws Exception {
        called(Call.PAUSE);
        change("pause", State.PAUSED);
    }

    @Override
    public void unpause() throws Exception {
        called(Call.UNPAUSE);
        change("unpause", State.RUNNING);
    }

    private void rest(int code) {
        if (mode.get() == Mode.PLAIN) {
            become(State.STOPPED);
            return;
        }
        Exit how = new Exit(code, false, List.of());
        synchronized (this) {
            if (state == State.STOPPED) {
                return;
            }
            state = State.STOPPED;
            exit = how;
        }
        report(UnitEvent.Kind.ENDED, how);
    }

    private void change(String verb, State next) {
        synchronized (this) {
            if (mode.get() != Mode.PLAIN && state == State.STOPPED) {
                throw new ProviderException(verb + ": the unit is not running", exit, null);
            }
            state = next;
        }
        report(UnitEvent.Kind.CHANGED, null);
    }

    private void report(UnitEvent.Kind kind, @Nullable Exit how) {
        if (mode.get() == Mode.TRUTHFUL) {
            tell(kind, runId(), how);
        }
    }

    @Override
    public synchronized Set<Long> pids() {
        return pids;
    }

    /**
     * What looks after the unit says of it from now on; nobody is told.
     *
     * @param now what it says
     */
    public synchronized void health(Health now) {
        health = now;
    }

    /**
     * Says that the unit is not ready before it is healthy, where its service does not say what makes it ready.
     *
     * @return this
     */
    public ScriptedUnit awaitingHealth() {
        awaitsHealthBy(() -> true);
        return this;
    }

    /**
     * Has the unit find out whether that is so.
     *
     * @param look gives whether it is; may throw
     */
    public synchronized void awaitsHealthBy(BooleanSupplier look) {
        awaited = look;
    }

    @Override
    public boolean awaitsHealth() {
        BooleanSupplier look;
        synchronized (this) {
            look = awaited;
        }
        return look.getAsBoolean();
    }

    @Override
    public Health health() throws Exception {
        called(Call.HEALTH);
        synchronized (this) {
            return health;
        }
    }

    @Override
    public synchronized boolean listens() {
        return listens || address != null;
    }

    @Override
    public @Nullable UnitAddress address() throws Exception {
        called(Call.ADDRESS);
        synchronized (this) {
            return mode.get() != Mode.PLAIN && state == State.STOPPED ? null : address;
        }
    }

    @Override
    public @Nullable String strangerAt(UnitAddress asked) throws Exception {
        Callable<@Nullable String> look;
        synchronized (this) {
            askedWhoAnswers++;
            look = stranger;
        }
        return look.call();
    }
}
