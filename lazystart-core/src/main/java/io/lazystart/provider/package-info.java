// SPDX-License-Identifier: Apache-2.0
/** What a provider of units implements. */
@NullMarked
package io.lazystart.provider;

import org.jspecify.annotations.NullMarked;
