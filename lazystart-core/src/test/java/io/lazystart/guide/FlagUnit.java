// SPDX-License-Identifier: Apache-2.0
package io.lazystart.guide;

import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Unit;
import io.lazystart.provider.UnitStatus;
import io.lazystart.provider.UnitStatus.State;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The unit {@code notes} exists if there is a file {@code notes.unit}, and runs while there is a flag {@code notes.on}. */
final class FlagUnit implements Unit {
    static final String FLAG = ".on";
    static final String DESCRIPTION = ".unit";

    private final Path folder;
    private final String name;
    private final BooleanSupplier closed;

    FlagUnit(Path folder, String name, BooleanSupplier closed) {
        this.folder = folder;
        this.name = name;
        this.closed = closed;
    }

    @Override
    public String id() {
        return name;
    }

    @Override
    public UnitStatus status() {
        return new UnitStatus(Files.exists(flag()) ? State.RUNNING : State.STOPPED, null, null);
    }

    @Override
    public String start() throws IOException {
        if (closed.getAsBoolean()) {
            throw new IllegalStateException("start: the provider is closed");
        }
        Path description = folder.resolve(name + DESCRIPTION);
        if (!Files.exists(description)) {
            throw new ProviderException("start: there is no " + description, null, null);
        }
        try {
            Files.createFile(flag());
        } catch (FileAlreadyExistsException runsAlready) {
            // and is left alone
        }
        return null; // a flag has no id by which two runs could be told apart
    }

    @Override
    public void stop(String signal, Duration timeout) throws IOException {
        if (signal != null) {
            throw new UnsupportedOperationException("signal: " + signal + " (expected: none, a flag takes no signals)");
        }
        Files.deleteIfExists(flag());
    }

    @Override
    public void kill() throws IOException {
        Files.deleteIfExists(flag());
    }

    private Path flag() {
        return folder.resolve(name + FLAG);
    }
}
