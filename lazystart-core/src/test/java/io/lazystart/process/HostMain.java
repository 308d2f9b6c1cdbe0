// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A host in a JVM of its own, to be killed: starts a script, writes the id of the run to a file and waits. */
final class HostMain {
    private HostMain() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        String run = new Bench(folder).script("app", args[1]).start();
        Files.writeString(folder.resolve("run"), run + "\n");
        new CountDownLatch(1).await();
    }
}
