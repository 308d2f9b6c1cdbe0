// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lazystart.config.Limits;
import io.lazystart.failure.Reason;
import java.util.List;

/** A gate over a watcher that does as it is told. */
final class GateHarness {
    static final Reason EXITED =
            new Reason(Reason.Kind.EXITED, "notes: exited after 12 ms", 3, List.of("no such <file>"));

    final FakeWatcher watcher = new FakeWatcher();
    WakeGuard guard = WakeGuard.ALLOW_ALL;

    HttpGate gate(Sample service) {
        return new HttpGates(Limits.DEFAULT, guard, new ManualScheduler(), Runnable::run).gate(watcher, service::build);
    }

    /** Handles a request that must be answered at once. */
    HttpAnswer answer(Sample service, FakeRequest request) {
        Outcome outcome = gate(service).handle(request);
        return assertThat(outcome)
                .asInstanceOf(type(Outcome.Answer.class))
                .actual()
                .answer();
    }

    /** Handles a request that must be held. */
    Outcome.Hold hold(Sample service, FakeRequest request) {
        return assertThat(gate(service).handle(request))
                .asInstanceOf(type(Outcome.Hold.class))
                .actual();
    }

    static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text);
    }
}
