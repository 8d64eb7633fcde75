package dev.finops.azure.simulator;

/** The storage accounts that completed runs write to. */
public interface BlobSink {

    BlobSink NONE = new BlobSink() {
        @Override
        public void write(String account, String container, String name, byte[] content) {}

        @Override
        public void delete(String account, String container, String prefix, String except) {}
    };

    /** Makes the container too when it is missing. */
    void write(String account, String container, String name, byte[] content);

    /** Deletes what is below one prefix and not below the other. */
    void delete(String account, String container, String prefix, String except);
}
