// SPDX-License-Identifier: Apache-2.0
/**
 * Containers of a Docker engine, or of one that speaks its language such as Podman: {@link
 * io.lazystart.docker.DockerProviderFactory} is found on the class path and serves the type {@code docker}, {@link
 * io.lazystart.docker.SwarmProviderFactory} the type {@code swarm}: replicated services of a swarm.
 *
 * <p>Threads: questions and verbs run on the thread that calls them, or beside it where the engine is reached by network, and
 * end when it is interrupted. Daemon threads for each engine: {@code lazystart-<connection>-events} reads its event stream, {@code
 * lazystart-<connection>-finder} looks for labelled containers, where that is asked for; for a swarm another one looks at tasks.
 */
@NullMarked
package io.lazystart.docker;

import org.jspecify.annotations.NullMarked;
