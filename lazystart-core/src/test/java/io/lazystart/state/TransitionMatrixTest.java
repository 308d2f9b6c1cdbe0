// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static io.lazystart.state.MachineDriver.PERSON;
import static io.lazystart.state.MachineDriver.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.provider.UnitStatus.State;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every step meets every signal: the step that follows stands in a table. */
class TransitionMatrixTest {

    /** Columns of the table. */
    private static final List<Step> STEPS = List.of(Step.values());

    /**
     * A row a signal, a column a step, in the order of {@link Step}; a dot stays. Where there is no waiter or verb, the
     * signals about one are not sent (a dash). A read is under way in every step that can have one.
     */
    private static final String TABLE = """
            acquire                      | DEPENDENCIES .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            acquire by person            | DEPENDENCIES .       .            .            .            .            .         .         .            .            .       .            .            .            DEPENDENCIES DEPENDENCIES DEPENDENCIES
            wake                         | DEPENDENCIES .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            waiter left                  | -            .       .            .            .            .            -         -         .            .            .       .            .            .            -            -            -
            waiter expired               | -            .       .            .            .            .            -         -         .            .            .       .            .            .            -            -            -
            sleep                        | .            CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    STOP_VERB STOP_VERB STOP_VERB    .            .       .            .            .            .            STOP_VERB    STOP_VERB
            sleep, leases open           | .            CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    DRAIN     DRAIN     DRAIN        .            .       .            .            .            .            STOP_VERB    STOP_VERB
            sleep now                    | .            CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    STOP_VERB STOP_VERB STOP_VERB    STOP_VERB    .       .            .            .            .            STOP_VERB    STOP_VERB
            pin ready                    | DEPENDENCIES .       .            .            .            .            .         .         .            .            .       .            .            .            DEPENDENCIES DEPENDENCIES DEPENDENCIES
            pin napping                  | .            CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    STOP_VERB STOP_VERB STOP_VERB    .            .       .            .            .            .            STOP_VERB    STOP_VERB
            pin none                     | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            reset                        | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            close                        | CONFIRM      CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    STOP_VERB STOP_VERB STOP_VERB    STOP_VERB    .       .            .            ASLEEP       CONFIRM      STOP_VERB    STOP_VERB
            close, others need it        | CONFIRM      CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    DRAIN     DRAIN     DRAIN        .            .       .            .            ASLEEP       CONFIRM      STOP_VERB    STOP_VERB
            removed                      | CONFIRM      CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    DRAIN     DRAIN     DRAIN        .            .       .            .            ASLEEP       CONFIRM      STOP_VERB    STOP_VERB
            retuned                      | .            .       .            .            .            .            .         SERVING   .            .            .       .            .            .            .            .            .
            replace                      | CONFIRM      CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    STOP_VERB STOP_VERB STOP_VERB    .            .       .            .            .            CONFIRM      STOP_VERB    STOP_VERB
            replace, leases open         | CONFIRM      CONFIRM CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    DRAIN     DRAIN     DRAIN        .            .       .            .            .            CONFIRM      STOP_VERB    STOP_VERB
            replaced                     | .            .       .            .            .            .            .         .         .            .            .       .            .            DEPENDENCIES .            .            .
            dependencies                 | .            LOOK    .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            dependency event             | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            dependency failed            | .            FAILED  FAILED       FAILED       FAILED       .            .         .         .            .            .       .            .            .            .            .            .
            unit restarts                | .            .       DEPENDENCIES DEPENDENCIES DEPENDENCIES DEPENDENCIES .         .         .            .            .       .            .            .            .            .            .
            given up                     | .            .       .            .            .            .            STOP_VERB STOP_VERB .            .            .       .            .            .            .            .            .
            given up, leases open        | .            .       .            .            .            .            STOP_VERB STOP_VERB .            .            .       .            .            .            .            .            .
            dependency lost              | .            FAILED  CONFIRM      STOP_SLOT    STOP_SLOT    STOP_VERB    STOP_VERB STOP_VERB STOP_VERB    .            .       .            .            .            .            .            .
            verb done                    | -            -       -            LOOK         PROBE        -            -         -         -            -            CONFIRM DEPENDENCIES -            -            -            -            -
            verb failed                  | -            -       -            LOOK         FAILED       -            -         -         -            -            CONFIRM CONFIRM      -            -            -            -            -
            verb expired                 | -            -       -            .            .            -            -         -         -            -            .       .            -            -            -            -            -
            grace over                   | -            -       -            LOOK         FAILED       -            -         -         -            -            CONFIRM CONFIRM      -            -            -            -            -
            read: runs                   | PROBE        .       PROBE        .            .            .            .         .         .            .            .       .            STOP_VERB    .            PROBE        .            .
            read: paused                 | .            .       START_VERB   .            .            DEPENDENCIES ASLEEP    ASLEEP    DEPENDENCIES STOP_VERB    .       .            STOP_VERB    .            .            FAILED       .
            read: stopped                | .            .       START_VERB   .            .            FAILED       ASLEEP    ASLEEP    DEPENDENCIES DEPENDENCIES .       .            DEPENDENCIES .            .            FAILED       ASLEEP
            read failed                  | .            .       FAILED       .            .            .            .         .         .            .            .       .            STOP_VERB    .            .            .            .
            probe succeeded              | .            .       .            .            .            SERVING      .         .         .            .            .       .            .            .            .            SERVING      .
            attempt expired              | .            FAILED  FAILED       FAILED       FAILED       LINGERING    .         .         .            .            .       .            .            .            .            .            .
            health fell                  | .            .       .            .            .            .            STOP_VERB STOP_VERB STOP_VERB    .            .       .            .            .            .            .            .
            health fell, leases open     | .            .       .            .            .            .            AILING    AILING    .            .            .       .            .            .            .            .            .
            health rose                  | .            .       .            .            .            .            .         .         SERVING      .            .       .            .            .            .            .            .
            idle due                     | .            .       .            .            .            .            ASKING    .         .            .            .       .            .            .            .            .            .
            drained                      | .            .       .            .            .            .            .         .         STOP_VERB    STOP_VERB    .       .            .            .            .            .            .
            drain expired                | .            .       .            .            .            .            .         .         STOP_VERB    STOP_VERB    .       .            .            .            .            .            .
            retry due                    | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            STOP_VERB
            linger over                  | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            STOP_VERB    .
            reread due                   | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            idle answered                | .            .       .            .            .            .            .         STOP_VERB .            .            .       .            .            .            .            .            .
            old dependencies             | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old dependency event         | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old dependency failed        | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old unit restarts            | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old given up                 | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old given up, leases open    | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old dependency lost          | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old verb done                | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old verb failed              | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old verb expired             | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old grace over               | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old read: runs               | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old read: paused             | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old read: stopped            | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old read failed              | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old probe succeeded          | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old attempt expired          | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old health fell              | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old health fell, leases open | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old health rose              | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old idle due                 | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old drained                  | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old drain expired            | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old retry due                | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old linger over              | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old reread due               | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            old idle answered            | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            boot                         | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            unit started                 | .            .       .            .            PROBE        .            .         .         .            .            .       .            .            .            .            .            .
            unit ended well              | .            .       .            .            .            FAILED       ASLEEP    ASLEEP    DEPENDENCIES DEPENDENCIES .       .            .            .            .            FAILED       ASLEEP
            unit ended badly             | .            .       .            .            .            FAILED       FAILED    FAILED    DEPENDENCIES DEPENDENCIES .       .            .            .            .            FAILED       ASLEEP
            unit ended, run unknown      | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            recheck                      | .            .       .            .            .            .            .         .         .            .            .       .            .            .            .            .            .
            resumed                      | .            .       .            .            .            .            .         SERVING   .            .            .       .            .            .            .            .            .
            """;

