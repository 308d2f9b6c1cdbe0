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
     * Opens a provider. Called once per {@code LazyStart}, the first time that a service uses the type.
     *
     * @param context what the provider may use of its surroundings; not null
     * @return the provider; not null
     */
    Provider create(ProviderContext context);
}
