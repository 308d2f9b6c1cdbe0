// SPDX-License-Identifier: Apache-2.0
package io.lazystart.wake;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lazystart.files.PrivateFiles;
import io.lazystart.files.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that start times are kept in. Hosts may share it: what others wrote stays when one writes, and of two that
 * write at the same moment the later is believed. Not thread-safe; blocks.
 */
final class StartTimesFile {
    /** What nobody has learned anew for so long is dropped, so that services which are no more do not pile up. */
    static final Duration KEPT = Duration.ofDays(90);

    private static final Logger log = LoggerFactory.getLogger(StartTimesFile.class);
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path folder;
    private final WholeFile file;

    /**
     * What is kept of one service.
     *
     * @param learnedAt wall clock time of the last wake
     * @param nanos how long wakes took, oldest first
     */
    record Entry(Instant learnedAt, List<Long> nanos) {}

    StartTimesFile(Path stateDirectory) {
        folder = stateDirectory;
        // No lock keeps other hosts away, so each writes a copy of its own before it replaces the file.
        file = new WholeFile(stateDirectory.resolve("start-times.json"), "." + UUID.randomUUID());
    }

    Path path() {
        return file.path();
    }

    /**
     * Reads what is kept, by service. A file that cannot be understood is set aside and counts as empty.
     *
     * @throws IOException if it cannot be read, or not be set aside
     */
    Map<String, Entry> read() throws IOException {
        byte[] json = file.read();
        if (json == null) {
            return new TreeMap<>();
        }
        try {
            return parse(json);
        } catch (IOException corrupt) {
            Path aside = file.setAside();
            log.warn("{} is set aside as {}; start times are learned anew", file.path(), aside, corrupt);
            return new TreeMap<>();
        }
    }

    /** Puts what was learned beside what is kept, in place of what is kept of the same services. */
    void merge(Map<String, Entry> learned, Instant now) throws IOException {
        Map<String, Entry> all = read();
        all.putAll(learned);
        all.values().removeIf(entry -> entry.learnedAt().isBefore(now.minus(KEPT)));
        if (!Files.isDirectory(folder)) { // one that is there may be shared with others on purpose
            PrivateFiles.createFolder(folder);
        }
        file.replace(format(all));
    }

    private static byte[] format(Map<String, Entry> all) throws IOException {
        ObjectNode root = MAPPER.createObjectNode();
        ObjectNode services = root.putObject("services");
        all.forEach((service, entry) -> {
            ObjectNode node = services.putObject(service);
            node.put("learned-at", entry.learnedAt().toString());
            ArrayNode nanos = node.putArray("nanos");
            entry.nanos().forEach(nanos::add);
        });
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    }

    private static Map<String, Entry> parse(byte[] json) throws IOException {
        JsonNode services = MAPPER.readTree(json).path("services");
        if (!services.isObject()) {
            throw new IOException("no object \"services\"");
        }
        Map<String, Entry> all = new TreeMap<>();
        for (Map.Entry<String, JsonNode> service : services.properties()) {
            try {
                all.put(service.getKey(), entry(service.getValue()));
            } catch (IllegalArgumentException | DateTimeException wrong) {
                throw new IOException(service.getKey() + ": " + wrong.getMessage(), wrong);
            }
        }
        return all;
    }

    private static Entry entry(JsonNode node) {
        JsonNode nanos = node.path("nanos");
        if (!nanos.isArray()) {
            throw new IllegalArgumentException("nanos: " + nanos);
        }
        List<Long> recent = new ArrayList<>();
        for (JsonNode one : nanos) {
            if (!one.isIntegralNumber() || !one.canConvertToLong() || one.longValue() < 0) {
                throw new IllegalArgumentException("nanos: " + one);
            }
            recent.add(one.longValue());
        }
        int surplus = Math.max(0, recent.size() - StartTimes.KEPT);
        Instant learnedAt = Instant.parse(node.path("learned-at").asText());
        return new Entry(learnedAt, List.copyOf(recent.subList(surplus, recent.size())));
    }
}
