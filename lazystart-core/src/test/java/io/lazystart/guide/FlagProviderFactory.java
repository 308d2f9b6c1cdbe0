// SPDX-License-Identifier: Apache-2.0
package io.lazystart.guide;

import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;
import java.nio.file.Path;

/** Makes the provider of type {@code flag}. */
final class FlagProviderFactory implements ProviderFactory {
    private final Path folder;

    FlagProviderFactory(Path folder) {
        this.folder = folder;
    }

    @Override
    public String type() {
        return "flag";
    }

    @Override
    public Provider create(ProviderContext context) {
        return new FlagProvider(folder);
    }
}
