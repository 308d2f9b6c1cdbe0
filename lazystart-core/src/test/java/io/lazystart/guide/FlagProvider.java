// SPDX-License-Identifier: Apache-2.0
package io.lazystart.guide;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import io.lazystart.provider.Capability;
import io.lazystart.provider.Provider;
import io.lazystart.provider.Settings;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitEvent;
import io.lazystart.provider.UnitEvent.Kind;
import io.lazystart.provider.UnitListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Set;

/** Units are flags in one folder: files that are there while something is to run. Who runs it looks for the flags. */
final class FlagProvider implements Provider {
    private final Path folder;
    private final WatchService changes;
    private volatile boolean closed;

    FlagProvider(Path folder) {
        this.folder = folder;
        try {
            changes = folder.getFileSystem().newWatchService();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.WATCH);
    }

    @Override
    public Unit unit(String service, Settings settings) {
        String given = settings.string("name");
        settings.refuseUnknown();
        String name = given == null ? service : given;
        if (!name.matches("[a-z0-9-]+")) {
            throw settings.refuse("name", name + " (expected: lower-case letters, digits and hyphens)");
        }
        return new FlagUnit(folder, name, () -> closed);
    }

    @Override
    public void watch(UnitListener listener) {
        try {
            folder.register(changes, ENTRY_CREATE, ENTRY_DELETE);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Thread thread = new Thread(() -> tellAll(listener), "lazystart-flag-events");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        try {
            changes.close(); // which ends the thread
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void tellAll(UnitListener listener) {
        try {
            while (true) {
                WatchKey key = changes.take();
                key.pollEvents().forEach(change -> tell(listener, change));
                key.reset();
            }
        } catch (ClosedWatchServiceException closing) {
            // the end
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(UnitListener listener, WatchEvent<?> change) {
        if (change.kind() == OVERFLOW) {
            listener.onResync();
            return;
        }
        String file = String.valueOf(change.context());
        if (file.endsWith(FlagUnit.FLAG)) {
            String unit = file.substring(0, file.length() - FlagUnit.FLAG.length());
            listener.onEvent(
                    new UnitEvent(unit, change.kind() == ENTRY_CREATE ? Kind.STARTED : Kind.ENDED, null, null));
        }
    }
}
