// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.lazystart.provider.ProviderException;
import io.lazystart.provider.Settings;
import io.lazystart.time.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is trusted, and who we are. The server knows one container, and wants to see a certificate of ours. */
class TlsTest {
    private static final String PASSWORD = "docker";

    /** Octets that PKCS#8 puts before an RSA key of 2048 bits. */
    private static final int PKCS8_HEADER = 26;

    @TempDir
    private static Path folder;

    private static HttpsServer server;

    @BeforeAll
    static void begin() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyStore engine = pair("engine");
        KeyStore client = pair("client");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("client", client.getCertificate("client"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(engine, PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new NeedsClient(context));
        server.createContext("/", exchange -> {
            byte[] answer = "{\"message\":\"No such container: it was asked over TLS\"}".getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void end() {
        server.stop(0);
    }

    @Test
    void bothKnowEachOther_isAnswered() throws Exception {
        try (Engine engine = engine(Map.of("ca", "engine.pem", "cert", "client.pem", "key", "client.key"))) {
            assertThat(container(engine).look()).isNull();
        }
    }

    @Test
    void notVerified_isAnswered() throws Exception {
        try (Engine engine = engine(Map.of("verify", "false", "cert", "client.pem", "key", "client.key"))) {
            assertThat(container(engine).look()).isNull();
        }
    }

    @Test
    void engineUnknown_isRefused() {
        try (Engine engine = engine(Map.of("cert", "client.pem", "key", "client.key"))) {
            assertThatThrownBy(() -> container(engine).look())
                    .isInstanceOf(ProviderException.class)
                    .hasMessageStartingWith(engine.address() + ": ")
                    .hasMessageContaining("unable to find valid certification path");
        }
    }

    @Test
    void clientUnknown_isRefused() {
        try (Engine engine = engine(Map.of("ca", "engine.pem"))) {
            assertThatThrownBy(() -> container(engine).look()).isInstanceOf(ProviderException.class);
        }
    }

    @Test
    void fileIsNoKey_saysWhich() throws IOException {
        Files.writeString(folder.resolve("nonsense.pem"), "nonsense");

        try (Engine engine = engine(Map.of("ca", "engine.pem", "cert", "client.pem", "key", "nonsense.pem"))) {
            assertThatThrownBy(() -> container(engine).look())
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining(folder.resolve("nonsense.pem").toString());
        }
    }

    @Test
    void keyAsItWasWrittenBefore_isRead() throws Exception {
        byte[] whole = Pem.key(folder.resolve("client.key")).getEncoded();
        pem("old.key", "RSA PRIVATE KEY", Arrays.copyOfRange(whole, PKCS8_HEADER, whole.length));
        pem("curve.key", "EC PRIVATE KEY", whole);

        assertThat(Pem.key(folder.resolve("old.key"))).isEqualTo(Pem.key(folder.resolve("client.key")));
        assertThatThrownBy(() -> Pem.key(folder.resolve("curve.key")))
                .hasMessage(folder.resolve("curve.key")
                        + ": EC PRIVATE KEY (expected: PRIVATE KEY, as openssl pkcs8 -topk8 -nocrypt writes it)");
    }

    private static Container container(Engine engine) {
        return new Container("a", engine, Ticker.system(), new Claims());
    }

    private static Engine engine(Map<String, String> tls) {
        Map<String, Object> files = new HashMap<>();
        tls.forEach((key, value) -> files.put(
                key, key.equals("verify") ? value : folder.resolve(value).toString()));
        Map<String, Object> settings =
                Map.of("host", "tcp://127.0.0.1:" + server.getAddress().getPort(), "tls", files);
        EngineAddress address =
                new EngineFinder(Map.of(), folder, path -> false).find(new Settings("providers.docker", settings));
        return new Engine(address, null);
    }

    /** Makes a key and its certificate, as a store and as PEM files. */
    private static KeyStore pair(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of("-genkeypair", "-alias", name, "-keyalg", "RSA", "-keysize", "2048"));
        command.addAll(List.of("-dname", "CN=" + name, "-ext", "san=ip:127.0.0.1", "-validity", "2"));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
        KeyStore pair = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        Key key = pair.getKey(name, PASSWORD.toCharArray());
        pem(name + ".pem", "CERTIFICATE", pair.getCertificate(name).getEncoded());
        pem(name + ".key", "PRIVATE KEY", key.getEncoded());
        return pair;
    }

    private static void pem(String file, String kind, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(
                folder.resolve(file), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    /** Asks for the client's certificate. */
    private static final class NeedsClient extends HttpsConfigurator {
        NeedsClient(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            SSLParameters ours = getSSLContext().getDefaultSSLParameters();
            ours.setNeedClientAuth(true);
            parameters.setSSLParameters(ours);
        }
    }
}
