// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two hosts of one machine from giving the same port away: a unit that was given one may take its time to listen
 * there. All hosts lock bytes of one empty file, each the byte of its port, so that the operating system gives up the claims
 * of a host that dies, and nothing is left to be cleared up. Where the file cannot be used, every claim is granted.
 * Thread-safe.
 */
final class PortClaims implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortClaims.class);
    private static final Set<PosixFilePermission> EVERYBODY = PosixFilePermissions.fromString("rw-rw-rw-");

    /**
     * Open files, with how many use each; guarded by itself. Static because what it guards is a property of the whole
     * process: on POSIX systems closing any descriptor of a file frees all locks that the process has on it.
     */
    private static final Map<Path, Shared> OPEN = new HashMap<>();

    private final Path file;
    private @Nullable Shared shared; // guarded by this; null when closed, or if the file cannot be used
    private final Map<Integer, FileLock> claims = new HashMap<>(); // guarded by this

    /** Joins those who claim by a file. */
    PortClaims(Path file) {
        this.file = file;
        this.shared = join(file);
    }

    /** The claims of all hosts that have the same folder for temporary files. */
    static PortClaims ofMachine() {
        return new PortClaims(Path.of(System.getProperty("java.io.tmpdir"), "lazystart-ports.lock"));
    }

    /** Claims a port that this object has not claimed; false if another host has, or another provider of this one. */
    synchronized boolean claim(int port) {
        if (shared == null) {
            return true;
        }
        try {
            FileLock lock = shared.channel.tryLock(port, 1, false); // not interruptible: that would close the channel
            if (lock != null) {
                claims.put(port, lock);
            }
            return lock != null;
        } catch (OverlappingFileLockException ownHost) {
            return false;
        } catch (IOException failure) {
            LOG.debug("{}: port {} cannot be claimed", file, port, failure);
            return true;
        }
    }

    /** Gives a claim up; does nothing without one. */
    synchronized void release(int port) {
        FileLock lock = claims.remove(port);
        try {
            if (lock != null) {
                lock.release();
            }
        } catch (IOException failure) {
            LOG.debug("{}: the claim to port {} cannot be given up", file, port, failure);
        }
    }

    /** Gives up all claims. */
    @Override
    public synchronized void close() {
        Set.copyOf(claims.keySet()).forEach(this::release);
        Shared left = shared;
        shared = null;
        if (left != null) {
            leave(file, left);
        }
    }

    private static @Nullable Shared join(Path file) {
        synchronized (OPEN) {
            Shared shared = OPEN.get(file);
            if (shared == null) {
                try {
                    shared = new Shared(open(file));
                } catch (IOException | UnsupportedOperationException failure) {
                    LOG.debug("{}: ports cannot be claimed; other hosts may give the same ones", file, failure);
                    return null;
                }
                OPEN.put(file, shared);
            }
            shared.users++;
            return shared;
        }
    }

    private static void leave(Path file, Shared shared) {
        synchronized (OPEN) {
            shared.users--;
            if (shared.users > 0) {
                return;
            }
            OPEN.remove(file);
            try {
                shared.channel.close();
            } catch (IOException ignored) {
                // the descriptor is gone either way
            }
        }
    }

    /**
     * Opens the file, which belongs to whichever user came first. It is never written, and no link is followed: in a folder
     * that is everybody's it may be anything.
     */
    private static FileChannel open(Path file) throws IOException {
        try {
            Files.createFile(file);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(file, EVERYBODY); // ours, and in such a folder nobody else can replace it
            }
        } catch (FileAlreadyExistsException usual) {
            LOG.trace("{} is there", file);
        }
        return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    /** A file that is open once for the whole process. */
    private static final class Shared {
        private final FileChannel channel;
        private int users; // guarded by OPEN

        Shared(FileChannel channel) {
            this.channel = channel;
        }
    }
}
