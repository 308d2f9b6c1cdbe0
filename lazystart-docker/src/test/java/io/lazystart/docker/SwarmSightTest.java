// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lazystart.provider.Exit;
import io.lazystart.provider.Health;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What tasks mean together, and which runs they make. */
class SwarmSightTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Exit DEATH = new Exit(3, false, List.of());

    private final List<UnitEvent> told = new ArrayList<>();
    private final SwarmRuns runs = new SwarmRuns("web", told::add);

    @Test
    void isOver_tasksThatRunOrMay_areWaitedFor() {
        assertThat(sight(1).isOver()).isFalse();
        assertThat(sight(0).isOver()).isTrue();
        assertThat(sight(0, task("a", "shutdown", "remove")).isOver()).isTrue();
        assertThat(sight(0, task("a", "pending", "remove")).isOver()).isTrue();
        assertThat(sight(0, task("a", "pending", "running")).isOver()).isFalse();
        assertThat(sight(0, task("a", "preparing", "remove")).isOver()).isFalse();
        assertThat(sight(0, task("a", "running", "remove")).isOver()).isFalse();
    }

    @Test
    void isOver_containerOfTheEngineHasEnded_doesNotWaitForTheNode() {
        SwarmSight ending = sight(0, task("a", "running", "remove"));

        assertThat(ending.with(Map.of("container-a", true)).isOver()).isFalse();
        assertThat(ending.with(Map.of("container-a", true)).unwanted()).containsExactly("container-a");
        assertThat(ending.with(Map.of("container-a", false)).isOver()).isTrue();
        assertThat(ending.with(Map.of("container-a", false)).running()).isEmpty();
        assertThat(ending.with(Map.of("container-b", false)).isOver()).isFalse();
    }

    @Test
    void unwanted_containersOfWantedTasks_areSpared() {
        SwarmSight seen = sight(1, task("a", "running", "running"), task("b", "running", "shutdown"))
                .with(Map.of("container-a", true, "container-b", true));

        assertThat(seen.unwanted()).containsExactly("container-b");
    }

    @Test
    void health_countsTasksThatRunAndAreTo() {
        assertThat(sight(0).health()).isEqualTo(Health.NONE);
        assertThat(sight(1).health()).isEqualTo(Health.STARTING);
        assertThat(sight(1, task("a", "running", "shutdown")).health()).isEqualTo(Health.STARTING);
        assertThat(sight(1, task("a", "running", "running")).health()).isEqualTo(Health.HEALTHY);
        assertThat(sight(2, task("a", "running", "running")).health()).isEqualTo(Health.STARTING);
    }

    @Test
    void lastEnded_theLastWasAskedTo_isNone() {
        SwarmTask failed = task("a", "failed", "shutdown");

        assertThat(sight(1, failed, task("b", "ready", "ready")).lastEnded()).isSameAs(failed);
        assertThat(sight(1, failed, task("b", "shutdown", "shutdown")).lastEnded())
                .isNull();
    }

    @Test
    void runs_replacedBesideEachOther_isOneRun() {
        assertThat(seen(sight(1, running("a")))).isEqualTo("a");
        assertThat(seen(sight(1, running("a"), running("b")))).isEqualTo("a");
        assertThat(seen(sight(1, running("b")))).isEqualTo("a");

        assertThat(told).containsExactly(new UnitEvent("web", Kind.STARTED, "a", null));
    }

    @Test
    void runs_otherTasksThanBefore_areAnotherRun() {
        seen(sight(1, running("a")));

        assertThat(seen(sight(1, running("b")))).isEqualTo("b");

        assertThat(told)
                .containsExactly(
                        new UnitEvent("web", Kind.STARTED, "a", null),
                        new UnitEvent("web", Kind.ENDED, "a", null),
                        new UnitEvent("web", Kind.STARTED, "b", null));
    }

    @Test
    void runs_sightsOvertakeEachOther_theLaterCounts() {
        long early = runs.ticket();
        long late = runs.ticket();
        runs.seen(late, sight(1, running("b")), null);

        assertThat(runs.seen(early, sight(1, running("a")), null)).isEqualTo("a");
        assertThat(runs.seen(early, sight(0), null)).isNull();

        assertThat(told).containsExactly(new UnitEvent("web", Kind.STARTED, "b", null));
    }

    @Test
    void runs_endedBeforeAnybodyLooked_areToldOnce() {
        SwarmSight ended = sight(1, task("a", "failed", "shutdown"));
        seen(sight(0));

        assertThat(runs.seen(runs.ticket(), ended, DEATH)).isNull();
        runs.seen(runs.ticket(), ended, DEATH);

        assertThat(told)
                .containsExactly(
                        new UnitEvent("web", Kind.STARTED, "a", null), new UnitEvent("web", Kind.ENDED, "a", DEATH));
    }

    @Test
    void runs_endedBeforeTheFirstSight_areNotTold() {
        seen(sight(1, task("a", "failed", "shutdown")));

        assertThat(told).isEmpty();
    }

    @Test
    void runs_asManyAsWanted_isToldAsAChange() {
        seen(sight(2, running("a")));
        seen(sight(2, running("a"), running("b")));
        seen(sight(2, running("a"), running("b")));

        assertThat(told).last().isEqualTo(new UnitEvent("web", Kind.CHANGED, null, null));
        assertThat(told).hasSize(2);
    }

    @Test
    void runs_serviceGone_hasEnded() {
        seen(sight(1, running("a")));

        runs.gone(runs.ticket());

        assertThat(told).last().isEqualTo(new UnitEvent("web", Kind.ENDED, "a", null));
    }

    @Test
    void lastReplicas_labelOfAnotherForm_isNone() {
        assertThat(labelled("3").lastReplicas()).isEqualTo(3);
        assertThat(labelled("0").lastReplicas()).isNull();
        assertThat(labelled("many").lastReplicas()).isNull();
        assertThat(service(1).lastReplicas()).isNull();
    }

    private String seen(SwarmSight sight) {
        return runs.seen(runs.ticket(), sight, null);
    }

    private static SwarmSight sight(int replicas, SwarmTask... tasks) {
        return new SwarmSight(service(replicas), Stream.of(tasks).toList(), Map.of());
    }

    private static SwarmTask running(String id) {
        return task(id, "running", "running");
    }

    private static SwarmTask task(String id, String state, String desired) {
        return new SwarmTask(read("""
                {"ID": "%1$s", "CreatedAt": "2026-01-01T00:00:00.%1$s", "DesiredState": "%3$s",
                 "Status": {"State": "%2$s", "ContainerStatus": {"ContainerID": "container-%1$s"}}}
                """.formatted(id, state, desired)));
    }

    private static SwarmService service(int replicas) {
        return new SwarmService(read("""
                {"ID": "web", "Spec": {"Mode": {"Replicated": {"Replicas": %d}}}}
                """.formatted(replicas)));
    }

    private static SwarmService labelled(String replicas) {
        return new SwarmService(read("""
                {"Spec": {"Labels": {"lazystart.replicas": "%s"}, "Mode": {"Replicated": {}}}}
                """.formatted(replicas)));
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException wrong) {
            throw new AssertionError(wrong);
        }
    }
}
