package dev.finops.azure.arm;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/** Skips interim responses such as {@code 103 Early Hints}, which the library would take for the answer. */
public final class InformationalResponses extends ChannelInboundHandlerAdapter {
    public static final String NAME = "informational-responses";

    private boolean skipping;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        skipping |= message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
        if (!skipping) {
            context.fireChannelRead(message);
            return;
        }
        skipping = !(message instanceof LastHttpContent);
        ReferenceCountUtil.release(message);
        context.read(); // handlers above do not see the bytes that were read
    }
}
