package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An object that is deleted and made again under its name, at the moment at which the name is free. */
class RecreatedIT extends SystemTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', textBlock = """
      deleted  ; deletionPolicy: Delete    ; Created
      orphaned ; deletionPolicy: Orphan    ; Adopted
      watched  ; managementPolicy: Observe ;
      """)
    void theNextObjectOfTheNameIsServed(String name, String policy, String origin) {
        LiveExport export = export(name, policy);
        String scope = export.scope();
        for (int times = 0; times < 3; times++) {
            served(export);
            export = again(export, scope, policy);
        }

        served(export);
        assertEquals(origin, export.status().origin());
    }

    private static void served(LiveExport export) {
        eventually(() -> {
            assertNotEquals("Unknown", export.condition("Ready").status());
            assertEquals(
                    export.object().getMetadata().getGeneration(),
                    export.status().observedGeneration());
        });
    }

    private LiveExport again(LiveExport export, String scope, String policy) {
        export.delete();
        ObjectNode manifest = manifest(export.name(), scope, policy, Map.of());
        AtomicReference<LiveExport> made = new AtomicReference<>();
        while (made.get() == null) {
            try {
                made.set(apply(manifest));
            } catch (KubernetesClientException notFree) {
                assertEquals(409, notFree.getCode());
            }
        }
        return made.get();
    }
}
