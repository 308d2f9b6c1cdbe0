// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import org.jspecify.annotations.Nullable;

/** What a test has done once, in the middle of something else. */
final class OneShot implements Runnable {
    private @Nullable Runnable task;

    void set(Runnable next) {
        task = next;
    }

    /** Whether it has been done, or was never set. */
    boolean isDone() {
        return task == null;
    }

    @Override
    public void run() {
        Runnable due = task;
        task = null;
        if (due != null) {
            due.run();
        }
    }
}
