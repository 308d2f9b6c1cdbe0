// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import io.lazystart.provider.Health;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A service and its tasks at one moment.
 *
 * <p>A task that is to end counts as running for another two seconds after its end, as a node lets that long pass before it
 * looks: it takes the task out of its load balancer first, and waits until all nodes know. What this engine says of the task's
 * container is quicker.
 *
 * @param service the service
 * @param tasks all that the managers remember, oldest first
 * @param containers whether the tasks' containers that this engine has run, by their ids; empty if nobody asked
 */
record SwarmSight(SwarmService service, List<SwarmTask> tasks, Map<String, Boolean> containers) {
    SwarmSight {
        tasks = tasks.stream()
                .sorted(Comparator.comparing(SwarmTask::createdAt).thenComparing(SwarmTask::id))
                .toList();
    }

    SwarmSight with(Map<String, Boolean> found) {
        return new SwarmSight(service, tasks, found);
    }

    /** Whether it is not clear from the tasks alone what runs. */
    boolean isEnding() {
        return tasks.stream().anyMatch(SwarmTask::isBeingEnded);
    }

    /** Tasks that run, also those that are to end. */
    List<SwarmTask> running() {
        return tasks.stream()
                .filter(task -> task.isRunning() && !(task.isBeingEnded() && isDead(task)))
                .toList();
    }

    /** Tasks that run and are to. */
    List<SwarmTask> serving() {
        return tasks.stream()
                .filter(task -> task.isRunning() && task.isWanted())
                .toList();
    }

    /** Whether nothing runs, and nothing will. */
    boolean isOver() {
        return service.replicas() == 0
                && tasks.stream()
                        .allMatch(
                                task -> task.isOver() || (!task.isWanted() && (!task.isBeingEnded() || isDead(task))));
    }

    /** Whether the managers have a task that runs or is about to. */
    boolean isTried() {
        return tasks.stream().anyMatch(task -> task.isWanted() && !task.isOver());
    }

    /** Tasks that have ended by themselves. */
    List<SwarmTask> ended() {
        return tasks.stream().filter(SwarmTask::hasEndedByItself).toList();
    }

    /** The last task that has ended, if it did so by itself; null if it did not, or there is none. */
    @Nullable
    SwarmTask lastEnded() {
        List<SwarmTask> over = tasks.stream().filter(SwarmTask::isOver).toList();
        SwarmTask last = over.isEmpty() ? null : over.get(over.size() - 1);
        return last != null && last.hasEndedByItself() ? last : null;
    }

    /** Containers of this engine that run, and whose tasks are not wanted any more. */
    Set<String> unwanted() {
        Set<String> wanted = tasks.stream()
                .filter(task -> task.isWanted() && task.container() != null)
                .map(task -> String.valueOf(task.container()))
                .collect(Collectors.toSet());
        return containers.entrySet().stream()
                .filter(container -> container.getValue() && !wanted.contains(container.getKey()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    Health health() {
        if (service.replicas() == 0) {
            return Health.NONE;
        }
        return serving().size() >= service.replicas() ? Health.HEALTHY : Health.STARTING;
    }

    private boolean isDead(SwarmTask task) {
        String container = task.container();
        return container != null && Boolean.FALSE.equals(containers.get(container));
    }
}
