// SPDX-License-Identifier: Apache-2.0
/** The built-in provider of type {@code process}: a command run as a tree of operating system processes. */
@NullMarked
package io.lazystart.process;

import org.jspecify.annotations.NullMarked;
