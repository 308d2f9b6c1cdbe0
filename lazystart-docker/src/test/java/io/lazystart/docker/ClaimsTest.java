// SPDX-License-Identifier: Apache-2.0
package io.lazystart.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClaimsTest {
    private static final String ID = "4f2a31b0c9d1";

    private final Claims claims = new Claims();

    @Test
    void found_first_isItsOwn() {
        assertThat(claims.found("notes", ID)).isNull();

        assertThat(claims.isHolder("notes")).isTrue();
        assertThat(claims.isOfAnother("notes", ID)).isFalse();
        assertThat(claims.isOfAnother(ID, ID)).isTrue();
    }

    @Test
    void found_again_staysItsOwn() {
        claims.found("notes", ID);
        claims.found(ID, ID);

        assertThat(claims.found("notes", ID)).isNull();
    }

    @Test
    void found_later_isTheFirstOnes() {
        claims.found("notes", ID);

        assertThat(claims.found(ID, ID)).isEqualTo("notes");
        assertThat(claims.isHolder(ID)).isFalse();
    }

    @Test
    void holderFindsNone_theNextOneHasIt() {
        claims.found("notes", ID);

        claims.found("notes", null);

        assertThat(claims.isHolder("notes")).isFalse();
        assertThat(claims.found(ID, ID)).isNull();
        assertThat(claims.found("notes", ID)).isEqualTo(ID);
    }

    @Test
    void holderFindsAnother_hasThatOneInstead() {
        claims.found("notes", ID);

        claims.found("notes", "other");

        assertThat(claims.found(ID, ID)).isNull();
        assertThat(claims.found("third", "other")).isEqualTo("notes");
    }

    @Test
    void holderFindsOneOfAnother_hasNone() {
        claims.found("notes", ID);
        claims.found("third", "other");

        assertThat(claims.found("notes", "other")).isEqualTo("third");

        assertThat(claims.isHolder("notes")).isFalse();
        assertThat(claims.found(ID, ID)).isNull();
    }

    @Test
    void holderIsReleased_theNextOneHasIt() {
        claims.found("notes", ID);

        claims.released("notes");

        assertThat(claims.isHolder("notes")).isFalse();
        assertThat(claims.found(ID, ID)).isNull();
    }

    @Test
    void anotherIsReleased_holderKeepsIt() {
        claims.found("notes", ID);

        claims.released(ID);

        assertThat(claims.found(ID, ID)).isEqualTo("notes");
    }
}
