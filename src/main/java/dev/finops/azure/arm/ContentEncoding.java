package dev.finops.azure.arm;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Decodes bodies that a proxy compressed although the operator did not request it. The decoded size stays bounded. */
public final class ContentEncoding {
    private ContentEncoding() {}

    /** @param limit of the decoded bytes */
    public static InputStream decoded(HttpResponse response, InputStream body, long limit) throws IOException {
        return new Limited(
                switch (of(response)) {
                    case "gzip", "x-gzip" -> new GZIPInputStream(body);
                    case "deflate" -> new InflaterInputStream(body);
                    default -> body;
                },
                limit);
    }

    public static byte[] decoded(HttpResponse response, byte[] body, int limit) {
        if (body.length == 0 || of(response).isEmpty()) {
            return body;
        }
        try (InputStream decoded = decoded(response, new ByteArrayInputStream(body), limit)) {
            return decoded.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String of(HttpResponse response) {
        String encoding = Optional.ofNullable(response.getHeaders().getValue(HttpHeaderName.CONTENT_ENCODING))
                .orElse("");
        return encoding.strip().toLowerCase(Locale.ROOT).replace("identity", "");
    }

    /** A few bytes may decode to gigabytes. */
    private static final class Limited extends FilterInputStream {
        private long left;

        Limited(InputStream in, long limit) {
            super(in);
            this.left = limit;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count(read < 0 ? 0 : 1);
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count(Math.max(0, read));
            return read;
        }

        private void count(int read) {
            left -= read;
            if (left < 0) {
                throw new BoundedHttpClient.AnswerTooLarge();
            }
        }
    }
}
