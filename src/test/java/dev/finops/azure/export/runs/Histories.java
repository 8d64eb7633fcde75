package dev.finops.azure.export.runs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.export.document.ObservedExport;
import java.time.YearMonth;

/**
 * Run histories in a line a run, as in {@code a1 Completed 2026-11-15T09:00:00Z OnDemand 2026-10}; the last two may be
 * missing.
 */
public final class Histories {
    private Histories() {}

    public static ObservedExport with(ObservedExport export, String... runs) {
        ObjectNode document = export.document().deepCopy();
        ArrayNode history = document.withObject("/properties/runHistory").putArray("value");
        for (String run : runs) {
            String[] words = run.split(" ");
            ObjectNode properties = history.addObject().put("name", words[0]).putObject("properties");
            properties
                    .put("status", words[1])
                    .put("submittedTime", words[2])
                    .put("executionType", words.length > 3 ? words[3] : "OnDemand");
            if (words.length > 4) {
                properties
                        .put("startDate", words[4] + "-01T00:00:00")
                        .put("endDate", YearMonth.parse(words[4]).atEndOfMonth() + "T00:00:00Z");
            }
            if (!words[1].equals("Queued") && !words[1].equals("InProgress")) {
                properties.put("processingEndTime", words[2]);
            }
            if (words[1].equals("Failed")) {
                properties.putObject("error").put("code", "StorageFault").put("message", "no such container");
            }
        }
        return new ObservedExport(document);
    }
}
