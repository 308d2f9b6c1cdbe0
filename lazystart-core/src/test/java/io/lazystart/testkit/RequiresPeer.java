// SPDX-License-Identifier: Apache-2.0
package io.lazystart.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test, or a class of tests, that talks to a real program outside the JVM.
 *
 * <p>The test runs when every named peer is there. Otherwise it is skipped and says so in one line:
 *
 * <pre>{@code [lazystart] not run: BrowserTest.page_turnsReady needs chromium: no executable /usr/bin/chromium}</pre>
 *
 * <p>A build that must not skip names its peers, {@code -Dlazystart.require=chromium,setsid}: the test of an absent peer
 * then fails. A name that is no {@link Peer} fails as well, in the annotation and in the property alike.
 *
 * <p>All such tests carry the tag {@code peer}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Tag("peer")
@ExtendWith(PeerCondition.class)
public @interface RequiresPeer {

    /**
     * Names of the peers that the test needs, each the {@link Peer#label()} of one.
     *
     * @return at least one name
     */
    String[] value();
}
