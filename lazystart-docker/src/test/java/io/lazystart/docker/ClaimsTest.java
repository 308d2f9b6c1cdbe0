// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.docker.Claims.Claimant;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    private static final String ID = "4f2a31b0c9d1";

    private final Claims claims = new Claims();
    private final Claimant notes = new Claimant("notes");
    private final Claimant byId = new Claimant(ID);
    private final Claimant third = new Claimant("third");

    @Test
    void found_first_isItsOwn() {
        assertThat(claims.found(notes, ID)).isNull();

        assertThat(claims.isHolder(notes)).isTrue();
        assertThat(claims.isOfAnother(notes, ID)).isFalse();
        assertThat(claims.isOfAnother(byId, ID)).isTrue();
    }

    @Test
    void found_again_staysItsOwn() {
        claims.found(notes, ID);
        claims.found(byId, ID);

        assertThat(claims.found(notes, ID)).isNull();
    }

    @Test
    void found_later_isTheFirstOnes() {
        claims.found(notes, ID);

        assertThat(claims.found(byId, ID)).isSameAs(notes);
        assertThat(claims.isHolder(byId)).isFalse();
    }

    @Test
    void holderFindsNone_theNextOneHasIt() {
        claims.found(notes, ID);

        claims.found(notes, null);

        assertThat(claims.isHolder(notes)).isFalse();
        assertThat(claims.found(byId, ID)).isNull();
        assertThat(claims.found(notes, ID)).isSameAs(byId);
    }

    @Test
    void holderFindsAnother_hasThatOneInstead() {
        claims.found(notes, ID);

        claims.found(notes, "other");

        assertThat(claims.found(byId, ID)).isNull();
        assertThat(claims.found(third, "other")).isSameAs(notes);
    }

    @Test
    void holderFindsOneOfAnother_hasNone() {
        claims.found(notes, ID);
        claims.found(third, "other");

        assertThat(claims.found(notes, "other")).isSameAs(third);

        assertThat(claims.isHolder(notes)).isFalse();
        assertThat(claims.found(byId, ID)).isNull();
    }

    @Test
    void holderIsReleased_theNextOneHasIt() {
        claims.found(notes, ID);

        claims.release(notes);

        assertThat(claims.isHolder(notes)).isFalse();
        assertThat(claims.found(byId, ID)).isNull();
    }

    @Test
    void anotherIsReleased_holderKeepsIt() {
        claims.found(notes, ID);

        claims.release(byId);

        assertThat(claims.found(byId, ID)).isSameAs(notes);
    }

    @Test
    void released_findsItAfterwards_claimsNothing() {
        claims.release(notes);

        assertThat(claims.found(notes, ID)).isNull();

        assertThat(claims.isHolder(notes)).isFalse();
        assertThat(claims.found(byId, ID)).isNull();
        assertThat(claims.isHolder(byId)).isTrue();
    }

    @Test
    void releasedAndAskedForAnew_isItsOwn_andTheOldOneTakesNothingAway() {
        Claimant anew = new Claimant("notes");
        claims.found(notes, ID);
        claims.release(notes);
        claims.found(anew, ID);

        assertThat(claims.found(notes, ID)).isNull();
        claims.found(notes, null);

        assertThat(claims.isHolder(anew)).isTrue();
        assertThat(claims.found(byId, ID)).isSameAs(anew);
    }
}
