// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
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
    private final ConcurrentMap<String, RunSlot> slots;
    private final ProcessHost host;

    /**
     * Describes a search.
     *
     * @param folder holds a folder for each service
     * @param slots has one for each service that has a unit; who puts the first in has the run that was left
     */
    Orphans(Path folder, ConcurrentMap<String, RunSlot> slots, ProcessHost host) {
        this.folder = folder;
        this.slots = slots;
        this.host = host;
    }

    /** Lists services with a record of a run, but without a unit. */
    List<String> find() throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> services = Files.newDirectoryStream(folder, RunStore::present)) {
            for (Path service : services) {
                String name = service.getFileName().toString();
                if (!slots.containsKey(name)) {
                    found.add(name);
                }
            }
        }
        return found;
    }

    /** Ends what is left of a service's run, unless a unit of it has been asked for since it was found. */
    void end(String service) throws IOException, InterruptedException {
        RunSlot slot = RunSlot.ofOrphan(service, folder.resolve(service), host);
        if (slots.putIfAbsent(service, slot) == null) {
            slot.endLeft(run -> stop(service, run));
        }
    }

    private void stop(String service, Run run) throws IOException, InterruptedException {
        LOG.warn(
                "process {} of service {}, which is not configured any more, is stopped; its files are in {}",
                run.record().leader().pid(),
                service,
                folder.resolve(service));
        run.tree().stop(Signals.TERM, TIMEOUT);
    }
}
