// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortClaimsTest {
    private static final int PORT = 25_000;

    @TempDir
    private Path folder;

    private PortClaims claims;

    @AfterEach
    void close() {
        claims.close();
    }

    @Test
    void claim_anotherHostHasIt_isRefusedUntilThatIsKilled() throws Exception {
        claims = new PortClaims(folder.resolve("claims"));
        Process host = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClaimMain.class.getName(),
                        folder.resolve("claims").toString(),
                        Integer.toString(PORT))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(host.getInputStream().read()).isEqualTo('+');

            assertThat(claims.claim(PORT)).isFalse();
            assertThat(claims.claim(PORT + 1)).isTrue();
        } finally {
            host.destroyForcibly().waitFor();
        }
        assertThat(claims.claim(PORT)).isTrue();
    }

    @Test
    void claim_anotherProviderOfThisHostHasIt_isRefusedUntilThatIsClosed() {
        claims = new PortClaims(folder.resolve("claims"));
        try (PortClaims other = new PortClaims(folder.resolve("claims"))) {
            assertThat(other.claim(PORT)).isTrue();

            assertThat(claims.claim(PORT)).isFalse();
        }
        assertThat(claims.claim(PORT)).isTrue();
    }

    @Test
    void close_claimsOfOthersOfThisHostStay() {
        claims = new PortClaims(folder.resolve("claims"));
        claims.claim(PORT);

        new PortClaims(folder.resolve("claims")).close();

        try (PortClaims other = new PortClaims(folder.resolve("claims"))) {
            assertThat(other.claim(PORT)).isFalse();
        }
    }

    @Test
    void file_isEverybodysAndStaysEmpty() throws Exception {
        claims = new PortClaims(folder.resolve("claims"));

        claims.claim(PORT);

        assertThat(Files.getPosixFilePermissions(folder.resolve("claims")))
                .isEqualTo(PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(folder.resolve("claims")).isEmptyFile();
    }

    @Test
    void claim_fileIsALinkToSomebodysOwn_isGrantedAndTheOtherIsNotTouched() throws Exception {
        Path own = Files.createFile(
                folder.resolve("own"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.createSymbolicLink(folder.resolve("claims"), own);

        claims = new PortClaims(folder.resolve("claims"));

        assertThat(claims.claim(PORT)).isTrue();
        assertThat(Files.getPosixFilePermissions(own)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void claim_fileCannotBeMade_isGranted() {
        claims = new PortClaims(folder.resolve("no/such/folder"));

        assertThat(claims.claim(PORT)).isTrue();
        claims.release(PORT);
    }

    @Test
    void release_withoutClaim_doesNothing() {
        claims = new PortClaims(folder.resolve("claims"));

        claims.release(PORT);
        claims.close();

        assertThat(claims.claim(PORT)).isTrue();
    }
}
