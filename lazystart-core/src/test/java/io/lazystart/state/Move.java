// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Something that can happen in the walk.
 *
 * @param name for the path that is printed
 * @param traits what sort of happening it is
 * @param possible whether it can happen in a node
 * @param signal the signal it sends, or null for a happening that the machine is not told of
 * @param world what it does to the world before the machine hears of it; may change times
 */
record Move(
        String name,
        Set<Trait> traits,
        Predicate<Node> possible,
        Function<Node, @Nullable Signal> signal,
        Function<Node, Node> world) {

    /** Sorts of happening. */
    enum Trait {
        /** Belongs to an epoch, verb or read that is over. */
        STALE,
        /** Comes by itself, even if the provider never answers: a timer, or time that passes. */
        TIME,
        /** What a unit and a provider do that work as they should, but for the probe. */
        HONEST,
        /** Any other answer. */
        ANSWER,
        /** Somebody wants something. */
        DEMAND
    }

    static Move of(Trait trait, String name, Predicate<Node> possible, Function<Node, @Nullable Signal> signal) {
        return new Move(name, EnumSet.of(trait), possible, signal, node -> node);
    }

    Move first(Function<Node, Node> change) {
        return new Move(name, traits, possible, signal, change);
    }

    boolean is(Trait trait) {
        return traits.contains(trait);
    }
}
