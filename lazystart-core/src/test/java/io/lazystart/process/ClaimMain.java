// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A host in a JVM of its own, to be killed: claims a port, says so and waits. */
final class ClaimMain {
    private ClaimMain() {}

    public static void main(String[] args) throws Exception {
        boolean claimed = new PortClaims(Path.of(args[0])).claim(Integer.parseInt(args[1]));
        System.out.write(claimed ? '+' : '-');
        System.out.flush();
        new CountDownLatch(1).await();
    }
}
