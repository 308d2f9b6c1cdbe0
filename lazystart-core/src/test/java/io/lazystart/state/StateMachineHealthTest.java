// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import static io.lazystart.state.MachineDriver.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.event.Status;
import io.lazystart.failure.Reason;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.state.Action.Timer;
import org.junit.jupiter.api.Test;

/** Rule 2, as far as it is about health. */
class StateMachineHealthTest {
    private final MachineDriver m = new MachineDriver();

    @Test
    void ready_healthFallsWithLeases_keepsThemForTheDrain() {
        m.ready().after(600).healthFalls(1);

        assertThat(m.snapshot().step()).isEqualTo(Step.AILING);
        assertThat(m.delay(Timer.DRAIN)).isEqualTo(20);
        assertThat(m.verbs()).containsExactly(Verb.Kind.START);
        assertThat(m.last(Action.LoseLeases.class)).isEmpty();
    }

    @Test
    void ailing_staleDrained_leasesAreOpen_waitsOn() {
        m.ailing().send(new Signal.Drained(m.now(), m.snapshot().epoch(), 1));

        assertThat(m.snapshot().step()).isEqualTo(Step.AILING);
        assertThat(m.last()).isEmpty();
    }

    @Test
    void ailing_nextFailedProbeFindsNoLease_restartsThoughNobodyToldOfTheLastRelease() {
        m.ailing().healthFalls(0);

        assertThat(m.verbs()).containsExactly(Verb.Kind.START, Verb.Kind.STOP);
    }

    @Test
    void ailing_waiterExpiresWithTheDrain_endsByItsOwnDeadlineAndTheRestIsServed() {
        m.ailing().acquire(REQUEST).acquire(REQUEST).after(20);

        m.send(new Signal.WaiterExpired(m.now()));

        assertThat(m.last()).containsExactly(new Action.ExpireOne());
        assertThat(m.snapshot().waiters()).isEqualTo(1);
    }

    @Test
    void ailing_drainRunsOut_waitersGoIntoTheRestart() {
        m.ailing().acquire(REQUEST).after(20).drainExpires();

        assertThat(m.last(Action.LoseLeases.class)).hasSize(1);
        assertThat(m.snapshot().waiters()).isEqualTo(1);
        m.done(null);
        assertThat(m.status()).isEqualTo(Status.STARTING);
        assertThat(m.snapshot().cause()).isEqualTo(REQUEST);
    }

    @Test
    void ailing_restartedUnit_isDownAndNobodyWantsIt_isInError() {
        m.ailing().drained().done(null);

        assertThat(m.snapshot().step()).isEqualTo(Step.FAILED);
        assertThat(m.snapshot().failures().count()).isEqualTo(1);
        Reason reason = m.snapshot().reason();
        assertThat(reason).isNotNull();
        assertThat(reason.kind()).isEqualTo(Reason.Kind.UNHEALTHY);
    }

    @Test
    void ailing_readAfterTheFall_unitIsPausedFromOutside_isADeath() {
        m.ailing().read(State.PAUSED, "run-1");

        assertThat(m.snapshot().step()).isEqualTo(Step.FAILED);
    }

    @Test
    void ailing_healthRises_epochStays() {
        m.ailing().acquire(REQUEST);
        long epoch = m.snapshot().epoch();

        m.healthRises();

        assertThat(m.snapshot().step()).isEqualTo(Step.SERVING);
        assertThat(m.snapshot().epoch()).isEqualTo(epoch);
        assertThat(m.last(Action.ServeWaiters.class)).hasSize(1);
        assertThat(m.last(Action.Learn.class)).isEmpty();
    }
}
