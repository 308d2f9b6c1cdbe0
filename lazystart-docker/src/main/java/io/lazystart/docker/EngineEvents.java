// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.lazystart.provider.UnitListener;
import java.util.List;
import java.util.Map;

/** What a kind of unit makes of an engine's events. Called by the thread of the event stream alone. */
interface EngineEvents {
    /** Which events are asked for, as the engine understands it. */
    Map<String, List<String>> filters();

    /** Who is told that events are missed, and heard again. */
    UnitListener listener();

    /** The stream is open: what came and went before was not heard. */
    void opened();

    /** Something has happened. */
    void heard(JsonNode event);
}
