// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.failure.Reason;
import io.lazystart.failure.WakeException;
import io.lazystart.http.HttpAnswer;
import io.lazystart.http.HttpGate;
import io.lazystart.http.Outcome;
import io.lazystart.time.Ticker;
import io.lazystart.watch.Lease;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a gate about one exchange and waits where it says wait. Confined to the event loop, except where it says so. */
final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);
    private static final Reason CLOSING = Reason.of(Reason.Kind.CLOSING, "the host is closing");

    /** What may come of it; exactly one is called, on the event loop, unless the exchange ends first. */
    interface Outcomes {
        void admitted(Lease lease);

        void answered(HttpAnswer answer);

        void streamed(Outcome.Events events);
    }

    private final Exchange exchange;
    private final EventExecutor loop;
    private final Ticker ticker;
    private final Outcomes outcomes;

    Admission(Exchange exchange, EventExecutor loop, Ticker ticker, Outcomes outcomes) {
        this.exchange = exchange;
        this.loop = loop;
        this.ticker = ticker;
        this.outcomes = outcomes;
    }

    void ask(HttpGate gate) {
        Outcome outcome;
        try {
            outcome = gate.handle(exchange.request());
        } catch (RuntimeException e) {
            log.warn("gate failed on {}", exchange.request(), e);
            outcome = new Outcome.Answer(Problem.RULES_FAILED.answer());
        }
        if (outcome instanceof Outcome.Forward forward) {
            outcomes.admitted(forward.lease());
        } else if (outcome instanceof Outcome.Hold hold) {
            hold(hold);
        } else if (outcome instanceof Outcome.Answer answer) {
            outcomes.answered(answer.answer());
        } else if (outcome instanceof Outcome.Events events) {
            outcomes.streamed(events);
        }
    }

    private void hold(Outcome.Hold hold) {
        long since = ticker.nanos();
        exchange.heldBy(hold.lease());
        // Runs on a core thread, or here if the wait was over before it began.
        hold.lease()
                .whenComplete((lease, failure) ->
                        onLoop(lease, () -> released(hold, lease, failure, ticker.nanos() - since)));
    }

    /** On any thread. A loop that is shut down takes no more tasks, and nobody is left to give the lease back. */
    private void onLoop(@Nullable Lease lease, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            closeIfAny(lease);
        }
    }

    private void released(Outcome.Hold hold, @Nullable Lease lease, @Nullable Throwable failure, long heldNanos) {
        exchange.released(heldNanos);
        if (exchange.isOver()) {
            // The client left while the lease was on its way.
            closeIfAny(lease);
        } else if (lease != null) {
            outcomes.admitted(lease);
        } else {
            outcomes.answered(failed(hold, failure));
        }
    }

    private HttpAnswer failed(Outcome.Hold hold, @Nullable Throwable failure) {
        try {
            return hold.onFailure().apply(cause(failure));
        } catch (RuntimeException e) {
            log.warn("gate failed to answer {}", exchange.request(), e);
            return Problem.RULES_FAILED.answer();
        }
    }

    private Throwable cause(@Nullable Throwable failure) {
        if (exchange.isTurnedAway()) {
            return new WakeException(CLOSING, null);
        }
        Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
        if (wrapped != null) {
            return wrapped;
        }
        return failure == null ? new IllegalStateException("no lease") : failure;
    }

    private static void closeIfAny(@Nullable Lease lease) {
        if (lease != null) {
            lease.close();
        }
    }

    /** Outcomes of a second try: admitted goes elsewhere, the rest as before but after {@code otherwise} has run. */
    static Outcomes retried(Outcomes first, Consumer<Lease> admitted, Runnable otherwise) {
        return new Outcomes() {
            @Override
            public void admitted(Lease lease) {
                admitted.accept(lease);
            }

            @Override
            public void answered(HttpAnswer answer) {
                otherwise.run();
                first.answered(answer);
            }

            @Override
            public void streamed(Outcome.Events events) {
                otherwise.run();
                first.streamed(events);
            }
        };
    }
}