    @Test
    void table_signals_allKindsHaveARow() {
        Set<Class<?>> rows = MatrixSignals.all(ready()).values().stream()
                .map(Object::getClass)
                .collect(Collectors.toSet());

        assertThat(rows).isEqualTo(SignalKinds.all());
        assertThat(rows(TABLE).keySet()).isEqualTo(MatrixSignals.all(ready()).keySet());
    }

    @TestFactory
    Stream<DynamicTest> everyStep_meetsEverySignal_leadsWhereTheTableSays() {
        return rows(TABLE).entrySet().stream()
                .map(row -> DynamicTest.dynamicTest(
                        row.getKey(), () -> assertThat(row(row.getKey())).isEqualTo(row.getValue())));
    }

    private static List<String> row(String signal) {
        List<String> cells = new ArrayList<>();
        for (Step step : STEPS) {
            MachineDriver driver = new MachineDriver();
            WAYS.get(step).accept(driver);
            assertThat(driver.snapshot().step()).isEqualTo(step);
            cells.add(cell(driver, signal));
        }
        return cells;
    }

    private static String cell(MachineDriver driver, String name) {
        Snapshot before = driver.snapshot();
        boolean waits = name.startsWith("waiter");
        boolean verb = name.startsWith("verb ") || name.equals("grace over");
        if ((waits && before.waiters() == 0) || (verb && before.verb() == null)) {
            return "-";
        }
        Status from = before.status();
        driver.send(MatrixSignals.all(driver).get(name));
        Step to = driver.snapshot().step();
        assertThat(from == to.status() || Draft.LEGAL.get(from).contains(to.status()))
                .as("%s to %s", from, to)
                .isTrue();
        return to == before.step() ? "." : to.name();
    }

