// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

/** The same where there is no epoll. */
class UpgradeOverNioTest extends UpgradeTest {
    @Override
    FrontDoor newDoor() {
        return new FrontDoor(NettyServer.Builder::nioOnly);
    }
}
