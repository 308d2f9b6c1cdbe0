// SPDX-License-Identifier: Apache-2.0
package io.lazystart.demo;

import java.util.List;

/** Pretends to initialise something, step by step, and says that it pretends. */
final class Boot {
    private static final List<String> STEPS = List.of(
            "reading the configuration", "connecting to the database", "migrating the schema", "warming the caches");

    private final int millis;

    Boot(int millis) {
        this.millis = millis;
    }

    void run() throws InterruptedException {
        System.out.println("demo: booting, simulated, " + millis + " ms");
        for (String step : STEPS) {
            System.out.println("demo: " + step + " (simulated)");
            Thread.sleep(millis / STEPS.size());
        }
    }
}
