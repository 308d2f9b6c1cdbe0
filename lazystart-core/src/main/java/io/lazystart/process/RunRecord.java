// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is kept about a run for the host that comes after this one.
 *
 * @param leader the process that was started; pid 0 until it is known
 * @param bootId boot of the machine it was started in; null where start times need none
 * @param cookie what marks the environment of all its processes
 * @param port what {@code {port}} stood for; null if it was not used
 * @param startedAt for people who read the file
 */
record RunRecord(
        ProcessId leader,
        @Nullable String bootId,
        String cookie,
        @Nullable Integer port,
        Instant startedAt) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern COOKIE = Pattern.compile("[0-9a-f]{32}");

    /** Refuses what no run of ours has: a signal to pid 1, or by an empty cookie, would reach strangers. */
    RunRecord {
        if (leader.pid() < 0 || leader.pid() == 1 || leader.start() < 0) {
            throw new IllegalArgumentException("pid: " + leader.pid() + ", start: " + leader.start());
        }
        if (!COOKIE.matcher(cookie).matches()) {
            throw new IllegalArgumentException("cookie: " + cookie);
        }
        if (port != null && (port < 1 || port > 65_535)) {
            throw new IllegalArgumentException("port: " + port);
        }
    }

    /** Names the run, as {@link io.lazystart.provider.Unit#start()} gives it. */
    String run() {
        return leader.pid() + "-" + leader.start() + "-" + cookie;
    }

    RunRecord ledBy(ProcessId known) {
        return new RunRecord(known, bootId, cookie, port, startedAt);
    }

    byte[] toJson() throws IOException {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("pid", leader.pid())
                .put("start", leader.start())
                .put("boot-id", bootId)
                .put("cookie", cookie)
                .put("port", port)
                .put("started-at", startedAt.toString());
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    }

    /**
     * Reads a record back.
     *
     * @throws IOException if it is none
     */
    static RunRecord fromJson(byte[] json) throws IOException {
        JsonNode node = MAPPER.readTree(json);
        try {
            ProcessId leader = new ProcessId(number(node, "pid"), number(node, "start"));
            JsonNode port = node.path("port");
            return new RunRecord(
                    leader,
                    node.path("boot-id").textValue(),
                    node.path("cookie").asText(),
                    port.isMissingNode() || port.isNull() ? null : Math.toIntExact(number(node, "port")),
                    Instant.parse(node.path("started-at").asText()));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException wrong) {
            throw new IOException("not a record of a run: " + wrong.getMessage(), wrong);
        }
    }

    private static long number(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException(name + ": " + value);
        }
        return value.longValue();
    }
}
