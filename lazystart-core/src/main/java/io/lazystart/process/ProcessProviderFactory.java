// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import io.lazystart.provider.Provider;
import io.lazystart.provider.ProviderContext;
import io.lazystart.provider.ProviderFactory;

/** Makes the provider of type {@code process}. */
public final class ProcessProviderFactory implements ProviderFactory {
    /** For {@link java.util.ServiceLoader}. */
    public ProcessProviderFactory() {}

    @Override
    public String type() {
        return "process";
    }

    /**
     * Opens the provider and takes the state directory for it.
     *
     * @throws io.lazystart.failure.ConfigException if another host uses the state directory, or it cannot be written
     */
    @Override
    public Provider create(ProviderContext context) {
        return ProcessProvider.open(context, ProcessTable.ofSystem());
    }
}
