// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfigBuilder;
import io.lazystart.provider.Unit;
import io.lazystart.testkit.ScriptedProvider;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of a watcher's gear goes on when its configuration changes. */
class GearTest {
    private final HouseHarness house = new HouseHarness();
    private final Unit unit = new ScriptedProvider().unit("notes");

    private Gear gear(boolean job) {
        ServiceConfig service = new ServiceConfigBuilder()
                .unit("scripted", Map.of())
                .busyCpu(20)
                .build("notes");
        WatcherConfig config = new WatcherConfig(service, unit, null, null, List.of(), job);
        return Gear.of(config, house.time, house.surroundings(), (probed, upstream) -> null, signal -> {});
    }

    @Test
    void keeping_theSameService_itsSamplesGoOn() {
        Gear earlier = gear(false);

        Gear kept = gear(false).keeping(earlier);

        assertThat(kept.objectors(house.time))
                .isEqualTo(earlier.objectors(house.time))
                .hasSize(1);
    }

    @Test
    void keeping_oneThatWasAJob_isSampledFromNowOn() {
        assertThat(gear(false).keeping(gear(true)).objectors(house.time)).hasSize(1);
    }

    @Test
    void keeping_oneThatIsAJobNow_isSampledNoMore() {
        assertThat(gear(true).keeping(gear(false)).objectors(house.time)).isEmpty();
    }
}
