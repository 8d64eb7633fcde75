package dev.finops.azure.export.delivery;

import com.azure.core.credential.TokenCredential;

/** As whom the storage account is asked. */
public sealed interface StorageCredential {
    record Identity(TokenCredential credential) implements StorageCredential {}

    record Sas(String token) implements StorageCredential {
        public Sas {
            token = token.strip().replaceFirst("^\\?", "");
        }

        /** Without the signature. */
        @Override
        public String toString() {
            return "a SAS";
        }
    }
}
