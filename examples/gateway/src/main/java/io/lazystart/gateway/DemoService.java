// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.config.LazyStartConfig;
import io.lazystart.config.ReadyConfig;
import io.lazystart.config.ServiceConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/** What is served without a configuration: the demo application, carried along as one file. */
final class DemoService {
    static final String NAME = "demo";
    private static final String RESOURCE = "demo-app.jar";

    private DemoService() {}

    static void describe(ServiceConfigBuilder service, Path jar) {
        service.process(
                        java(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-jar",
                        jar.toString(),
                        "--port={port}")
                .paths("/")
                .ready(ReadyConfig.http("/healthz"))
                .idleTimeout(Duration.ofSeconds(30));
    }

    /**
     * Puts the application's jar into the state directory. Its name holds its hash, because an application of an earlier
     * gateway may still run from the file of then.
     */
    static Path extract() {
        Path directory = LazyStartConfig.defaultStateDirectory().resolve("gateway");
        try {
            byte[] content = content();
            Path jar = directory.resolve("demo-app-" + hash(content) + ".jar");
            if (!Files.exists(jar)) {
                Files.createDirectories(directory, ownerOnly(directory));
                Path partial = Files.createTempFile(directory, "demo-app-", ".part");
                Files.write(partial, content);
                Files.move(partial, jar, StandardCopyOption.ATOMIC_MOVE);
            }
            return jar;
        } catch (IOException e) {
            throw new UsageException("state directory: " + directory + " cannot be written: " + e.getMessage()
                    + " (expected: a directory of this user; set XDG_STATE_HOME to choose another)");
        }
    }

    private static byte[] content() throws IOException {
        try (InputStream in = DemoService.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new UsageException(
                        "--config: none, and this build carries no demo application (expected: --config FILE)");
            }
            return in.readAllBytes();
        }
    }

    private static String hash(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path directory) {
        boolean posix = directory.getFileSystem().equals(FileSystems.getDefault())
                && FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
