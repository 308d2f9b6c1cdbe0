// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {
    private static final String ID = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`{\"message\":\"Invalid signal: SIGNOSUCH\"}\n` | Invalid signal: SIGNOSUCH",
                "`{\"message\":\"OCI runtime create failed: container_linux.go:380: starting container process caused:"
                        + " exec: \\\"/nope\\\": stat /nope: no such file or directory: unknown\"}` | exec: \"/nope\": stat"
                        + " /nope: no such file or directory",
                "`{\"message\":\"failed to create task for container: runc create failed: unable to start container"
                        + " process: exec: \\\"/nope\\\": not found: unknown\"}` | exec: \"/nope\": not found",
                "`{\"message\":\"on endpoint a (" + ID + "):\\nbind\"}` | on endpoint a (0123456789ab): bind",
                "no JSON | no JSON",
                "{broken | {broken",
            })
    void said_isOneReadableSentence(String body, String expected) {
        assertThat(Refusals.said(new DockerException(body, 500))).isEqualTo(expected);
    }

    @Test
    void missing_onlyAContainerIsMeant() {
        assertThat(Refusals.isMissing(new NotFoundException("{\"message\":\"No such container: a\"}")))
                .isTrue();
        assertThat(Refusals.isMissing(new NotFoundException("{\"message\":\"network 5b3 not found\"}")))
                .isFalse();
        assertThat(Refusals.isMissing(new DockerException("{\"message\":\"No such container: a\"}", 500)))
                .isFalse();
    }
}
