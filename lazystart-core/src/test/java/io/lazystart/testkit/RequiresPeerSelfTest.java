// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import static org.assertj.core.api.Assertions.allOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class RequiresPeerSelfTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void evaluate_peerPresent_runsInSilence() {
        PeerCondition condition = whereAbsent();

        ConditionEvaluationResult result = condition.evaluate("PageTest.turns", List.of("chromium"), "");

        assertThat(result.isDisabled()).isFalse();
        assertThat(output()).isEmpty();
    }

    @Test
    void evaluate_peerAbsent_skipsWithOneLine() {
        PeerCondition condition = whereAbsent(Peer.CHROMIUM);

        ConditionEvaluationResult result = condition.evaluate("PageTest.turns", List.of("chromium"), "");

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason()).hasValue("PageTest.turns needs chromium: switched off");
        assertThat(output()).containsExactly("[lazystart] not run: PageTest.turns needs chromium: switched off");
    }

    @Test
    void evaluate_secondPeerAbsent_namesThatOne() {
        PeerCondition condition = whereAbsent(Peer.SETSID);

        ConditionEvaluationResult result = condition.evaluate("PageTest", List.of("chromium", "setsid"), "");

        assertThat(result.getReason()).hasValue("PageTest needs setsid: switched off");
    }

    @Test
    void evaluate_absentPeerRequired_fails() {
        PeerCondition condition = whereAbsent(Peer.CHROMIUM);

        assertThatThrownBy(() -> condition.evaluate("PageTest.turns", List.of("chromium"), "setsid, chromium"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("PageTest.turns needs chromium: switched off (and -Dlazystart.require names it)");
        assertThat(output()).isEmpty();
    }

    @Test
    void evaluate_otherPeerRequired_stillSkips() {
        PeerCondition condition = whereAbsent(Peer.CHROMIUM);

        ConditionEvaluationResult result = condition.evaluate("PageTest", List.of("chromium"), "setsid");

        assertThat(result.isDisabled()).isTrue();
    }

    @Test
    void evaluate_misspeltRequirement_fails() {
        PeerCondition condition = whereAbsent();

        assertThatThrownBy(() -> condition.evaluate("PageTest", List.of("chromium"), "chromum"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("peer: chromum (expected: one of chromium, docker, setsid)");
    }

    @Test
    void annotation_unknownPeer_failsItsTestAndNoOther() {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Sample.class))
                .execute()
                .testEvents();

        tests.assertStatistics(stats -> stats.succeeded(1).failed(1));
        tests.assertThatEvents()
                .haveExactly(
                        1, allOf(test("marked"), finishedWithFailure(message(text -> text.contains("peer: teapot")))));
    }

    @Test
    void annotation_tagsItsTest() {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Sample.class))
                .filters(TagFilter.excludeTags("peer"))
                .execute()
                .testEvents();

        tests.assertStatistics(stats -> stats.started(1).succeeded(1));
    }

    @Test
    void onPath_looksInEveryFolder(@TempDir Path folder) throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Path full = Files.createDirectory(folder.resolve("full"));
        Path tool = Files.createFile(full.resolve("tool"));
        String searchPath = empty + File.pathSeparator + full;

        Optional<String> notExecutable = Peer.onPath("tool", searchPath);
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        Optional<String> executable = Peer.onPath("tool", searchPath);

        assertThat(notExecutable).hasValue("no tool on PATH");
        assertThat(executable).isEmpty();
        assertThat(Peer.executable(tool)).isEmpty();
        assertThat(Peer.executable(empty.resolve("tool"))).hasValue("no executable " + empty.resolve("tool"));
    }

    @Test
    void listener_nobodyListens_saysSo(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("s");

        Optional<String> nothing = Peer.listener(socket);
        Optional<String> somebody;
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            somebody = Peer.listener(socket);
        }
        Optional<String> left = Peer.listener(socket);

        assertThat(nothing).hasValue("no listener on " + socket + ": No such file or directory");
        assertThat(somebody).isEmpty();
        assertThat(left).hasValue("no listener on " + socket + ": Connection refused");
    }

    private PeerCondition whereAbsent(Peer... absent) {
        return new PeerCondition(
                peer -> List.of(absent).contains(peer) ? Optional.of("switched off") : Optional.empty(),
                new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private List<String> output() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    static class Sample {
        @Test
        @RequiresPeer("teapot")
        void marked() {}

        @Test
        void unmarked() {}
    }
}
