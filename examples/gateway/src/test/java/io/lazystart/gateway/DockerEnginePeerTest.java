// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lazystart.testkit.RequiresPeer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine beside the one of the machine, that is killed and started again while containers wake, stop, serve and sleep:
 * nothing is stuck.
 */
@RequiresPeer("docker")
@Timeout(180)
final class DockerEnginePeerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    private static OwnEngine engine;

    @RegisterExtension
    final DockerCli docker = new DockerCli(engine.socket());

    /** Containers of the engine of the machine. */
    @RegisterExtension
    final DockerCli machine = new DockerCli();

    @BeforeAll
    static void startEngine() throws Exception {
        engine = new OwnEngine();
    }

    @AfterAll
    static void endEngine() throws Exception {
        engine.close();
    }

    private DockerHouse house(String keys) throws Exception {
        return DockerHouse.open(folder, """
                providers: {docker: {host: "unix://%s"}}
                services:
                  web:
                    docker: {container: %s}
                    upstream: "http://%s:8080"
                    stop: {timeout: 3s}
                    backoff: {first: 100ms}
                    %s
                """.formatted(engine.socket(), docker.name("web"), engine.host(), keys));
    }

    private void create(String script) {
        docker.create("web", script, "--network", "host");
    }

    private void awaitServed(DockerHouse house) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(house.get("/").body()).isEqualTo("woken\n"));
    }

    private void awaitState(String state) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(docker.state("web")).isEqualTo(state));
    }

    @Test
    void twoConnections_servicesOfBothEnginesAreServed() throws Exception {
        create("exec httpd -f -p 8080 -h /www");
        machine.createServer("here");
        String yaml = """
                providers: {docker: {}, second: {type: docker, host: "unix://%s"}}
                services:
                  here: {docker: {container: %s}, paths: [/here], strip-prefix: true, stop: {timeout: 100ms}}
                  there: {second: {container: %s}, upstream: "http://%s:8080", paths: [/there], strip-prefix: true}
                """.formatted(engine.socket(), machine.name("here"), docker.name("web"), engine.host());
        try (DockerHouse house = DockerHouse.open(folder, yaml)) {
            assertThat(house.get("/here").body()).isEqualTo("woken\n");
            assertThat(machine.state("here")).isEqualTo("running");
            assertThat(docker.state("web")).isEqualTo("created");

            assertThat(house.get("/there").body()).isEqualTo("woken\n");
            assertThat(docker.state("web")).isEqualTo("running");
        }
    }

    @Test
    void killedDuringAWake_callerIsAnswered_andTheNextIsServed() throws Exception {
        create("sleep 2; exec httpd -f -p 8080 -h /www");
        try (DockerHouse house = house("idle-timeout: 10m")) {
            CompletableFuture<HttpResponse<String>> held = house.ask("/");
            awaitState("running");

            engine.kill();
            engine.restart();

            assertThat(held.get(60, TimeUnit.SECONDS).statusCode()).isIn(200, 503);
            awaitServed(house);
        }
    }

    @Test
    void killedDuringAStop_nextCallerIsServed_andItSleepsAgain() throws Exception {
        create("trap 'echo hears it' TERM; httpd -p 8080 -h /www; while :; do sleep 100 & wait $!; done");
        try (DockerHouse house = house("idle-timeout: 500ms")) {
            awaitServed(house);
            await().atMost(PATIENCE)
                    .until(() -> docker.docker("logs", docker.name("web")).contains("hears it"));

            engine.kill();
            engine.restart();

            awaitServed(house);
            awaitState("exited");
        }
    }

    @Test
    void killedWhileItSleeps_nextCallerIsServed() throws Exception {
        create("exec httpd -f -p 8080 -h /www");
        try (DockerHouse house = house("idle-timeout: 300ms")) {
            awaitServed(house);
            awaitState("exited");

            engine.kill();
            HttpResponse<String> meanwhile = house.get("/");
            engine.restart();

            assertThat(meanwhile.statusCode()).isEqualTo(503);
            assertThat(meanwhile.body()).contains(engine.socket().toString());
            awaitServed(house);
        }
    }

    @Test
    void killedWhileItServes_callersNoticeNothing_andItSleepsOnceTheEngineIsBack() throws Exception {
        create("exec httpd -f -p 8080 -h /www");
        try (DockerHouse house = house("idle-timeout: 2s")) {
            awaitServed(house);
            String run = docker.startedAt("web");

            engine.kill();
            assertThat(house.get("/").body()).isEqualTo("woken\n");
            engine.restart();

            assertThat(house.get("/").body()).isEqualTo("woken\n");
            assertThat(docker.startedAt("web")).isEqualTo(run);
            awaitState("exited");
        }
    }

    @Test
    void stoppedBehindItsBack_whileTheEngineWasAway_isNoticed() throws Exception {
        create("exec httpd -f -p 8080 -h /www");
        try (DockerHouse house = house("idle-timeout: 10m")) {
            awaitServed(house);
            long pid = Long.parseLong(docker.docker("inspect", "-f", "{{.State.Pid}}", docker.name("web")));

            engine.kill();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            engine.restart();

            awaitServed(house);
        }
    }
}
