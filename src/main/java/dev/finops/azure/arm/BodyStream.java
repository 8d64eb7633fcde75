package dev.finops.azure.arm;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;

/**
 * Reads a response body while it arrives, with back-pressure: the sender waits while the reader is busy. Its reader may
 * block.
 */
public final class BodyStream extends InputStream {
    private final Stream<ByteBuffer> parts;
    private final Iterator<ByteBuffer> next;
    private ByteBuffer part = ByteBuffer.allocate(0);

    public BodyStream(Flux<ByteBuffer> body) {
        this.parts = body.toStream(1);
        this.next = parts.iterator();
    }

    @Override
    public int read() {
        return fill() ? part.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, part.remaining());
        part.get(bytes, offset, count);
        return count;
    }

    private boolean fill() {
        while (!part.hasRemaining() && next.hasNext()) {
            part = next.next();
        }
        return part.hasRemaining();
    }

    @Override
    public void close() {
        parts.close();
    }
}
