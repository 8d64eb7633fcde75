package dev.finops.azure.soak;

import dev.finops.azure.simulator.BlobSink;

/** Of all that is delivered only what somebody reads is written. */
record ProvenOnly(BlobSink storage, String read) implements BlobSink {
    @Override
    public void write(String account, String container, String name, byte[] content) {
        if (account.equals(read)) {
            storage.write(account, container, name, content);
        }
    }

    @Override
    public void delete(String account, String container, String prefix, String except) {
        if (account.equals(read)) {
            storage.delete(account, container, prefix, except);
        }
    }
}
