// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.provider.Names;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command line and the environment ask for. A flag wins over its variable.
 *
 * @param mode what to do
 * @param config the configuration file, or null for the embedded default
 * @param listen where to listen
 */
record Options(Mode mode, @Nullable Path config, InetSocketAddress listen) {
    static final String HELP = """
            Wakes services on the first request and puts them to sleep when nobody uses them.

            usage: java -jar gateway.jar [--config FILE] [--listen HOST:PORT] [--check]

              --config FILE       services to serve, YAML or JSON; without it a small demo application
                                  (environment: LAZYSTART_CONFIG)
              --listen HOST:PORT  where to listen; default 127.0.0.1:8080, port 0 takes any free one
                                  (environment: LAZYSTART_LISTEN)
              --check             prints what would be served and starts nothing
              --version           prints the version
              --help              prints this

            Flags win over the environment. Exit codes: 0 ended as asked, 1 refused (one line on stderr says why).
            """;

    private static final String DEFAULT_LISTEN = "127.0.0.1:8080";
    private static final List<String> FLAGS = List.of("--config", "--listen", "--check", "--version", "--help");

    /** What to do. */
    enum Mode {
        /** Serve until a signal ends it. */
        RUN,
        /** Print what would be served. */
        CHECK,
        /** Print the version. */
        VERSION,
        /** Print the help. */
        HELP
    }

    static Options parse(List<String> args, Map<String, String> environment) {
        Mode mode = Mode.RUN;
        String config = environment.getOrDefault("LAZYSTART_CONFIG", "");
        String listen = environment.getOrDefault("LAZYSTART_LISTEN", "");
        String listenSource = "LAZYSTART_LISTEN";
        Iterator<String> rest = split(args).iterator();
        while (rest.hasNext()) {
            String flag = rest.next();
            switch (flag) {
                case "--config" -> config = value(flag, rest);
                case "--listen" -> {
                    listen = value(flag, rest);
                    listenSource = flag;
                }
                case "--check" -> mode = later(mode, Mode.CHECK);
                case "--version" -> mode = later(mode, Mode.VERSION);
                case "--help", "-h" -> mode = later(mode, Mode.HELP);
                default -> throw new UsageException(flag + ": unknown argument (" + Names.expected(flag, FLAGS) + ")");
            }
        }
        String address = listen.isEmpty() ? DEFAULT_LISTEN : listen;
        return new Options(mode, config.isEmpty() ? null : Path.of(config), ListenAddress.parse(listenSource, address));
    }

    /** Help wins over the version, that over a check, whatever the order. */
    private static Mode later(Mode one, Mode other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Makes {@code --flag=value} two arguments. */
    private static List<String> split(List<String> args) {
        return args.stream()
                .flatMap(arg -> {
                    int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
                    return equals < 0
                            ? List.of(arg).stream()
                            : Arrays.asList(arg.substring(0, equals), arg.substring(equals + 1)).stream();
                })
                .toList();
    }

    private static String value(String flag, Iterator<String> rest) {
        String value = rest.hasNext() ? rest.next() : "";
        if (value.isEmpty() || value.startsWith("--")) {
            throw new UsageException(
                    flag + ": no value (expected: " + flag + (flag.equals("--config") ? " FILE)" : " HOST:PORT)"));
        }
        return value;
    }
}
