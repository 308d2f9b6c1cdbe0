// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import java.time.Duration;
import java.util.List;

/** Reads {@code ready} and {@code health}: HTTP with codes, TCP, or the provider; and how often health is asked for. */
final class ReadyReader {
    private static final String CODES = "FIRST-LAST within 100 to 599, such as 200-399";
    private static final int[] DEFAULT_CODES = {200, 399};
    private static final List<String> READY_KEYS = List.of("http", "codes", "timeout", "tcp", "provider");
    private static final List<String> HEALTH_KEYS =
            List.of("http", "codes", "timeout", "tcp", "provider", "interval", "fall", "rise");
    private static final String ALONE = "auto, tcp, provider, or ";
    private static final String COUNT = "a whole number, one or more";

    private final Refusals refusals;

    ReadyReader(Refusals refusals) {
        this.refusals = refusals;
    }

    ReadyConfig read(Node node) {
        if (node instanceof Node.Scalar scalar) {
            return switch (scalar.text()) {
                case "auto" -> ReadyConfig.AUTO;
                case "tcp" -> ReadyConfig.TCP;
                case "provider" -> ReadyConfig.PROVIDER;
                default -> throw Refused.value(node, ALONE + "a map with any of " + String.join(", ", READY_KEYS));
            };
        }
        return probe(new Fields(refusals, node, READY_KEYS, ALONE), ReadyConfig.Kind.AUTO);
    }

    HealthConfig health(Node node) {
        Fields fields = new Fields(refusals, node, HEALTH_KEYS, "off, or ");
        HealthConfig otherwise = HealthConfig.TCP;
        return new HealthConfig(
                probe(fields, ReadyConfig.Kind.TCP),
                fields.get("interval", Values::duration, otherwise.interval()),
                fields.get("fall", value -> Values.integer(value, COUNT), otherwise.fall()),
                fields.get("rise", value -> Values.integer(value, COUNT), otherwise.rise()));
    }

    /** The kind is that of a probe of which nothing is said. */
    private ReadyConfig probe(Fields fields, ReadyConfig.Kind otherwise) {
        refuseContradictions(fields);
        Duration timeout = fields.get("timeout", Values::duration, ReadyConfig.TCP.timeout());
        String path = fields.get("http", value -> Values.text(value, "a path such as /healthz"), "");
        boolean provider = fields.get("provider", Values::bool, false);
        if (path.isEmpty()) {
            return new ReadyConfig(kind(fields, provider, otherwise), null, 0, 0, timeout, provider);
        }
        int[] codes = fields.get("codes", value -> Values.range(value, CODES), DEFAULT_CODES);
        return new ReadyConfig(ReadyConfig.Kind.HTTP, path, codes[0], codes[1], timeout, provider);
    }

    private static ReadyConfig.Kind kind(Fields fields, boolean provider, ReadyConfig.Kind otherwise) {
        if (fields.node("tcp") != null) {
            return ReadyConfig.Kind.TCP;
        }
        if (fields.node("provider") == null) {
            return otherwise;
        }
        return provider ? ReadyConfig.Kind.PROVIDER : ReadyConfig.Kind.TCP;
    }

    private void refuseContradictions(Fields fields) {
        Node http = fields.node("http");
        Node tcp = fields.node("tcp");
        Node codes = fields.node("codes");
        if (tcp != null) {
            refusals.guard(() -> requireTrue(tcp));
        }
        if (http != null && tcp != null) {
            refusals.add(new Refused(tcp.line(), tcp.path(), tcp.shown() + " (expected: http or tcp, not both)"));
        }
        if (http == null && codes != null) {
            refusals.add(
                    new Refused(codes.line(), codes.path(), codes.shown() + " (expected: codes only beside http)"));
        }
    }

    private static void requireTrue(Node tcp) {
        if (!Values.bool(tcp)) {
            throw Refused.value(tcp, "true, or no tcp at all");
        }
    }
}
