// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.config.ServiceConfig.ErrorDetails;
import io.lazystart.failure.Reason;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * As much of a failure as callers of a service may be told.
 *
 * @param kind sort of failure, lower case with hyphens; null where it is not told
 * @param message one sentence
 * @param exitCode exit code of the unit; null where it is unknown or not told
 * @param output last lines the unit wrote; empty where they are unknown or not told
 */
record Told(@Nullable String kind, String message, @Nullable Integer exitCode, List<String> output) {

    static Told of(String message) {
        return new Told(null, message, null, List.of());
    }

    static Told of(Reason reason, ErrorDetails details) {
        return switch (details) {
            case NONE -> of(withoutDetails(reason.kind()));
            case REASON -> new Told(kind(reason), reason.message(), reason.exitCode(), List.of());
            case OUTPUT -> new Told(kind(reason), reason.message(), reason.exitCode(), reason.output());
        };
    }

    /** Adds the fields to an answer in JSON; those that are not told are left out. */
    Json addTo(Json json) {
        if (kind != null) {
            json.field("reason", kind);
        }
        if (exitCode != null) {
            json.field("exitCode", exitCode);
        }
        if (!output.isEmpty()) {
            json.field("output", output);
        }
        return json;
    }

    private static String kind(Reason reason) {
        return reason.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String withoutDetails(Reason.Kind kind) {
        return switch (kind) {
            case START_FAILED, EXITED, NOT_READY, START_TIMED_OUT -> "The service could not be started.";
            case DIED, UNHEALTHY -> "The service has failed.";
            case STOP_FAILED, PINNED, PUT_TO_SLEEP, REPLACED, CLOSING, REMOVED -> "The service is not available.";
            case WAIT_EXPIRED -> "The service is not ready yet.";
            case WAITING_ROOM_FULL -> "Too many callers are waiting for the service.";
        };
    }
}
