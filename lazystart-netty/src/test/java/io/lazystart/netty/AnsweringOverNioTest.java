// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

/** The same where there is no epoll. */
class AnsweringOverNioTest extends AnsweringTest {
    @Override
    FrontDoor newDoor() {
        return new FrontDoor(NettyServer.Builder::nioOnly);
    }
}
