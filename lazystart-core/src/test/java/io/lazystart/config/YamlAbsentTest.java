// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads the library through a class loader that has no YAML parser, as on a class path without that artifact. */
final class YamlAbsentTest {
    @TempDir
    Path directory;

    @Test
    void read_yaml_namesTheArtifactToAdd() throws IOException {
        Path file = Files.writeString(directory.resolve("gateway.yaml"), "services: {a: {process: {}}}");

        assertThatThrownBy(() -> readWithoutYaml(file))
                .hasToString("io.lazystart.failure.ConfigException: " + file
                        + ": YAML cannot be read (expected: com.fasterxml.jackson.dataformat:jackson-dataformat-yaml on the"
                        + " class path, or a .json file)");
    }

    @Test
    void read_json_works() throws Throwable {
        Path file = Files.writeString(directory.resolve("gateway.json"), "{\"services\": {\"a\": {\"process\": {}}}}");

        assertThat(readWithoutYaml(file)).isNotNull();
    }

    private static Object readWithoutYaml(Path file) throws Throwable {
        Class<?> type = new WithoutYaml().loadClass(ConfigFile.class.getName());
        assertThat(type).isNotSameAs(ConfigFile.class);
        Method read = type.getMethod("read", Path.class, Collection.class, Map.class);
        try {
            return read.invoke(null, file, List.of("process"), Map.of());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static final class WithoutYaml extends ClassLoader {
        WithoutYaml() {
            super(YamlAbsentTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.fasterxml.jackson.dataformat.yaml.")) {
                throw new ClassNotFoundException(name);
            }
            boolean ours = name.startsWith("io.lazystart.") && findLoadedClass(name) == null;
            return ours ? define(name) : super.loadClass(name, resolve);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream bytes = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] content = bytes.readAllBytes();
                return defineClass(name, content, 0, content.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
