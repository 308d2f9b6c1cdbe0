// SPDX-License-Identifier: Apache-2.0
/** The HTTP rules, without any server's types. */
@NullMarked
package io.lazystart.http;

import org.jspecify.annotations.NullMarked;
