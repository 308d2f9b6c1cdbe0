// SPDX-License-Identifier: Apache-2.0
package io.lazystart.demo;

/**
 * What the command line asks for.
 *
 * @param port port to listen on; 0 for any
 * @param bootMillis how long the simulated initialisation takes
 */
record Options(int port, int bootMillis) {
    private static final int HOUR = 3_600_000;

    static Options parse(String... args) {
        int port = 8081;
        int bootMillis = 800;
        for (String arg : args) {
            if (arg.startsWith("--port=")) {
                port = number(arg, 65_535);
            } else if (arg.startsWith("--boot-ms=")) {
                bootMillis = number(arg, HOUR);
            } else {
                throw new IllegalArgumentException(arg + ": unknown argument (expected: --port=N, --boot-ms=N)");
            }
        }
        return new Options(port, bootMillis);
    }

    private static int number(String arg, int max) {
        String value = arg.substring(arg.indexOf('=') + 1);
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) > max) {
            throw new IllegalArgumentException(arg + ": not a port or time (expected: 0 to " + max + ")");
        }
        return Integer.parseInt(value);
    }
}
