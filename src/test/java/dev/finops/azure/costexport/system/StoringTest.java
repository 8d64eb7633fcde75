package dev.finops.azure.costexport.system;

import dev.finops.azure.costexport.storage.Azurite;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;

/** A system test with storage accounts, into which the simulated Azure writes what runs deliver. */
abstract class StoringTest extends SystemTest {
  final Azurite storage = Azurite.start(azure, Path.of("target/azurite"), "finopsexports", "partner");

  @Override
  Map<String, String> settings() {
    azure.deliverTo(storage);
    return Map.of("AZURE_BLOB_ENDPOINT_TEMPLATE", storage.endpointTemplate());
  }

  @AfterAll
  void stopStorage() {
    storage.close();
  }
}
