// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

/**
 * Where a request goes.
 *
 * @param service name of the service
 * @param prefix path prefix that matched, as sent and without a slash at its end; empty for every path
 * @param stripPrefix whether the prefix is removed before the request is forwarded
 */
public record Route(String service, String prefix, boolean stripPrefix) {

    /**
     * Computes what is forwarded.
     *
     * @param target path and query as sent, of a request that this route was found for
     * @return the target for the upstream: begins with one slash where the prefix was removed, else is as sent
     */
    public String forwardedTarget(String target) {
        if (!stripPrefix || prefix.isEmpty()) {
            return target;
        }
        int start = prefix.length();
        // a rest of "//host" would be read as an address by applications that build redirects from it
        while (start < target.length() && target.charAt(start) == '/') {
            start++;
        }
        return "/" + target.substring(start);
    }
}
