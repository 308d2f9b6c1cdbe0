// SPDX-License-Identifier: Apache-2.0
package io.lazystart.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lazystart.provider.ProviderException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutablesTest {
    @TempDir
    private Path folder;

    private Path tool;
    private Path text;

    @BeforeEach
    void fill() throws Exception {
        tool = Files.createFile(Files.createDirectory(folder.resolve("bin")).resolve("tool"));
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        text = Files.createFile(folder.resolve("bin/text"));
    }

    @Test
    void name_isFoundInThePath() {
        String path = "/no/such" + File.pathSeparator + folder.resolve("bin");

        assertThat(Executables.find("tool", Path.of("/"), path)).isEqualTo(tool);
    }

    @Test
    void name_pathOfRelativeFolders_isSeenFromTheDirectory() {
        assertThat(Executables.find("tool", folder, "bin")).isEqualTo(tool);
        assertThat(Executables.find("tool", folder.resolve("bin"), "")).isEqualTo(tool);
    }

    @Test
    void name_notInThePath_namesTheFolders() {
        assertThatThrownBy(() -> Executables.find("other", folder, "/no/such"))
                .isInstanceOf(ProviderException.class)
                .hasMessage("command: other (expected: a program in one of /no/such)");
    }

    @Test
    void relativePath_isSeenFromTheDirectory() {
        assertThat(Executables.find("bin/tool", folder, null)).isEqualTo(tool);
        assertThatThrownBy(() -> Executables.find("./tool", folder, null))
                .hasMessage("command: ./tool (expected: an existing file, seen from " + folder + ")");
    }

    @Test
    void file_notExecutable_isSaidToBe() {
        assertThatThrownBy(() -> Executables.find("bin/text", folder, null))
                .isInstanceOf(ProviderException.class)
                .hasMessage("command: bin/text (expected: a file that may be executed, which " + text + " may not)");
    }

    @Test
    void file_isAFolder_isSaidToBe() {
        assertThatThrownBy(() -> Executables.find(folder.resolve("bin").toString(), folder, null))
                .hasMessageContaining("may not");
    }

    @Test
    void findOrNull_noSuchProgram_isNull() {
        assertThat(Executables.findOrNull("no-such-program")).isNull();
    }
}
