// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A failure that is about to be told, in whatever form the caller understands.
 *
 * @param service name of the service
 * @param status HTTP status
 * @param mark value of {@code LazyStart-Status}
 * @param told what the caller may know
 * @param retryAfterSeconds when to come back; zero where coming back does not help
 */
record Failure(String service, int status, String mark, Told told, long retryAfterSeconds) {
    /** Codes of gRPC: permission denied, unimplemented, unavailable. */
    private static final int GRPC_DENIED = 7;

    private static final int GRPC_UNIMPLEMENTED = 12;
    private static final int GRPC_UNAVAILABLE = 14;

    HttpAnswer asProblem() {
        Json json = told.addTo(Problem.json(status, told.message()).field("service", service));
        if (retryAfterSeconds > 0) {
            json.field("retryAfter", retryAfterSeconds);
        }
        return builder(status).body(Problem.CONTENT_TYPE, json.toString()).build();
    }

    HttpAnswer asPage(LoadingPage.View view) {
        return builder(status)
                .header("Content-Security-Policy", LoadingPage.CONTENT_SECURITY_POLICY)
                .body(LoadingPage.CONTENT_TYPE, LoadingPage.render(view))
                .build();
    }

    /** Trailers only: one header block whose HTTP status is 200, as gRPC wants it. */
    HttpAnswer asGrpc() {
        return builder(200)
                .header("Content-Type", "application/grpc")
                .header("grpc-status", Integer.toString(grpcStatus()))
                .header("grpc-message", percentEncoded(told.message()))
                .build();
    }

    private AnswerBuilder builder(int httpStatus) {
        AnswerBuilder answer = new AnswerBuilder(httpStatus, mark);
        return retryAfterSeconds > 0 ? answer.retryAfter(retryAfterSeconds) : answer;
    }

    private int grpcStatus() {
        return switch (status) {
            case 403 -> GRPC_DENIED;
            case 404, 405, 501 -> GRPC_UNIMPLEMENTED;
            default -> GRPC_UNAVAILABLE;
        };
    }

    private static String percentEncoded(String message) {
        StringBuilder encoded = new StringBuilder(message.length());
        for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", b & 0xFF));
            }
        }
        return encoded.toString();
    }
}
