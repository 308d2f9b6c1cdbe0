// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private final WaitingRoom whole = new WaitingRoom(5);

    @Test
    void onlyService_mayTakeTheWholeRoom() {
        WaitingRoom only = whole.share(1);

        assertThat(crowd(only, 5)).isNull();
        assertThat(only.enter()).isEqualTo("the waiting room is full (5 held)");
    }

    @Test
    void oneOfSeveral_mayTakeHalf_andTheOthersTheRest() {
        WaitingRoom greedy = whole.share(3);
        WaitingRoom other = whole.share(3);

        assertThat(crowd(greedy, 3)).isNull();
        assertThat(greedy.enter()).isEqualTo("the service's share of the waiting room is full (3 of 5 held)");
        assertThat(crowd(other, 2)).isNull();
        assertThat(other.enter()).isEqualTo("the waiting room is full (5 held)");
    }

    @Test
    void whoeverLeaves_makesRoomInBoth() {
        WaitingRoom one = whole.share(2);
        WaitingRoom other = whole.share(2);
        crowd(one, 3);
        crowd(other, 2);
        one.leave();

        assertThat(other.enter()).isNull();
        assertThat(one.enter()).isEqualTo("the waiting room is full (5 held)");
        other.leave();
        assertThat(one.enter()).isNull();
    }

    @Test
    void roomForOne_isThereForEachOfSeveral() {
        WaitingRoom small = new WaitingRoom(1);

        assertThat(small.share(2).enter()).isNull();
        assertThat(small.share(2).enter()).isEqualTo("the waiting room is full (1 held)");
    }

    private static @Nullable String crowd(WaitingRoom room, int callers) {
        String last = null;
        for (int i = 0; i < callers; i++) {
            last = room.enter();
        }
        return last;
    }
}
