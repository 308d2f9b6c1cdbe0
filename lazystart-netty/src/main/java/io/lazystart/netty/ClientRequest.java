// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.lazystart.http.RequestView;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client's request as the rules see it. An absolute-form target is reduced to origin form and its authority is the host. */
final class ClientRequest implements RequestView {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private final HttpRequest head;
    private final String remoteAddress;
    private final String target;
    private final @Nullable String authority;

    ClientRequest(HttpRequest head, SocketAddress remote) {
        this.head = head;
        this.remoteAddress = hostOf(remote);
        String sent = head.uri();
        int authorityStart = authorityStart(sent);
        if (authorityStart < 0) {
            this.authority = null;
            this.target = escaped(sent);
        } else {
            int authorityEnd = authorityEnd(sent, authorityStart);
            String rest = sent.substring(authorityEnd);
            this.authority = sent.substring(authorityStart, authorityEnd);
            this.target = escaped(rest.startsWith("/") ? rest : "/" + rest);
        }
    }

    /** The authority of an absolute-form target, which is the host in the place of any Host header; null without one. */
    @Nullable
    String authority() {
        return authority;
    }

    private static int authorityStart(String target) {
        String scheme = target.substring(0, Math.min(8, target.length())).toLowerCase(Locale.ROOT);
        if (scheme.startsWith("http://")) {
            return 7;
        }
        return scheme.equals("https://") ? 8 : -1;
    }

    private static int authorityEnd(String target, int from) {
        for (int i = from; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '?' || c == '#') {
                return i;
            }
        }
        return target.length();
    }

    /** Bytes beyond ASCII, which the codec would write in another encoding than it read them, as percent escapes. */
    private static String escaped(String target) {
        int ascii = 0;
        while (ascii < target.length() && target.charAt(ascii) < 0x80) {
            ascii++;
        }
        if (ascii == target.length()) {
            return target;
        }
        StringBuilder escaped = new StringBuilder(target.length() + 16).append(target, 0, ascii);
        for (int i = ascii; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c < 0x80) {
                escaped.append(c);
            } else {
                escaped.append('%').append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
            }
        }
        return escaped.toString();
    }

    private static String hostOf(SocketAddress address) {
        if (address instanceof InetSocketAddress internet && internet.getAddress() != null) {
            return internet.getAddress().getHostAddress();
        }
        return address.toString();
    }

    @Override
    public String method() {
        return head.method().name();
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public @Nullable String header(String name) {
        if (authority != null && name.equalsIgnoreCase("host")) {
            return authority;
        }
        List<String> values = head.headers().getAll(name);
        return switch (values.size()) {
            case 0 -> null;
            case 1 -> values.get(0);
            default -> String.join(", ", values);
        };
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public String toString() {
        return method() + " " + target + " from " + remoteAddress;
    }
}
