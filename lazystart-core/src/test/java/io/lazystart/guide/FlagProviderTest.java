// SPDX-License-Identifier: Apache-2.0
package io.lazystart.guide;

import io.lazystart.provider.ProviderFactory;
import io.lazystart.provider.Settings;
import io.lazystart.testkit.HeldCall;
import io.lazystart.testkit.ProviderContractTest;
import io.lazystart.testkit.ScriptedUnit.Call;
import io.lazystart.testkit.UnitKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class FlagProviderTest extends ProviderContractTest {
    @TempDir
    private Path folder;

    @Override
    protected ProviderFactory factory() {
        return new FlagProviderFactory(folder);
    }

    @Override
    protected Settings settings(String service, UnitKind kind) throws IOException {
        switch (kind) {
            case PLAIN -> Files.createFile(folder.resolve(service + ".unit"));
            case MISSING -> {}
            case STUBBORN, FAILING, LISTENING -> {
                return null; // no flag is like that
            }
        }
        return new Settings("services." + service + ".flag", Map.of());
    }

    @Override
    protected void stopOutside(String service) throws IOException {
        Files.delete(folder.resolve(service + ".on"));
    }

    @Override
    protected boolean startOutside(String service) throws IOException {
        Files.createFile(folder.resolve(service + ".on"));
        return true;
    }

    @Override
    protected boolean breakEvents() {
        return false;
    }

    @Override
    protected void mendEvents() {}

    @Override
    protected HeldCall hold(String service, Call call) {
        return null; // nothing that a flag does can take long
    }
}
