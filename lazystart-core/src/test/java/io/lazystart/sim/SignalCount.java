// SPDX-License-Identifier: Apache-2.0
package io.lazystart.sim;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.lazystart.state.Signal;
import io.lazystart.state.Step;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Counts which signal met the machine in which status, by the line that the core logs for each decision, and notices what
 * the core logs as an error. Nothing is written.
 */
final class SignalCount extends TurboFilter implements AutoCloseable {
    private static final ThreadLocal<World> WORLD = new ThreadLocal<>();

    private final LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();

    SignalCount() {
        loggers.addTurboFilter(this);
        start();
    }

    /** From now on this thread runs the world; null for none. */
    static void during(World world) {
        WORLD.set(world);
    }

    @Override
    public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object[] params, Throwable t) {
        World world = WORLD.get();
        if (world == null) {
            return FilterReply.NEUTRAL;
        }
        if (level == Level.TRACE && format == null) {
            return FilterReply.ACCEPT;
        }
        if (level == Level.TRACE && params[2] instanceof Signal signal) {
            world.coverage.signal(((Step) params[1]).status(), signal.getClass());
        } else if (level == Level.ERROR && format != null) {
            world.violate("log", format + ": " + t);
        }
        return FilterReply.DENY;
    }

    @Override
    public void close() {
        loggers.getTurboFilterList().remove(this);
    }
}