    private static Map<String, List<String>> rows(String table) {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String line : table.strip().split("\n", -1)) {
            String[] parts = line.split("\\|", -1);
            rows.put(parts[0].strip(), List.of(parts[1].strip().split(" +", -1)));
        }
        return rows;
    }

    private static MachineDriver ready() {
        return new MachineDriver().ready();
    }

    /** A way to each step, by what is the usual course. */
    private static final Map<Step, Consumer<MachineDriver>> WAYS = new EnumMap<>(Step.class);

    static {
        WAYS.put(Step.ASLEEP, m -> m.asleep().recheck());
        WAYS.put(Step.DEPENDENCIES, m -> m.asleep().acquire(REQUEST));
        WAYS.put(Step.LOOK, m -> m.asleep().acquire(REQUEST).dependencies());
        WAYS.put(
                Step.START_SLOT,
                m -> m.starting()
                        .after(180)
                        .attemptExpires()
                        .acquire(PERSON)
                        .dependencies()
                        .read(State.STOPPED, null));
        WAYS.put(Step.START_VERB, MachineDriver::starting);
        WAYS.put(Step.PROBE, m -> m.probing().recheck());
        WAYS.put(Step.SERVING, m -> m.ready().after(600).recheck());
        WAYS.put(Step.ASKING, m -> m.ready().after(600).recheck().idleDue(0, true, 0));
        WAYS.put(Step.AILING, m -> m.ailing().acquire(REQUEST));
        WAYS.put(Step.DRAIN, m -> m.ready().sleep(false, 1).acquire(REQUEST).recheck());
        WAYS.put(Step.STOP_SLOT, m -> m.starting().sleep(false, 0).acquire(REQUEST));
        WAYS.put(Step.STOP_VERB, m -> m.stopping().acquire(REQUEST));
        WAYS.put(Step.CONFIRM, m -> m.stopping().acquire(REQUEST).fails());
        WAYS.put(
                Step.VACANT,
                m -> m.asleep()
                        .send(new ConfigSignal.Replace(m.now(), 0, 0))
                        .read(State.STOPPED, null)
                        .acquire(REQUEST));
        WAYS.put(Step.FAILED, m -> m.starting().fails());
        WAYS.put(Step.LINGERING, m -> m.probing().after(180).attemptExpires().recheck());
        WAYS.put(
                Step.STUCK,
                m -> m.stopping()
                        .fails()
                        .read(State.RUNNING, "run-1")
                        .fails()
                        .read(State.RUNNING, "run-1")
                        .recheck());
    }
}
