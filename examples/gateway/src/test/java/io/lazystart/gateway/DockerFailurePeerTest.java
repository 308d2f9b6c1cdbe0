// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.testkit.RequiresPeer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Containers of a real engine that do not come up: the caller sees why, and they are not started over and over. */
@RequiresPeer("docker")
@Timeout(120)
final class DockerFailurePeerTest {
    @TempDir
    Path folder;

    @RegisterExtension
    final DockerCli docker = new DockerCli();

    private DockerHouse house(String container, String... more) throws Exception {
        return DockerHouse.open(
                folder,
                "services:\n  broken: {docker: {container: %s}, error-details: output, backoff: {first: 30s}%s}\n"
                        .formatted(docker.name(container), more.length == 0 ? "" : ", " + String.join(", ", more)));
    }

    /** It fails with a reason, and then again without being started: that is what a back-off is for. */
    private String reason(DockerHouse house, String container) throws Exception {
        HttpResponse<String> first = house.get("/");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(503);
        String run = docker.startedAt(container);
        HttpResponse<String> second = house.get("/");
        assertThat(second.statusCode()).isEqualTo(503);
        assertThat(docker.startedAt(container)).as("start during the back-off").isEqualTo(run);
        assertThat(retryAfter(second))
                .as("a further start would have doubled it")
                .isPositive()
                .isLessThanOrEqualTo(retryAfter(first));
        return first.body();
    }

    private static long retryAfter(HttpResponse<String> answer) {
        return answer.headers().firstValueAsLong("retry-after").orElse(0);
    }

    @Test
    void endsAtOnce_codeAndLastOutputAreTold() throws Exception {
        docker.create("broken", "echo no database; exit 3", "--expose", "8080");
        try (DockerHouse house = house("broken")) {
            assertThat(reason(house, "broken")).contains("exit code 3").contains("no database");
        }
    }

    @Test
    void commandIsNotInTheImage_isTold() throws Exception {
        docker.create("broken", "true", "--expose", "8080", "--entrypoint", "/bin/missing");
        try (DockerHouse house = house("broken")) {
            assertThat(reason(house, "broken")).contains("/bin/missing").contains("no such file or directory");
        }
    }

    @Test
    void portIsTaken_isTold() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            docker.create("broken", "sleep 100", "-p", "127.0.0.1:" + taken.getLocalPort() + ":8080");
            try (DockerHouse house = house("broken")) {
                assertThat(reason(house, "broken"))
                        .contains(String.valueOf(taken.getLocalPort()))
                        .contains("address already in use");
            }
        }
    }

    @Test
    void outOfMemory_isTold() throws Exception {
        docker.create("broken", "tail /dev/zero", "--expose", "8080", "--memory", "32m");
        try (DockerHouse house = house("broken")) {
            assertThat(reason(house, "broken")).containsIgnoringCase("out of memory");
        }
    }

    @Test
    void missingContainer_isTold() throws Exception {
        try (DockerHouse house = house("nobody")) {
            HttpResponse<String> answer = house.get("/");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("no such container").contains(docker.name("nobody"));
        }
    }

    @Test
    void noPortIsExposed_isTold() throws Exception {
        docker.create("broken", "sleep 100");
        try (DockerHouse house = house("broken", "wake-timeout: 8s")) {
            HttpResponse<String> answer = house.get("/");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("it exposes no port");
        }
    }
}
