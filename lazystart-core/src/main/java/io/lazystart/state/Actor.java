// SPDX-License-Identifier: Apache-2.0
package io.lazystart.state;

/**
 * The shell's side of the actions: called under the watcher's lock, each method binds its action to the waiters and the
 * incarnation it is about, and gives back what is to be run once the lock is released.
 */
public interface Actor {

    /** See {@link Action.Publish}. */
    Runnable publish(Action.Publish action);

    /** See {@link Action.Arm}. */
    Runnable arm(Action.Arm action);

    /** See {@link Action.TakeDependencies}. */
    Runnable takeDependencies(Action.TakeDependencies action);

    /** See {@link Action.KeepDependencies}. */
    Runnable keepDependencies(Action.KeepDependencies action);

    /** See {@link Action.ReleaseDependencies}. */
    Runnable releaseDependencies(Action.ReleaseDependencies action);

    /** See {@link Action.Read}. */
    Runnable read(Action.Read action);

    /** See {@link Action.Run}. */
    Runnable run(Action.Run action);

    /** See {@link Action.Interrupt}. */
    Runnable interrupt(Action.Interrupt action);

    /** See {@link Action.Abandon}. */
    Runnable abandon(Action.Abandon action);

    /** See {@link Action.Probe}. */
    Runnable probe(Action.Probe action);

    /** See {@link Action.WatchHealth}. */
    Runnable watchHealth(Action.WatchHealth action);

    /** See {@link Action.StopProbing}. */
    Runnable stopProbing();

    /** See {@link Action.ServeWaiters}. */
    Runnable serveWaiters();

    /** See {@link Action.FailWaiters}. */
    Runnable failWaiters(Action.FailWaiters action);

    /** See {@link Action.ServeOne}. */
    Runnable serveOne();

    /** See {@link Action.KeepOne}. */
    Runnable keepOne();

    /** See {@link Action.RefuseOne}. */
    Runnable refuseOne(Action.RefuseOne action);

    /** See {@link Action.ExpireOne}. */
    Runnable expireOne();

    /** See {@link Action.AskVetoes}. */
    Runnable askVetoes(Action.AskVetoes action);

    /** See {@link Action.LoseLeases}. */
    Runnable loseLeases(Action.LoseLeases action);

    /** See {@link Action.Learn}. */
    Runnable learn(Action.Learn action);

    /** See {@link Action.TellCircuit}. */
    Runnable tellCircuit(Action.TellCircuit action);

    /** See {@link Action.Vacated}. */
    Runnable vacated();

    /** See {@link Action.Closed}. */
    Runnable closed(Action.Closed action);
}
