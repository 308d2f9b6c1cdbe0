// SPDX-License-Identifier: Apache-2.0
package io.lazystart.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One end's connection, which takes what is written to it when the test lets it. */
final class EmbeddedPeer extends EmbeddedChannel implements DuplexChannel {
    private boolean stalled;
    private boolean takesOne;
    private int takesBytes;
    private boolean broken;
    private boolean outputEnded;

    EmbeddedPeer() {
        super(new ChannelInboundHandlerAdapter());
    }

    void stall() {
        stalled = true;
    }

    void goOn() {
        stalled = false;
        flush();
    }

    /** Takes the first of what it has not taken, and stays stalled. */
    void takeOne() {
        takesOne = true;
        flush();
    }

    /** Takes so many bytes, of which nobody hears, and stays stalled. */
    void takeBytes(int count) {
        takesBytes = count;
        flush();
    }

    /** Fails writes from now on, and stays open, as a socket does without automatic closing. */
    void breakOff() {
        config().setAutoClose(false);
        broken = true;
    }

    boolean outputEnded() {
        return outputEnded;
    }

    String taken() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf part = readOutbound(); part != null; part = readOutbound()) {
            all.append(part.toString(StandardCharsets.US_ASCII));
            part.release();
        }
        return all.toString();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer pending) throws Exception {
        if (broken) {
            throw new IOException("reset by peer");
        }
        if (takesBytes > 0) {
            pending.removeBytes(takesBytes);
            takesBytes = 0;
        }
        if (takesOne) {
            takesOne = false;
            handleOutboundMessage(ReferenceCountUtil.retain(pending.current()));
            pending.remove();
        }
        if (!stalled) {
            super.doWrite(pending);
        }
    }

    @Override
    public boolean isOutputShutdown() {
        return outputEnded;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputEnded = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isInputShutdown() {
        return false;
    }

    @Override
    public ChannelFuture shutdownInput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public ChannelFuture shutdown() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }
}
