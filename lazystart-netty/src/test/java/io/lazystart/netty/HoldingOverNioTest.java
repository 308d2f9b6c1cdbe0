// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

/** The same where there is no epoll. */
class HoldingOverNioTest extends HoldingTest {
    @Override
    FrontDoor newDoor() {
        return new FrontDoor(NettyServer.Builder::nioOnly);
    }
}
