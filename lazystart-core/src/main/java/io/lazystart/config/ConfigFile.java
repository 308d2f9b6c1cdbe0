// SPDX-License-Identifier: Apache-2.0
package io.lazystart.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.lazystart.failure.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;

/** A configuration read from a YAML or JSON file, which remembers where everything stands. Immutable. */
public final class ConfigFile {
    private final LazyStartConfig config;
    private final DiscoveredServices discovered;
    private final Locations locations;

    private ConfigFile(LazyStartConfig config, DiscoveredServices discovered, Locations locations) {
        this.config = config;
        this.discovered = discovered;
        this.locations = locations;
    }

    /**
     * Reads a file whole, or refuses it whole. Settings below a provider's type are handed over as they are; the
     * provider checks them.
     *
     * @param file a file whose name ends in {@code .yaml}, {@code .yml} or {@code .json}; not null
     * @param providerTypes types that a service may name; not null
     * @param environment what <code>${NAME}</code> stands for, usually {@link System#getenv()}; not null
     * @return the configuration
     * @throws ConfigException if the file cannot be read, or for the first value in it that is refused: with file,
     *     line, path, value and what was expected; values that came from the environment are shown as written
     */
    public static ConfigFile read(Path file, Collection<String> providerTypes, Map<String, String> environment) {
        Refusals refusals = new Refusals(file.toString());
        try {
            return read(file, providerTypes, environment, refusals);
        } catch (Refused refused) {
            refusals.add(refused);
        }
        throw refusals.first();
    }

    private static ConfigFile read(
            Path file, Collection<String> providerTypes, Map<String, String> environment, Refusals refusals) {
        FileFormat format = FileFormat.of(file.toString());
        String content = content(file);
        try (JsonParser parser = format.open(content)) {
            TreeReader reader = new TreeReader(parser, format::isAlias, new Expansion(environment), refusals);
            Node.Mapping root = reader.read();
            Locations locations = new Locations(file.toString(), reader.index());
            RootReader rootReader = new RootReader(providerTypes, refusals);
            LazyStartConfig config = rootReader.read(root, locations);
            return new ConfigFile(config, rootReader.discovered(), locations);
        } catch (JsonProcessingException notParsed) {
            throw ParserMessages.refused(notParsed);
        } catch (IOException failed) {
            throw new Refused(0, "", "cannot be read: " + failed.getMessage() + " (expected: a readable file)");
        }
    }

    /**
     * The configuration.
     *
     * @return what the file says, with defaults where it says nothing
     */
    public LazyStartConfig config() {
        return config;
    }

    /**
     * How services are read that are not in the file.
     *
     * @return a reader that knows the file's defaults
     */
    public DiscoveredServices discovered() {
        return discovered;
    }

    /**
     * Adds file and line to a refusal that came later, such as a provider's. Values that came from the environment are
     * shown as they were written.
     *
     * @param exception a refusal with a path; not null
     * @return the same refusal with file and line of the nearest key that is in the file
     */
    public ConfigException locate(ConfigException exception) {
        return locations.locate(Objects.requireNonNull(exception, "exception"));
    }

    private static String content(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            String content = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return content.startsWith("\uFEFF") ? content.substring(1) : content;
        } catch (NoSuchFileException absent) {
            throw new Refused(0, "", "no such file (expected: a readable file)");
        } catch (AccessDeniedException denied) {
            throw new Refused(0, "", "permission denied (expected: a readable file)");
        } catch (CharacterCodingException notText) {
            throw new Refused(0, "", "not UTF-8 (expected: a text file in UTF-8)");
        } catch (IOException failed) {
            throw new Refused(0, "", "cannot be read: " + failed.getMessage() + " (expected: a readable file)");
        }
    }
}
