// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.util.Locale;

/**
 * The value of a Host header, and the authority of an absolute target, which takes its place: a name or an address, and
 * perhaps a port. For adapters: what this class does not take, one server behind another could read differently.
 */
public final class HostHeader {
    /** Of a registered name, beside letters, digits and percent escapes (RFC 3986, 3.2.2). */
    private static final String NAME_MARKS = "-._~!$&'()*+,;=";

    private static final int HIGHEST_PORT = 65_535;

    private HostHeader() {}

    /**
     * Says whether a value is {@code HOST} or {@code HOST:PORT}, with a host that is not empty and no user before it. A
     * colon without a port behind it is let pass, as it is in a URL. Reads the value once and allocates nothing.
     *
     * @param value as sent
     * @return true if it is
     */
    public static boolean isWellFormed(String value) {
        int end = hostEnd(value);
        boolean literal = value.startsWith("[");
        boolean host = literal ? isAddress(value, end) : isName(value, end);
        return host && (end == value.length() || (value.charAt(end) == ':' && isPort(value, end + 1)));
    }

    /** The host of a well-formed value: lower case, without port and the dot that ends an absolute name. */
    static String name(String value) {
        String host = value.substring(0, hostEnd(value));
        return (host.endsWith(".") ? host.substring(0, host.length() - 1) : host).toLowerCase(Locale.ROOT);
    }

    private static int hostEnd(String value) {
        int end = value.startsWith("[") ? value.indexOf(']') + 1 : value.indexOf(':');
        return end < 0 ? value.length() : end;
    }

    private static boolean isName(String value, int end) {
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            boolean escape = c == '%' && i + 2 < end && isHex(value.charAt(i + 1)) && isHex(value.charAt(i + 2));
            if (!escape && !isDigit(c) && !isLetter(c) && NAME_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return end > 0;
    }

    /** An IPv6 address in brackets, by its characters: one that is none of anybody's does no harm. */
    private static boolean isAddress(String value, int end) {
        int colons = 0;
        for (int i = 1; i < end - 1; i++) {
            char c = value.charAt(i);
            colons += c == ':' ? 1 : 0;
            if (c != ':' && c != '.' && !isHex(c)) {
                return false;
            }
        }
        return colons >= 2;
    }

    private static boolean isPort(String value, int from) {
        int port = 0;
        for (int i = from; i < value.length(); i++) {
            if (!isDigit(value.charAt(i))) {
                return false;
            }
            port = Math.min(port * 10 + value.charAt(i) - '0', HIGHEST_PORT + 1);
        }
        return port <= HIGHEST_PORT;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHex(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
