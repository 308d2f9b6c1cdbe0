// SPDX-License-Identifier: Apache-2.0
package io.lazystart.gateway;

import io.lazystart.failure.LazyStartException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Starts the gateway from a command line. */
public final class Gateway {
    private static final int REFUSED = 1;

    private Gateway() {}

    /**
     * Serves until SIGTERM or SIGINT, then exits with 0; with 1, and one line on stderr, if it is refused.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        int code = run(List.of(args), System.getenv(), System.out, System.err);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Does what is asked, and returns while the server's own threads go on; the exit code otherwise. */
    static int run(List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            Options options = Options.parse(args, environment);
            switch (options.mode()) {
                case HELP -> out.print(Options.HELP);
                case VERSION -> out.println("lazystart gateway " + version() + " (Java " + Runtime.version() + ")");
                case CHECK -> Check.print(options, out);
                case RUN -> serve(options, out);
            }
            out.flush();
            return 0;
        } catch (UsageException | LazyStartException refused) {
            err.println("gateway: " + oneLine(refused));
            err.flush();
            return REFUSED;
        }
    }

    private static void serve(Options options, PrintStream out) {
        GatewayServer server = GatewayServer.start(options);
        Signals.closeOnExit(server);
        out.println("open " + ListenAddress.url(server.address()));
    }

    private static String oneLine(RuntimeException exception) {
        LoggerFactory.getLogger(Gateway.class).debug("refused", exception);
        return String.valueOf(exception.getMessage()).replaceAll("\\R+\\s*", " ");
    }

    private static String version() {
        String version = Gateway.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }
}
