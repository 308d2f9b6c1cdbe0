// SPDX-License-Identifier: Apache-2.0
/** A small web application that takes its time to boot, for the gateway to wake. Needs nothing but the JDK. */
package io.lazystart.demo;
