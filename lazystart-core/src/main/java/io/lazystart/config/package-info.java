// SPDX-License-Identifier: Apache-2.0
/** What the user asked for: records that the builder and a YAML or JSON file both give. */
@NullMarked
package io.lazystart.config;

import org.jspecify.annotations.NullMarked;
