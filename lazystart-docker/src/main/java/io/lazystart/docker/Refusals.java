// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the engine says when it refuses, as one sentence for people. */
final class Refusals {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern STATUS = Pattern.compile("^Status \\d+: ", Pattern.CASE_INSENSITIVE);
    private static final Pattern LONG_ID = Pattern.compile("\\b([0-9a-f]{12})[0-9a-f]{52}\\b");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    /** Where the reason begins behind the layers that passed it on. */
    private static final Pattern LAYERS = Pattern.compile("^.*(?:process caused: |container process: )");

    private Refusals() {}

    /** The engine's words without the layers that they came through. */
    static String said(DockerException refusal) {
        String text = String.valueOf(refusal.getMessage());
        return innermost(message(STATUS.matcher(text).replaceFirst("")));
    }

    /** A reason without the layers that it came through, in one line. */
    static String innermost(String reason) {
        String line = SPACE.matcher(reason).replaceAll(" ").strip();
        String inner = LAYERS.matcher(line).replaceFirst("");
        String tail = inner.endsWith(": unknown") ? inner.substring(0, inner.length() - ": unknown".length()) : inner;
        return LONG_ID.matcher(tail).replaceAll("$1");
    }

    /** Whether there is no such container; a network or an image that is missing gives the same status. */
    static boolean isMissing(DockerException refusal) {
        String said = said(refusal).toLowerCase(Locale.ROOT);
        return refusal.getHttpStatus() == 404
                && (said.contains("no such container") || said.contains("no container with name"));
    }

    private static String message(String body) {
        if (!body.strip().startsWith("{")) {
            return body;
        }
        try {
            return JSON.readTree(body).path("message").asText(body);
        } catch (JsonProcessingException noJson) {
            return body;
        }
    }
}
