// SPDX-License-Identifier: Apache-2.0
package io.lazystart;

import io.lazystart.config.ConfigFile;
import io.lazystart.config.DiscoveredServices;
import io.lazystart.config.LazyStartConfig;
import io.lazystart.failure.ConfigException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the configuration of a host comes from, each time it is wanted.
 *
 * @param file the file; null where the host gives it in code
 * @param code the configuration given in code; not asked where there is a file
 * @param providers the provider types that a file may name
 * @param validator refuses what the host cannot serve
 */
record Source(
        @Nullable Path file, Supplier<LazyStartConfig> code, Providers providers, Consumer<LazyStartConfig> validator) {

    /** The same without what was given in code, which is asked for once, and would take as much room as what is made of it. */
    Source opened() {
        return new Source(file, Source::gone, providers, validator);
    }

    private static LazyStartConfig gone() {
        throw new IllegalStateException("what was given in code is used once");
    }

    /**
     * What is wanted, and how what is found besides is read.
     *
     * @param config what is wanted
     * @param discovered reads services that a provider has found
     * @param validator refuses what the host cannot serve
     */
    record Declared(LazyStartConfig config, DiscoveredServices discovered, Consumer<LazyStartConfig> validator) {}

    /** Reads the configuration and does something with it; a refusal of what a file says is completed with the line. */
    <T> T use(Function<Declared, T> action) {
        if (file == null) {
            return use(code.get(), action);
        }
        ConfigFile read = ConfigFile.read(file, providers.types(), System.getenv());
        try {
            return use(new Declared(read.config(), read.discovered(), validator), action);
        } catch (ConfigException e) {
            throw read.locate(e);
        }
    }

    /** Does something with a configuration, unless the host refuses it. */
    <T> T use(LazyStartConfig config, Function<Declared, T> action) {
        return use(new Declared(config, DiscoveredServices.PLAIN, validator), action);
    }

    private static <T> T use(Declared declared, Function<Declared, T> action) {
        declared.validator().accept(declared.config());
        return action.apply(declared);
    }
}
