package dev.finops.azure.costexport.delivery;

import com.azure.core.credential.TokenCredential;

/** As whom the storage account is asked. */
public sealed interface Access {
  record Identity(TokenCredential credential) implements Access {}

  record Sas(String token) implements Access {
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
