// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.config.ServiceConfig;
import io.lazystart.config.ServiceConfig.WaitMode;
import io.lazystart.event.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DecisionTableTest {
    private static final List<WaitMode> MODES = List.of(WaitMode.AUTO, WaitMode.PAGE, WaitMode.HOLD, WaitMode.ASYNC);

    private static final Set<Status> NOT_READY = EnumSet.complementOf(EnumSet.of(Status.READY));

    /** Request, then what it gets while the service is not ready with wait: auto, page, hold, async. */
    private static final String MATRIX = """
            GET /                                                          | hold 60     | page        | hold 60     | accepted
            GET / Accept: */*                                              | hold 60     | page        | hold 60     | accepted
            GET / Accept: ,                                                | hold 60     | page        | hold 60     | accepted
            GET / Accept: , ~ Sec-Fetch-Mode: navigate                     | page        | page        | hold 60     | page
            GET / Accept: text/html                                        | page        | page        | hold 60     | page
            GET / Accept: application/xhtml+xml, */*;q=0.1                 | page        | page        | hold 60     | page
            GET / Accept: text/html;q=0, application/json                  | hold 60     | page        | hold 60     | accepted
            GET / Accept: application/json                                 | hold 60     | page        | hold 60     | accepted
            GET / Accept: text/*                                           | hold 60     | page        | hold 60     | accepted
            GET / Accept: text/event-stream                                | hold 60     | page        | hold 60     | accepted
            GET / Range: bytes=0-9                                         | hold 60     | page        | hold 60     | accepted
            GET / Accept: text/html ~ Range: bytes=0-9                     | page        | page        | hold 60     | page
            GET / Sec-Fetch-Mode: navigate                                 | page        | page        | hold 60     | page
            GET / Sec-Fetch-Mode: cors                                     | hold 60     | page        | hold 60     | accepted
            GET / Sec-Fetch-Mode: no-cors ~ Accept: image/avif,*/*         | hold 60     | page        | hold 60     | accepted
            GET / Sec-Fetch-Mode: navigate ~ Upgrade: websocket            | hold 60     | hold 60     | hold 60     | accepted
            GET / Upgrade: websocket ~ Connection: Upgrade                 | hold 60     | hold 60     | hold 60     | accepted
            HEAD / Accept: text/html                                       | page        | page        | hold 60     | page
            HEAD /                                                         | hold 60     | page        | hold 60     | accepted
            POST / Accept: text/html                                       | hold 60     | hold 60     | hold 60     | accepted
            POST / Sec-Fetch-Mode: navigate                                | hold 60     | hold 60     | hold 60     | accepted
            POST / Content-Type: application/grpc                          | hold 60     | hold 60     | hold 60     | accepted
            OPTIONS / Access-Control-Request-Method: PUT                   | hold 60     | hold 60     | hold 60     | accepted
            get / Accept: text/html                                        | hold 60     | hold 60     | hold 60     | accepted
            GET / Prefer: wait=5                                           | hold 5      | page        | hold 5      | accepted
            POST / Prefer: wait=5                                          | hold 5      | hold 5      | hold 5      | accepted
            POST / Prefer: wait=500                                        | hold 60     | hold 60     | hold 60     | accepted
            POST / Prefer: wait=0                                          | hold 0      | hold 0      | hold 0      | accepted
            GET / Prefer: respond-async                                    | accepted*   | accepted*   | accepted*   | accepted*
            HEAD / Prefer: respond-async                                   | accepted*   | accepted*   | accepted*   | accepted*
            GET / Prefer: respond-async ~ Accept: text/html                | accepted*   | accepted*   | accepted*   | accepted*
            GET / Prefer: respond-async, wait=0                            | accepted*   | accepted*   | accepted*   | accepted*
            GET / Prefer: respond-async, wait=10                           | hold 10*    | hold 10*    | hold 10*    | hold 10*
            GET / Prefer: wait=10 ~ Prefer: respond-async                  | hold 10*    | hold 10*    | hold 10*    | hold 10*
            GET / Prefer: respond-async, wait=100                          | hold 60*    | hold 60*    | hold 60*    | hold 60*
            POST / Prefer: respond-async, wait=10                          | hold 10     | hold 10     | hold 10     | accepted
            GET /favicon.ico                                               | 404 NEVER_WAKES | 404 NEVER_WAKES | 404 NEVER_WAKES | 404 NEVER_WAKES
            GET /robots.txt?x=1 Accept: text/html                          | 404 NEVER_WAKES | 404 NEVER_WAKES | 404 NEVER_WAKES | 404 NEVER_WAKES
            GET /a/favicon.ico                                             | hold 60     | page        | hold 60     | accepted
            GET / Sec-Fetch-Mode: navigate ~ Sec-Purpose: prefetch;prerender | 503 PREFETCH | 503 PREFETCH | 503 PREFETCH | 503 PREFETCH
            GET / Purpose: prefetch                                        | 503 PREFETCH | 503 PREFETCH | 503 PREFETCH | 503 PREFETCH
            GET / Purpose: preview                                         | hold 60     | page        | hold 60     | accepted
            GET / LazyStart-Events: stream                                 | events      | events      | events      | events
            HEAD / LazyStart-Events: stream                                | events      | events      | events      | events
            POST / LazyStart-Events: stream                                | 405 EVENTS_METHOD | 405 EVENTS_METHOD | 405 EVENTS_METHOD | 405 EVENTS_METHOD
            GET /favicon.ico LazyStart-Events: stream                      | events      | events      | events      | events
            CONNECT example.org:443                                        | 501 TUNNEL  | 501 TUNNEL  | 501 TUNNEL  | 501 TUNNEL
            OPTIONS *                                                      | 405 SERVER_WIDE | 405 SERVER_WIDE | 405 SERVER_WIDE | 405 SERVER_WIDE
            """;

    record Row(String request, List<String> expected) {
        static Row parse(String line) {
            String[] cells = line.split("\\s*\\|\\s*");
            return new Row(cells[0].strip(), Arrays.asList(cells).subList(1, cells.length));
        }

        FakeRequest toRequest() {
            String[] words = request.split(" ", 3);
            FakeRequest made = FakeRequest.of(words[0], words[1]);
            if (words.length == 3) {
                for (String header : words[2].split(" ~ ", -1)) {
                    made = made.with(
                            header.substring(0, header.indexOf(':')), header.substring(header.indexOf(':') + 2));
                }
            }
            return made;
        }
    }

    static List<Row> matrix() {
        return MATRIX.lines().map(Row::parse).toList();
    }

    @Test
    void matrix_hasAColumnForEachMode() {
        assertThat(MODES).containsExactlyInAnyOrder(WaitMode.values());
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void notReady_eachModeAndStatus_asTheMatrixSays(Row row) {
        List<String> decided = new ArrayList<>();

        for (Status status : NOT_READY) {
            for (WaitMode mode : MODES) {
                decided.add(decide(Sample.service().waitMode(mode).build(), status, row.toRequest()));
            }
        }

        List<String> expected = new ArrayList<>();
        NOT_READY.forEach(status -> expected.addAll(row.expected()));
        assertThat(decided).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void ready_eachMode_forwardsAllButEventsAndWhatIsForNoService(Row row) {
        String asleep = row.expected().get(0);
        boolean same = asleep.equals("events") || asleep.matches("(405|501) .*");

        for (WaitMode mode : MODES) {
            String decided = decide(Sample.service().waitMode(mode).build(), Status.READY, row.toRequest());

            assertThat(decided).isEqualTo(same ? asleep : "forward");
        }
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void guardRefuses_eachStatusAndMode_forbiddenUnlessItWouldNotWake(Row row) {
        String allowed = row.expected().get(0);
        boolean same = allowed.equals("events") || allowed.matches("(405|501) .*");

        for (Status status : NOT_READY) {
            for (WaitMode mode : MODES) {
                ServiceConfig service = Sample.service().waitMode(mode).build();
                Decision decision = DecisionTable.decide(service, new Situation(status, false, false), row.toRequest());

                assertThat(shown(decision)).isEqualTo(same ? allowed : "403 GUARD");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("matrix")
    void backingOff_eachMode_refusesWhateverWouldWake(Row row) {
        for (int mode = 0; mode < MODES.size(); mode++) {
            ServiceConfig service = Sample.service().waitMode(MODES.get(mode)).build();
            Decision decision = DecisionTable.decide(service, new Situation(Status.ERROR, true, true), row.toRequest());

            String without = row.expected().get(mode);
            boolean wakes = without.matches("(hold|page|accepted).*");
            assertThat(shown(decision)).isEqualTo(wakes ? "503 BACKING_OFF" : without);
        }
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void startEndpoint_anotherPath_wakesOnlyWhatStartsAlready(Status status) {
        ServiceConfig service = Sample.service().startEndpoint("/login").build();

        String decided = decide(service, status, FakeRequest.get("/other"));

        assertThat(decided)
                .isEqualTo(
                        switch (status) {
                            case READY -> "forward";
                            case STARTING -> "hold 60";
                            case NAPPING, ERROR, STOPPING -> "503 NOT_THE_START_ENDPOINT";
                        });
    }

    @Test
    void startEndpoint_samePathWithQuery_wakes() {
        ServiceConfig service = Sample.service().startEndpoint("/login").build();

        assertThat(decide(service, Status.NAPPING, FakeRequest.get("/login?next=/a")))
                .isEqualTo("hold 60");
        assertThat(decide(service, Status.NAPPING, FakeRequest.get("/login/"))).isEqualTo("503 NOT_THE_START_ENDPOINT");
        assertThat(decide(service, Status.NAPPING, FakeRequest.get("/Login"))).isEqualTo("503 NOT_THE_START_ENDPOINT");
    }

    @Test
    void startEndpoint_backingOffOnThatPath_refusesForTheBackOff() {
        ServiceConfig service = Sample.service().startEndpoint("/login").build();

        Decision decision =
                DecisionTable.decide(service, new Situation(Status.ERROR, true, true), FakeRequest.get("/login"));

        assertThat(shown(decision)).isEqualTo("503 BACKING_OFF");
    }

    private static String decide(ServiceConfig service, Status status, FakeRequest request) {
        return shown(DecisionTable.decide(service, new Situation(status, false, true), request));
    }

    private static String shown(Decision decision) {
        return decision.match(new Decision.Cases<String>() {
            @Override
            public String forward() {
                return "forward";
            }

            @Override
            public String hold(Decision.Hold hold) {
                return String.format(
                        Locale.ROOT, "hold %d%s", hold.limit().toSeconds(), hold.acceptAfterwards() ? "*" : "");
            }

            @Override
            public String page() {
                return "page";
            }

            @Override
            public String accepted(Decision.Accepted accepted) {
                return accepted.preferred() ? "accepted*" : "accepted";
            }

            @Override
            public String events() {
                return "events";
            }

            @Override
            public String refuse(Decision.Refuse refuse) {
                return refuse.status() + " " + refuse.why();
            }
        });
    }
}
