// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

/** What a provider may be able to do beyond start, stop, kill and status. */
public enum Capability {
    /** Units can be paused and unpaused. */
    PAUSE,
    /** Starts and ends of units are told as they happen. */
    WATCH,
    /** Units know the processes of this machine that they consist of, see {@link Unit#pids()}. */
    PIDS,
    /** A stop or kill can use a signal of the user's choice. */
    SIGNAL,
    /** Units may be asked whether they are well by what looks after them anyway, see {@link Unit#health()}. */
    HEALTH,
    /** Services are found by the provider itself, see {@link Provider#discover}. */
    DISCOVER
}
