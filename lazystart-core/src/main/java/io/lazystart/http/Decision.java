// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import java.time.Duration;

/** What the rules say about one request. A value: nothing has been done yet. */
sealed interface Decision {

    /** Hand the request to the service, which is ready. */
    record Forward() implements Decision {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.forward();
        }
    }

    /**
     * Wake the service and hold the request.
     *
     * @param limit how long
     * @param acceptAfterwards whether a caller whose limit has passed is told to come back instead of being refused
     */
    record Hold(Duration limit, boolean acceptAfterwards) implements Decision {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.hold(this);
        }
    }

    /** Wake the service and show the loading page. */
    record Page() implements Decision {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.page();
        }
    }

    /**
     * Wake the service and tell the caller to come back.
     *
     * @param preferred whether the caller itself asked for that
     */
    record Accepted(boolean preferred) implements Decision {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.accepted(this);
        }
    }

    /** Stream the service's events; neither a wake nor a use. */
    record Events() implements Decision {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.events();
        }
    }

    /**
     * Do not wake, and say why.
     *
     * @param status HTTP status
     * @param why which rule refuses
     */
    record Refuse(int status, Refusal why) implements Decision {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.refuse(this);
        }
    }

    /** Calls the one case that fits. */
    <R> R match(Cases<R> cases);

    /** One method for each decision, so that the compiler finds what a caller forgot. */
    interface Cases<R> {
        R forward();

        R hold(Hold hold);

        R page();

        R accepted(Accepted accepted);

        R events();

        R refuse(Refuse refuse);
    }

    /** Rules that refuse. */
    enum Refusal {
        /** CONNECT: no proxy is here. */
        TUNNEL,
        /** {@code OPTIONS *} asks about the server, not about a service. */
        SERVER_WIDE,
        /** The events of a service were asked for by another method than GET or HEAD. */
        EVENTS_METHOD,
        /** The {@link WakeGuard} says no. */
        GUARD,
        /** A browser or crawler asks for this by itself; nobody waits for it. */
        NEVER_WAKES,
        /** The browser only guesses that somebody might come. */
        PREFETCH,
        /** Another path than the start endpoint. */
        NOT_THE_START_ENDPOINT,
        /** The service failed and may not be started yet. */
        BACKING_OFF
    }
}
