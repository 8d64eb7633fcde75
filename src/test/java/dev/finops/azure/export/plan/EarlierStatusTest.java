package dev.finops.azure.export.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What release 0.1.0 told by texts, by zero and by the absence of values, once read. */
class EarlierStatusTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      asked for by azure.finops.dev/run-requested-at             | true | -
      asked for by azure.finops.dev/run-requested-at; no such    | true | no such
      StorageFault: no such container                            | -    | StorageFault: no such container
      -                                                          | -    | -
      """)
    void aMonthThatAPersonAskedFor(String message, Boolean requested, String words) {
        CostExportStatus read = read(draft -> draft.backfill =
                new Backfill("2026-10", 1, 0, 0, List.of(new Month("2026-10", "Pending", null, 2, message, null))));

        assertEquals(
                new Month("2026-10", "Pending", null, 2, words, requested),
                read.backfill().months().getFirst());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      2026-11-15T10:00:00Z | 0 | 2026-11-15T10:00:00Z
      2026-11-15T10:00:00Z | 1 | -
      -                    | 0 | -
      """)
    void aRunThatAzureDenied(String requested, int attempts, String denied) {
        CostExportStatus read =
                read(draft -> draft.pendingRun = new PendingRun("OnCreate", null, null, requested, attempts, null));

        assertEquals(new PendingRun("OnCreate", null, null, requested, attempts, denied), read.pendingRun());
    }

    @Test
    void aClosedMonth() {
        Run run = new Run(
                "a1",
                "OnDemand",
                "Completed",
                null,
                "2026-11-02T00:00:00Z",
                null,
                "2026-11-02T00:10:00Z",
                null,
                null,
                null,
                null);
        CostExportStatus read = read(draft -> {
            draft.runs = List.of(run);
            draft.closedMonths = List.of(new ClosedMonth(
                    "2026-10", List.of(2), "a1", "2026-11-02T00:20:00Z", 7L, 42L, null, null, null, null));
        });

        assertEquals(
                new ClosedMonth(
                        "2026-10",
                        List.of(2),
                        "a1",
                        "2026-11-02T00:20:00Z",
                        7L,
                        42L,
                        "Completed",
                        null,
                        null,
                        "2026-11-02T00:20:00Z"),
                read.closedMonths().getFirst());
    }

    private static CostExportStatus read(Consumer<StatusDraft> change) {
        StatusDraft draft = new StatusDraft(StatusDraft.EMPTY);
        change.accept(draft);
        CostExportStatus read = StatusSanitizer.of(draft.build());
        assertEquals(read, StatusSanitizer.of(read), "what was read is read again");
        return read;
    }
}
