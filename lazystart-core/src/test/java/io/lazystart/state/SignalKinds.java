// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import java.util.HashSet;
import java.util.Set;

/** The kinds of signal there are. */
final class SignalKinds {
    private SignalKinds() {}

    static Set<Class<?>> all() {
        Set<Class<?>> kinds = new HashSet<>();
        collect(Signal.class, kinds);
        return kinds;
    }

    private static void collect(Class<?> type, Set<Class<?>> kinds) {
        if (!type.isSealed()) {
            kinds.add(type);
            return;
        }
        for (Class<?> kind : type.getPermittedSubclasses()) {
            collect(kind, kinds);
        }
    }
}
