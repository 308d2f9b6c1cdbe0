// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs of services that are not configured any more: renamed or removed after a host was killed, or left its processes. No
 * watcher knows them, so nobody else would ever end them.
 */
final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    /** What a stop gets by default is too long to keep the sweeper from what it has to do for others. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Path folder;
    private final Set<String> configured;
    private final Function<String, RunSlot> slots;

    /**
     * Describes a search.
     *
     * @param folder holds a folder for each service
     * @param configured services that have a unit
     * @param slots finds the slot of a service
     */
    Orphans(Path folder, Set<String> configured, Function<String, RunSlot> slots) {
        this.folder = folder;
        this.configured = configured;
        this.slots = slots;
    }

    /** Lists services with a record of a run, but without a unit. */
    List<String> find() throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> services = Files.newDirectoryStream(folder, RunStore::present)) {
            for (Path service : services) {
                String name = service.getFileName().toString();
                if (!configured.contains(name)) {
                    found.add(name);
                }
            }
        }
        return found;
    }

    /** Ends what is left of a service's run. */
    void end(String service) throws IOException, InterruptedException {
        RunSlot slot = slots.apply(service);
        Run run = slot.current();
        if (run != null && run.alive()) {
            LOG.warn(
                    "process {} of service {}, which is not configured any more, is stopped; its files are in {}",
                    run.record().leader().pid(),
                    service,
                    folder.resolve(service));
            run.setInVerb(true);
            run.tree().stop(Signals.TERM, TIMEOUT);
            slot.close(run);
        }
    }
}
