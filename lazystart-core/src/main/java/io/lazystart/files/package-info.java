// SPDX-License-Identifier: Apache-2.0
/** Files that outlive the host: closed to others, and whole after a crash at any point. */
@NullMarked
package io.lazystart.files;

import org.jspecify.annotations.NullMarked;
