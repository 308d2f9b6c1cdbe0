// SPDX-License-Identifier: Apache-2.0
package io.lazystart.provider;

/**
 * Makes providers of one type. Found by {@link java.util.ServiceLoader}, or handed to the builder. Needs a public
 * constructor without parameters when it is to be found.
 */
public interface ProviderFactory {

    /**
     * Names the type, as it is written in a service's configuration.
     *
     * @return lower-case letters, digits and hyphens, a letter first, at most 32 characters
     */
    String type();

    /**
     * Opens a provider. Called once for each connection of a {@code LazyStart}: when it is configured, or the first time that
     * a service uses the type. Does not block: what is not there may come later.
     *
     * @param context what the provider may use of its surroundings, and the settings of its connection; not null
     * @return the provider; not null
     * @throws io.lazystart.failure.ConfigException if a setting is wrong
     */
    Provider create(ProviderContext context);
}
