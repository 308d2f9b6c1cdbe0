// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.failure.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many calls of one unit may be in flight. */
class CallsTest {
    private final ArrayDeque<Runnable> workers = new ArrayDeque<>();
    private final Calls calls = new Calls(workers::add);
    private final List<String> done = new ArrayList<>();
    private final List<Reason> failed = new ArrayList<>();

    private BlockingCall<String> call(String result) {
        return calls.run("call", Reason.Kind.START_FAILED, () -> result, done::add, failed::add);
    }

    @Test
    void tooManyThatHaveNotReturned_theNextFailsAtOnceWithoutReachingTheProvider() {
        for (int i = 0; i < Calls.MOST; i++) {
            assertThat(call("hung")).isNotNull();
        }

        assertThat(call("one too many")).isNotNull();
        workers.removeLast().run();

        assertThat(done).isEmpty();
        assertThat(failed)
                .singleElement()
                .satisfies(reason ->
                        assertThat(reason.message()).contains("8 earlier calls of this unit have not returned"));
    }

    @Test
    void hungCallsReturn_thereIsRoomAgain() {
        for (int i = 0; i < Calls.MOST; i++) {
            assertThat(call("late")).isNotNull();
        }
        workers.forEach(Runnable::run);
        workers.clear();

        assertThat(call("next")).isNotNull();
        workers.removeLast().run();

        assertThat(failed).isEmpty();
        assertThat(done).hasSize(Calls.MOST + 1).endsWith("next");
    }

    @Test
    void interruptedBeforeItBegan_doesNotReachTheProviderAndIsAnswered() {
        BlockingCall<String> call = call("never");

        assertThat(call.interrupt()).isTrue();
        workers.removeLast().run();

        assertThat(done).isEmpty();
        assertThat(failed).hasSize(1);
        assertThat(call.interrupt()).isFalse();
    }
}
