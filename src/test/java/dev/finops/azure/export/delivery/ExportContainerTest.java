package dev.finops.azure.export.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

class ExportContainerTest {
    /** A percent sign is one of the name. */
    @ParameterizedTest
    @CsvSource({
        "finops/manifest.json, finops%2Fmanifest.json",
        "Ünits/50% x/a+b.csv, %C3%9Cnits%2F50%25%20x%2Fa+b.csv",
        "a%20b/x.csv, a%2520b%2Fx.csv"
    })
    void theNameOfABlobIsEncodedOnce(String name, String encoded) {
        List<URL> asked = new ArrayList<>();
        ExportContainer container = ExportContainer.at(
                request -> {
                    asked.add(request.getUrl());
                    return Mono.error(new IllegalStateException("asked"));
                },
                "https://finops.blob.example",
                "exports",
                new StorageCredential.Sas("sv=1&sig=x"));

        assertThrows(StorageErrorClassifier.class, () -> container.read(name, 10));

        assertEquals("/exports/" + encoded, asked.getFirst().getPath());
    }
}
