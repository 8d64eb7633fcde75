package dev.finops.azure.document;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Text that is kept for long and read seldom, in a tenth of the memory. */
public final class Deflated {
    private final byte[] bytes;
    private final int length;

    private Deflated(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
    }

    public static Deflated of(byte[] text) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(text);
            deflater.finish();
            byte[] packed = new byte[text.length / 4 + 64];
            int length = 0;
            while (!deflater.finished()) {
                if (length == packed.length) { // a full buffer takes nothing more, for ever
                    packed = Arrays.copyOf(packed, packed.length * 2);
                }
                length += deflater.deflate(packed, length, packed.length - length);
            }
            return new Deflated(Arrays.copyOf(packed, length), text.length);
        } finally {
            deflater.end();
        }
    }

    public byte[] text() {
        Inflater inflater = new Inflater(true);
        try {
            byte[] text = new byte[length];
            inflater.setInput(bytes);
            int read = 0;
            while (read < length) {
                int part = inflater.inflate(text, read, length - read);
                if (part == 0) {
                    throw new IllegalStateException("the packed text ends after " + read + " of " + length + " bytes");
                }
                read += part;
            }
            return text;
        } catch (DataFormatException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            inflater.end();
        }
    }
}
