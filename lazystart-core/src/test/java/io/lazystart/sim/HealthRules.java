// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import io.lazystart.config.HealthConfig;
import io.lazystart.event.Cause;
import io.lazystart.event.Status;
import io.lazystart.event.WakeEvent;
import io.lazystart.probe.ProbeResult;
import io.lazystart.sim.Coverage.Event;

/** Rule 2 as far as it is about units that are ready and whose health fails. */
final class HealthRules {
    private final House house;
    private final World world;
    private final HealthConfig terms;

    /** Answers in a row to health probes that were asked for since the status was entered. */
    private int bad;

    private int good;
    private long sinceSeq;

    /** Leases that were open when the unhealthy unit was last looked at. */
    private int leases;

    HealthRules(House house) {
        this.house = house;
        this.world = house.world;
        this.terms = house.config.health() == null ? HealthConfig.TCP : house.config.health();
    }

    /** Whether the unit is found unhealthy, or is put down for that. */
    static boolean isUnhealthy(WakeEvent event) {
        Cause cause = event.cause();
        return cause.kind() == Cause.Kind.FAILURE && cause.detail().startsWith("unhealthy: ");
    }

    private void countAnew(long seq) {
        bad = 0;
        good = 0;
        sinceSeq = seq;
    }

    /** A health probe has ended. */
    void ends(SimCall call, Exception failure) {
        boolean well = failure == null && ((ProbeResult) call.sample).ready();
        if (call.askedSeq > sinceSeq) {
            bad = well ? 0 : bad + 1;
            good = well ? good + 1 : 0;
        }
    }

    /** A probe could not be made. */
    void refused() {
        bad++;
    }

    /** A ready unit is found unhealthy: callers who hold a lease keep it. */
    void ails(long seq) {
        world.count(Event.AILED);
        enoughFailed();
        countAnew(seq);
        leases = house.watcher.snapshot().leases();
        long epochSeq = seq;
        world.lookLater(house.drain, () -> {
            if (house.ailing && house.statusSeq == epochSeq && !house.closing()) {
                world.violate("rule 2", house.name + ": an unhealthy unit keeps its leases past the drain");
            }
        });
    }

    private void enoughFailed() {
        if (bad < terms.fall()) {
            world.violate("rule 2", house.name + ": unhealthy after " + bad + " failed probes of " + terms.fall());
        }
    }

    /** After each thing that happened: nobody gets a lease of an unhealthy unit. */
    void look() {
        int now = house.watcher.snapshot().leases();
        if (house.ailing && now > leases) {
            world.violate("rule 2", house.name + ": a lease is given while it is unhealthy");
        }
        leases = now;
    }

    /** The unit is ready, or is so again. */
    void ready(long seq) {
        if (house.ailing) {
            world.count(Event.WELL_AGAIN);
            if (good < terms.rise()) {
                world.violate("rule 2", house.name + ": well after " + good + " good probes of " + terms.rise());
            }
        }
        countAnew(seq);
    }

    /** The unit is put down because it is unhealthy. */
    void putDown() {
        if (house.status == Status.READY) {
            enoughFailed();
            world.count(Event.UNHEALTHY_UNUSED);
        } else if (world.nanos() - house.statusNanos >= house.drain) {
            world.count(Event.UNHEALTHY_CUT);
            return;
        } else {
            world.count(Event.UNHEALTHY_RELEASED);
        }
        if (house.leased()) {
            world.violate("rule 2", house.name + ": is put down while a lease is open");
        }
    }
}
