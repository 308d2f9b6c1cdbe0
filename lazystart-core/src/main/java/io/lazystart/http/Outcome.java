// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.watch.Lease;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** What an adapter does with a request. */
public sealed interface Outcome {

    /**
     * Forward the request now and close the lease when the response, or the upgraded connection, has ended.
     *
     * @param lease open
     */
    record Forward(Lease lease) implements Outcome {}

    /**
     * Hold the request. When the future gives a lease, forward as it was; when it fails, answer with what {@code
     * onFailure} makes of the exception. If the client leaves, cancel the future.
     *
     * @param lease completes on a core thread
     * @param onFailure turns the failure into the answer
     */
    record Hold(CompletableFuture<Lease> lease, Function<Throwable, HttpAnswer> onFailure) implements Outcome {}

    /**
     * Answer and be done.
     *
     * @param answer the whole response
     */
    record Answer(HttpAnswer answer) implements Outcome {}

    /**
     * Answer with 200 and these headers, then keep the response open and hand its sink to {@code feed}.
     *
     * @param head status and headers; the body is empty
     * @param feed starts the stream
     */
    record Events(HttpAnswer head, EventFeed feed) implements Outcome {}
}
