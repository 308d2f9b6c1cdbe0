// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * PEM files that secure a connection. They are read when the connection is made, not before.
 *
 * @param ca who may have signed the engine's certificate; null for those that Java trusts
 * @param cert the client's certificate; null together with the key
 * @param key the client's key
 * @param verify false to take any certificate of the engine that is made out for its host
 */
record TlsFiles(
        @Nullable Path ca, @Nullable Path cert, @Nullable Path key, boolean verify) {
    /** Nothing but what Java trusts. */
    static final TlsFiles NONE = new TlsFiles(null, null, null, true);

    private static final char[] PASSWORD = "unused".toCharArray(); // of a key store that never leaves the memory

    /** The three files as Docker names them, those of them that are there. */
    static TlsFiles in(Path folder, boolean verify) {
        return new TlsFiles(
                present(folder.resolve("ca.pem")),
                present(folder.resolve("cert.pem")),
                present(folder.resolve("key.pem")),
                verify);
    }

    /**
     * Reads the files.
     *
     * @throws IOException naming a file that cannot be read, or is not what it should be
     */
    SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), trusted(), null);
            return context;
        } catch (GeneralSecurityException failure) {
            throw new IOException("tls: " + this + " (expected: files that fit each other): " + failure, failure);
        }
    }

    private KeyManager @Nullable [] keys() throws GeneralSecurityException, IOException {
        if (cert == null || key == null) {
            return null;
        }
        KeyStore own = emptyStore();
        Certificate[] chain = Pem.certificates(cert).toArray(Certificate[]::new);
        own.setKeyEntry("own", Pem.key(key), PASSWORD, chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, PASSWORD);
        return keys.getKeyManagers();
    }

    private TrustManager @Nullable [] trusted() throws GeneralSecurityException, IOException {
        if (!verify) {
            return new TrustManager[] {new TrustsAll()};
        }
        if (ca == null) {
            return null;
        }
        KeyStore authorities = emptyStore();
        for (Certificate authority : Pem.certificates(ca)) {
            authorities.setCertificateEntry("ca-" + authorities.size(), authority);
        }
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(authorities);
        return trusted.getTrustManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static @Nullable Path present(Path file) {
        return Files.exists(file) ? file : null;
    }

    /** For who wrote {@code verify: false}. */
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
