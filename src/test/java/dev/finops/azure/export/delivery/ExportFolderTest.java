package dev.finops.azure.export.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.api.v1alpha1.CostExportSpec.Destination;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportFolderTest {
    private static final String ID =
            "/subscriptions/s/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/FinOpsExports/";

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
      finops/focus,  finops/focus/daily
      finops/focus/, finops/focus/daily
      /finops,       finops/daily
      /,             daily
      -,             daily
      """)
    void is_below_the_root_folder(String root, String path) {
        assertEquals(
                path,
                ExportFolder.of(new Destination(ID, null, null, "exports", root), "daily")
                        .path());
    }

    @Test
    void the_account_is_the_last_segment_of_the_id_or_named() {
        String template = "https://{account}.blob.core.windows.net";
        assertEquals(
                "https://finopsexports.blob.core.windows.net",
                ExportFolder.of(new Destination(ID, null, null, "exports", null), "daily")
                        .endpoint(template));
        assertEquals(
                "https://partner1.blob.core.windows.net",
                ExportFolder.of(new Destination(null, "partner1", null, "exports", null), "daily")
                        .endpoint(template));
    }

    @ParameterizedTest
    @CsvSource({
        "exports, finops, daily, true",
        "EXPORTS, finops, daily, true",
        "exports, Finops, daily, false",
        "exports, finops, Daily, false"
    })
    void is_one_folder_in_any_letter_case_of_account_and_container(
            String container, String root, String name, boolean same) {
        ExportFolder folder = ExportFolder.of(new Destination(ID, null, null, "exports", "finops"), "daily");

        assertEquals(
                same,
                folder.key()
                        .equals(ExportFolder.of(
                                        new Destination(
                                                ID.toUpperCase(java.util.Locale.ROOT), null, null, container, root),
                                        name)
                                .key()));
    }
}
