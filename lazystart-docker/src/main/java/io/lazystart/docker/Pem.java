// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads PEM files with what Java has. docker-java would register a security provider for the whole JVM to do so.
 */
final class Pem {
    private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final byte SEQUENCE = 0x30;
    private static final byte OCTETS = 0x04;

    /** Version 0, and that what follows is an RSA key. */
    private static final byte[] RSA = HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

    private Pem() {}

    /**
     * Reads certificates.
     *
     * @throws IOException naming the file, if there are none
     */
    static List<Certificate> certificates(Path file) throws IOException {
        try {
            byte[] bytes = Files.readAllBytes(file);
            List<Certificate> found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .<Certificate>map(certificate -> certificate)
                            .toList();
            if (!found.isEmpty()) {
                return found;
            }
        } catch (GeneralSecurityException none) {
            throw new IOException(file + ": " + none.getMessage() + " (expected: certificates in PEM)", none);
        }
        throw new IOException(file + ": no certificate (expected: certificates in PEM)");
    }

    /**
     * Reads a key, in PKCS#8 or as RSA keys were written before that.
     *
     * @throws IOException naming the file, if there is none that can be read
     */
    static PrivateKey key(Path file) throws IOException {
        Matcher found = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!found.find()) {
            throw new IOException(file + ": no private key (expected: one in PEM)");
        }
        byte[] bytes;
        try {
            bytes = Base64.getMimeDecoder().decode(found.group(2).strip());
        } catch (IllegalArgumentException garbled) {
            throw new IOException(file + ": not readable (expected: a private key in PEM)", garbled);
        }
        PKCS8EncodedKeySpec spec = switch (found.group(1)) {
            case "PRIVATE KEY" -> new PKCS8EncodedKeySpec(bytes);
            case "RSA PRIVATE KEY" -> new PKCS8EncodedKeySpec(wrapped(bytes));
            default ->
                throw new IOException(file + ": " + found.group(1)
                        + " (expected: PRIVATE KEY, as openssl pkcs8 -topk8 -nocrypt writes it)");
        };
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException other) {
                // It is of another algorithm, or of none: said below.
            }
        }
        throw new IOException(file + ": not readable (expected: a key for one of " + String.join(", ", ALGORITHMS)
                + ", without a password)");
    }

    private static byte[] wrapped(byte[] key) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        inner.writeBytes(RSA);
        inner.writeBytes(tagged(OCTETS, key));
        return tagged(SEQUENCE, inner.toByteArray());
    }

    /** A value with its length before it, in the two octets that any key needs and none exceeds. */
    private static byte[] tagged(byte tag, byte[] value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {tag, (byte) 0x82, (byte) (value.length >> 8), (byte) value.length});
        bytes.writeBytes(value);
        return bytes.toByteArray();
    }
}
