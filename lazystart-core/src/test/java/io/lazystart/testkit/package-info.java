// SPDX-License-Identifier: Apache-2.0
/** What a test of a lazystart module, or of an application built with it, can lean on. */
@NullMarked
package io.lazystart.testkit;

import org.jspecify.annotations.NullMarked;
