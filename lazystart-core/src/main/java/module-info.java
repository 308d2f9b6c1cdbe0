// SPDX-License-Identifier: Apache-2.0

/** Wakes services when somebody asks for them and puts them to sleep when nobody does. */
module io.lazystart.core {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires static com.fasterxml.jackson.dataformat.yaml;
    requires static org.jspecify;
    requires org.slf4j;

    exports io.lazystart;
    exports io.lazystart.config;
    exports io.lazystart.event;
    exports io.lazystart.failure;
    exports io.lazystart.http;
    exports io.lazystart.provider;
    exports io.lazystart.time;
    exports io.lazystart.watch;

    uses io.lazystart.provider.ProviderFactory;

    provides io.lazystart.provider.ProviderFactory with
            io.lazystart.process.ProcessProviderFactory;
}
