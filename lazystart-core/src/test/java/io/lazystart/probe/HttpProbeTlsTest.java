// SPDX-License-Identifier: Apache-2.0
package io.lazystart.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ReadyConfig;
import io.lazystart.time.SystemScheduler;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpProbeTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static SSLContext context;
    private static StubServer server;
    private static SystemScheduler scheduler;

    @BeforeAll
    static void serve(@TempDir Path folder) throws Exception {
        scheduler = new SystemScheduler();
        context = context(selfSigned(folder.resolve("keys.p12")));
        server = new StubServer("127.0.0.1", context.getServerSocketFactory(), HttpProbeTlsTest::answer);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
        scheduler.close();
    }

    @Test
    void trustedCertificate_answerIsRead() throws Exception {
        assertThat(ask(context.getSocketFactory(), "127.0.0.1")).isEqualTo(ProbeResult.ready("HTTP 200"));
    }

    @Test
    void certificateForAnotherName_isObserved() throws Exception {
        ProbeResult result = ask(context.getSocketFactory(), "localhost");

        assertThat(result.ready()).isFalse();
        assertThat(result.observed()).contains("localhost");
    }

    @Test
    void unknownCertificate_isObserved() throws Exception {
        ProbeResult result = ask((SSLSocketFactory) SSLSocketFactory.getDefault(), "127.0.0.1");

        assertThat(result.ready()).isFalse();
        assertThat(result.observed()).contains("certification path");
    }

    @Test
    void serverWithoutTls_isObserved() throws Exception {
        try (StubServer plain = new StubServer(
                "127.0.0.1",
                ServerSocketFactory.getDefault(),
                socket -> socket.getOutputStream()
                        .write("HTTP/1.1 400 Bad\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            URI target = URI.create("https://127.0.0.1:" + plain.port());

            ProbeResult result = probe(context.getSocketFactory()).probe(target, TIMEOUT, 0);

            assertThat(result.ready()).isFalse();
            assertThat(result.observed()).containsIgnoringCase("ssl");
        }
    }

    private static ProbeResult ask(SSLSocketFactory tls, String host) throws Exception {
        URI target = URI.create("https://" + host + ":" + server.port());
        return probe(tls).probe(target, TIMEOUT, 0);
    }

    private static Probe probe(SSLSocketFactory tls) {
        return new HttpProbe(ReadyConfig.http("/"), Ticker.system(), scheduler, tls);
    }

    private static void answer(Socket socket) throws IOException {
        byte[] request = new byte[1024];
        assertThat(socket.getInputStream().read(request)).isPositive();
        socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static KeyStore selfSigned(Path file) throws Exception {
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=probe",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        return keys;
    }

    /** Serves with the key, and trusts nothing but its certificate. */
    private static SSLContext context(KeyStore keys) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
