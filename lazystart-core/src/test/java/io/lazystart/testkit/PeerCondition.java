// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import java.io.PrintStream;
import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs, skips or fails what {@link RequiresPeer} marks. */
final class PeerCondition implements ExecutionCondition {
    /** System property with the names of the peers whose absence is a failure. */
    static final String REQUIRE = "lazystart.require";

    private final Function<Peer, Optional<String>> absence;
    private final PrintStream out;

    /** Looks at this machine and reports on standard output; JUnit calls it. */
    PeerCondition() {
        this(Peer::absence, System.out);
    }

    /**
     * Looks where it is told to.
     *
     * @param absence why a peer is not there; empty when it is
     * @param out where a skipped test leaves its line
     */
    PeerCondition(Function<Peer, Optional<String>> absence, PrintStream out) {
        this.absence = absence;
        this.out = out;
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), RequiresPeer.class)
                .map(marked -> evaluate(
                        nameOf(context),
                        List.of(marked.value()),
                        context.getConfigurationParameter(REQUIRE).orElse("")))
                .orElseGet(() -> ConditionEvaluationResult.enabled("needs no peer"));
    }

    /**
     * Decides about one test or one class of tests.
     *
     * @param test its name in messages
     * @param needed names of the peers it runs against
     * @param required names of the peers that this build must not miss, comma separated; blank for none
     * @return enabled, or disabled with the reason
     * @throws IllegalStateException if a peer is absent that is both needed and required
     * @throws IllegalArgumentException if a name is that of no peer
     */
    ConditionEvaluationResult evaluate(String test, List<String> needed, String required) {
        Set<Peer> demanded = peers(List.of(required.split(",", -1)));
        for (Peer peer : peers(needed)) {
            Optional<String> reason = absence.apply(peer);
            if (reason.isPresent()) {
                return absent(test, peer, reason.get(), demanded.contains(peer));
            }
        }
        return ConditionEvaluationResult.enabled("every peer is there");
    }

    private ConditionEvaluationResult absent(String test, Peer peer, String reason, boolean demanded) {
        String need = test + " needs " + peer.label() + ": " + reason;
        if (demanded) {
            throw new IllegalStateException(need + " (and -D" + REQUIRE + " names it)");
        }
        out.println("[lazystart] not run: " + need);
        return ConditionEvaluationResult.disabled(need);
    }

    private static Set<Peer> peers(List<String> names) {
        Set<Peer> peers = EnumSet.noneOf(Peer.class);
        names.stream()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(Peer::named)
                .forEach(peers::add);
        return peers;
    }

    private static String nameOf(ExtensionContext context) {
        String type = context.getTestClass().map(Class::getSimpleName).orElse("");
        return context.getTestMethod()
                .map(Method::getName)
                .map(method -> type + "." + method)
                .orElse(type);
    }
}
