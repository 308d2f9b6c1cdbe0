// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import io.lazystart.watch.WatcherSnapshot;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page that people see until their service serves, or when it does not. One document that needs no other URL than
 * its own; style and script are the same for all, so that their hashes can stand in the policy.
 */
final class LoadingPage {
    static final String CONTENT_TYPE = "text/html; charset=utf-8";

    private static final String STYLE = Template.resource("page.css");
    private static final String SCRIPT = Template.resource("page.js");
    private static final Template TEMPLATE = new Template(
            Template.resource("page.html").replace("/*style*/", STYLE).replace("/*script*/", SCRIPT));

    /**
     * Nothing but this style, this script, the icon in the document and requests to the page's own host. Framing is
     * left to the host in front: applications are shown in dashboards, and there is nothing here to lure a click to.
     */
    static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src '" + sha256(SCRIPT) + "'; style-src '"
            + sha256(STYLE) + "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

    private LoadingPage() {}

    static byte[] render(View view) {
        return TEMPLATE.render(view.values()).getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: missing (expected: every Java platform has it)", e);
        }
    }

    /**
     * What one rendering says.
     *
     * @param state which face the page shows
     * @param service name of the service
     * @param heading what has happened, in a few words
     * @param told the sentence below it, and what may be told of a failure
     * @param elapsed how long the start has run; null unless it runs
     * @param estimate how long it usually takes; null where nothing is known
     * @param retryAfter how long trying again is pointless; null where it is not
     * @param refreshSeconds when a browser without script looks again; 0 for never
     * @param live whether the page follows the service's events
     */
    record View(
            State state,
            String service,
            String heading,
            Told told,
            @Nullable Duration elapsed,
            @Nullable Duration estimate,
            @Nullable Duration retryAfter,
            long refreshSeconds,
            boolean live) {

        /** Faces of the page. */
        enum State {
            LOADING,
            FAILED,
            ASLEEP,
            REFUSED
        }

        private static final String WAIT = "This page turns into the application as soon as it is ready.";

        /** A browser without script must not ask more often than this, nor leave a person waiting for longer. */
        private static final long MAX_REFRESH_SECONDS = 5;

        static View starting(String service, WatcherSnapshot snapshot) {
            long refresh = Math.min(MAX_REFRESH_SECONDS, RetryAfter.untilReady(snapshot));
            Duration elapsed = snapshot.elapsed() == null ? Duration.ZERO : snapshot.elapsed();
            String heading = "Starting " + service;
            return new View(
                    State.LOADING, service, heading, Told.of(WAIT), elapsed, snapshot.estimate(), null, refresh, true);
        }

        static View failed(Failure failure, @Nullable Duration retryAfter) {
            return without(State.FAILED, failure, failure.service() + " is not available", retryAfter, true);
        }

        static View asleep(Failure failure) {
            return without(State.ASLEEP, failure, failure.service() + " is asleep", null, true);
        }

        static View refused(Failure failure) {
            return without(State.REFUSED, failure, failure.service() + " is asleep", null, false);
        }

        /** Not live: the watcher may well think the service READY, and the page would reload over and over. */
        static View unreachable(Failure failure) {
            return without(State.FAILED, failure, failure.service() + " did not answer", null, false);
        }

        private static View without(
                State state, Failure failure, String heading, @Nullable Duration retryAfter, boolean live) {
            return new View(state, failure.service(), heading, failure.told(), null, null, retryAfter, 0, live);
        }

        Map<String, String> values() {
            return Map.ofEntries(
                    Map.entry("state", state.name().toLowerCase(Locale.ROOT)),
                    Map.entry("live", Boolean.toString(live)),
                    Map.entry("service", service),
                    Map.entry("heading", heading),
                    Map.entry("message", told.message()),
                    Map.entry("elapsed-ms", millis(elapsed)),
                    Map.entry("estimate-ms", millis(estimate)),
                    Map.entry("retry-ms", millis(retryAfter)),
                    Map.entry("expected", estimate == null ? "" : "usually " + words(estimate)),
                    Map.entry("refresh", refreshSeconds == 0 ? "" : Long.toString(refreshSeconds)),
                    Map.entry("exit", exit(told)),
                    Map.entry("output", String.join("\n", told.output())));
        }

        /** Empty where the sentence above says it. */
        private static String exit(Told told) {
            Integer code = told.exitCode();
            boolean said = code == null || told.message().matches("(?is).*exit code " + code + "\\b.*");
            return said ? "" : "Exit code " + code;
        }

        private static String millis(@Nullable Duration duration) {
            return duration == null ? "" : Long.toString(duration.toMillis());
        }

        private static String words(Duration duration) {
            long seconds = RetryAfter.roundedUp(duration);
            return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
        }
    }
}
