// SPDX-License-Identifier: Apache-2.0
/** The front door on Netty: wakes, holds, answers and forwards HTTP/1.1. */
module io.lazystart.netty {
    requires transitive io.lazystart.core;
    requires transitive io.netty.transport;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.codec.http;
    requires io.netty.common;
    requires io.netty.handler;
    requires org.slf4j;
    requires static io.netty.transport.classes.epoll;
    requires static org.jspecify;

    exports io.lazystart.netty;
}
