// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import io.lazystart.provider.Exit;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.provider.UnitStatus.State;
import io.lazystart.testkit.ScriptedUnit.Call;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The contract on the fake: every case, in milliseconds. */
class ScriptedContractSelfTest extends ProviderContractTest {
    private final ScriptedProvider scripted = new ScriptedProvider().truthful();
    private boolean broken;

    @Override
    protected ProviderFactory factory() {
        return scripted;
    }

    @Override
    protected @Nullable Settings settings(String service, UnitKind kind) {
        ScriptedUnit unit = scripted.unit(service);
        switch (kind) {
            case PLAIN -> {}
            case LISTENING -> unit.listensOn(8080);
            case FAILING ->
                unit.on(Call.START, () -> {
                    throw new ProviderException("start: no luck", failure(), null);
                });
            case MISSING ->
                unit.on(Call.START, () -> {
                    throw new ProviderException("start: there is no " + service, null, null);
                });
            case STUBBORN -> {
                return null;
            }
        }
        return new Settings("services." + service + ".scripted", Map.of());
    }

    @Override
    protected Exit failure() {
        return new Exit(3, false, List.of("no luck"));
    }

    @Override
    protected void stopOutside(String service) {
        if (broken) {
            scripted.unit(service).become(State.STOPPED);
        } else {
            scripted.unit(service).end(new Exit(137, false, List.of()));
        }
    }

    @Override
    protected boolean startOutside(String service) {
        scripted.unit(service).startOutside();
        return true;
    }

    @Override
    protected boolean breakEvents() {
        broken = true;
        return true;
    }

    @Override
    protected void mendEvents() {
        broken = false;
        scripted.resync();
    }

    @Override
    protected HeldCall hold(String service, Call call) {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        scripted.unit(service).on(call, () -> {
            reached.countDown();
            released.await();
            return null;
        });
        return new HeldCall() {
            @Override
            public void awaitReached() throws InterruptedException {
                reached.await();
            }

            @Override
            public void close() {
                released.countDown();
            }
        };
    }
}
