// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.state.Move.Trait;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two nodes that answers go round, and a third where the timers lead. */
class WalkEdgesTest {
    private static final Set<Trait> ANY = EnumSet.of(Trait.TIME, Trait.ANSWER);
    private static final Set<Trait> TIME = EnumSet.of(Trait.TIME);
    private static final int ANSWER = 0;
    private static final int TIMER = 1;
    private static final int OTHER_TIMER = 2;

    private final WalkEdges edges = new WalkEdges(List.of(move(Trait.ANSWER), move(Trait.TIME), move(Trait.TIME)));
    private final BitSet ring = BitSet.valueOf(new long[] {0b11});

    @Test
    void trap_timerRunsAllTheWayRound_isNone() {
        goRound();
        edges.add(0, 2, TIMER);
        edges.add(1, 2, TIMER);

        assertThat(edges.trap(ring, ANY, TIME).isEmpty()).isTrue();
    }

    @Test
    void trap_timerIsSetAnewAllTheTime_isTheRing() {
        goRound();
        edges.add(0, 2, TIMER);
        edges.add(1, 2, OTHER_TIMER);

        assertThat(edges.trap(ring, ANY, TIME)).isEqualTo(ring);
    }

    @Test
    void trap_onlyAnAnswerLeadsOut_isTheRing() {
        goRound();
        edges.add(0, 2, ANSWER);
        edges.add(1, 2, ANSWER);

        assertThat(edges.trap(ring, ANY, TIME)).isEqualTo(ring);
    }

    @Test
    void trap_ringWithoutItsAnswers_isTheNodeThatNothingLeaves() {
        edges.add(0, 1, TIMER);

        assertThat(edges.trap(ring, ANY, TIME)).isEqualTo(BitSet.valueOf(new long[] {0b10}));
    }

    private void goRound() {
        edges.add(0, 1, ANSWER);
        edges.add(1, 0, ANSWER);
    }

    private static Move move(Trait trait) {
        return Move.of(trait, trait.name(), n -> true, n -> null);
    }
}
