// SPDX-License-Identifier: Apache-2.0
package io.lazystart.demo;

import com.sun.net.httpserver.HttpExchange;

/** Reads whole numbers from the query of a request. */
final class Query {
    private Query() {}

    /**
     * Reads a number.
     *
     * @throws BadRequest if it is given and is no whole number from 0 to {@code max}
     */
    static int number(HttpExchange exchange, String name, int otherwise, int max) {
        String query = exchange.getRequestURI().getRawQuery();
        if (query == null) {
            return otherwise;
        }
        for (String pair : query.split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return parse(name, pair.substring(name.length() + 1), max);
            }
        }
        return otherwise;
    }

    private static int parse(String name, String value, int max) {
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) > max) {
            throw new BadRequest(name + ": not a number (expected: 0 to " + max + ")");
        }
        return Integer.parseInt(value);
    }

    /** A request that cannot be answered; the message is the answer. */
    static final class BadRequest extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadRequest(String message) {
            super(message);
        }
    }
}
