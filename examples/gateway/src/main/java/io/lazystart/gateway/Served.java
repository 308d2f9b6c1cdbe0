// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.LazyStart;
import io.lazystart.LazyStartBuilder;
import io.lazystart.http.RouteTable;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a gateway serves, the same for a check and a run. */
final class Served {
    private Served() {}

    /** What a file describes, or the demo application; its jar is asked for only then. */
    static LazyStartBuilder by(@Nullable Path file, Supplier<Path> demoJar) {
        LazyStartBuilder builder = LazyStart.builder().validator(config -> RouteTable.of(config.routed()));
        if (file != null) {
            return builder.file(file);
        }
        Path jar = demoJar.get();
        return builder.service(DemoService.NAME, service -> DemoService.describe(service, jar));
    }
}
