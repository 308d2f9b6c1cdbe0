// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private final WaitingRoom whole = new WaitingRoom(5);

    @Test
    void onlyService_mayTakeTheWholeRoom() {
        whole.resize(5, 1);
        WaitingRoom only = whole.share();

        assertThat(crowd(only, 5)).isNull();
        assertThat(only.enter()).isEqualTo("the waiting room is full (5 held)");
    }

    @Test
    void oneOfSeveral_mayTakeHalf_andTheOthersTheRest() {
        whole.resize(5, 3);
        WaitingRoom greedy = whole.share();
        WaitingRoom other = whole.share();

        assertThat(crowd(greedy, 3)).isNull();
        assertThat(greedy.enter()).isEqualTo("the service's share of the waiting room is full (3 of 5 held)");
        assertThat(crowd(other, 2)).isNull();
        assertThat(other.enter()).isEqualTo("the waiting room is full (5 held)");
    }

    @Test
    void whoeverLeaves_makesRoomInBoth() {
        whole.resize(5, 2);
        WaitingRoom one = whole.share();
        WaitingRoom other = whole.share();
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
        small.resize(1, 2);

        assertThat(small.share().enter()).isNull();
        assertThat(small.share().enter()).isEqualTo("the waiting room is full (1 held)");
    }

    @Test
    void room_thatIsResized_countsThoseWhoAreIn() {
        whole.resize(5, 1);
        WaitingRoom only = whole.share();
        crowd(only, 5);
        whole.resize(8, 2);

        assertThat(only.enter()).isEqualTo("the service's share of the waiting room is full (4 of 8 held)");
        assertThat(crowd(whole.share(), 3)).isNull();
    }

    private static @Nullable String crowd(WaitingRoom room, int callers) {
        String last = null;
        for (int i = 0; i < callers; i++) {
            last = room.enter();
        }
        return last;
    }
}
