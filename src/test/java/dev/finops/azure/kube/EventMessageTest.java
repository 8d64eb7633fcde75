package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EventMessageTest {
    @Test
    void keepsTheBeginningAndWhatToDo() {
        String remedy = "; az provider register --namespace Microsoft.CostManagementExports";
        String shortened = EventRecorder.shortened("RP Not Registered. " + "w".repeat(2000) + remedy);

        assertEquals(1000, shortened.length());
        assertTrue(shortened.startsWith("RP Not Registered. ") && shortened.endsWith(remedy), shortened);
        assertEquals("w".repeat(1000), EventRecorder.shortened("w".repeat(1000)));
    }
}
