// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.failure.ConfigException;
import io.lazystart.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second host out of a state directory: both would adopt, stop and record the same processes. The operating
 * system frees the lock when its holder dies.
 */
final class StateLock implements AutoCloseable {
    /**
     * Files locked by this JVM. Static because what it guards is a property of the whole process: on POSIX systems
     * closing any descriptor of a file frees the process's locks on it, so a second attempt must not even open it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;
    private boolean closed; // guarded by this

    private StateLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @param stateDirectory must exist
     * @throws ConfigException if somebody else has it, or the folder cannot be written
     */
    static StateLock take(Path stateDirectory) {
        Path file;
        try {
            // Beside the folder of the services, not in it: a service may be called "lock".
            file = stateDirectory.toRealPath().resolve("process.lock");
        } catch (IOException failure) {
            throw unusable(stateDirectory, failure);
        }
        if (!HELD.add(file)) {
            throw inUse(stateDirectory, ProcessHandle.current().pid() + "");
        }
        FileChannel channel = null;
        try {
            channel = open(file);
            if (channel.tryLock() != null) {
                write(channel, ProcessHandle.current().pid() + "\n");
                return new StateLock(file, channel);
            }
        } catch (IOException failure) {
            giveUp(file, channel);
            throw unusable(stateDirectory, failure);
        } catch (OverlappingFileLockException heldByAnotherClassLoader) {
            giveUp(file, channel);
            throw inUse(stateDirectory, ProcessHandle.current().pid() + "");
        }
        String holder = read(file);
        giveUp(file, channel);
        throw inUse(stateDirectory, holder);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            giveUp(file, channel);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        if (!Files.exists(file)) {
            PrivateFiles.createFile(file);
        }
        return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    }

    private static void write(FileChannel channel, String pid) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Reads who holds the lock; empty where that cannot be read, as on Windows. */
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).strip();
        } catch (IOException unreadable) {
            return "";
        }
    }

    private static void giveUp(Path file, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // the descriptor is gone either way, and the lock with it
        } finally {
            HELD.remove(file);
        }
    }

    private static ConfigException inUse(Path stateDirectory, String holder) {
        String who = holder.isEmpty() ? "another host" : "the host with process id " + holder;
        return new ConfigException(
                "state-directory",
                stateDirectory + " is in use by " + who + " (expected: one of its own for each host)");
    }

    private static ConfigException unusable(Path stateDirectory, IOException failure) {
        return new ConfigException(
                null, "state-directory", stateDirectory + " (expected: a folder that can be written)", failure);
    }
}
