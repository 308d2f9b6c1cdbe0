// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.lazystart.LazyStart;
import io.lazystart.testkit.RequiresPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The example for Compose, with the tests' own image in the place of those that it names. */
@RequiresPeer("docker")
@Timeout(120)
@ResourceLock(DockerCli.LABELS)
final class ComposeExamplePeerTest {
    private static final Path EXAMPLE = Path.of("..", "compose");

    @TempDir
    Path folder;

    @RegisterExtension
    final DockerCli docker = new DockerCli();

    @Test
    void request_startsWhatTheExampleDescribes() throws Exception {
        JsonNode services = new ObjectMapper(new YAMLFactory())
                .readTree(EXAMPLE.resolve("compose.yaml").toFile())
                .get("services");
        for (Map.Entry<String, JsonNode> service : services.properties()) {
            docker.createServer(service.getKey(), options(service.getKey(), service.getValue()));
        }

        try (Warnings warnings = Warnings.of(LazyStart.class);
                DockerHouse house = DockerHouse.open(folder, Files.readString(EXAMPLE.resolve("gateway.yaml")))) {
            assertThat(get(house.port(), "shop.localhost"))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("woken\n");

            assertThat(services.fieldNames())
                    .toIterable()
                    .allSatisfy(service -> assertThat(docker.state(service)).isEqualTo("running"));
            assertThat(docker.startedAt("db")).isLessThan(docker.startedAt("web"));
            assertThat(warnings.about(docker.name(""))).isEmpty();
        }
    }

    /** What Compose would make of a service, but for its image and what that needs. */
    private String[] options(String name, JsonNode service) {
        List<String> options = new ArrayList<>();
        label(options, "com.docker.compose.project", docker.name("shop"));
        label(options, "com.docker.compose.service", name);
        label(options, "com.docker.compose.container-number", "1");
        label(options, "com.docker.compose.oneoff", "False");
        label(
                options,
                "com.docker.compose.depends_on",
                service.path("depends_on").properties().stream()
                        .map(edge -> edge.getKey() + ":"
                                + edge.getValue().get("condition").textValue() + ":false")
                        .collect(Collectors.joining(",")));
        service.path("labels")
                .properties()
                .forEach(
                        label -> label(options, label.getKey(), label.getValue().textValue()));
        JsonNode check = service.get("healthcheck");
        if (check != null) {
            options.addAll(List.of(
                    "--health-cmd",
                    "true",
                    "--health-interval",
                    check.get("interval").textValue()));
        }
        return options.toArray(String[]::new);
    }

    private static void label(List<String> options, String label, String value) {
        options.addAll(List.of("--label", label + "=" + value));
    }

    /** Asks for the page of a host that no name server knows. */
    private static String get(int port, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String head = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }
}
