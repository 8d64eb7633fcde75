package dev.finops.azure.export.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finops.azure.export.delivery.Manifest.Blob;
import dev.finops.azure.export.delivery.Manifest.Malformed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
    private static final String RUN = "bbac73f1-0d12-4c39-8c6f-6b0c5f4f3a11";

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
      2024-04-01,       bbac73f1-0d12-4c39-8c6f-6b0c5f4f3a11, 1.2-preview, 141, 16384, 105
      2024-04-01-early, bbac73f1-0d12-4c39-8c6f-6b0c5f4f3a11, 2023-05-01,  -,   8032,  -
      2021-01-01,       -,                                    -,           30,  200,   20
      """)
    void reads_every_version(
            String file, String runId, String dataVersion, Long rows, Long bytesOfFirst, Long rowsOfFirst)
            throws Exception {
        Manifest manifest = read(file);
        assertEquals(runId, manifest.runId());
        assertEquals(dataVersion, manifest.dataVersion());
        assertEquals(rows, manifest.rows());
        assertEquals(bytesOfFirst, manifest.blobs().getFirst().bytes());
        assertEquals(rowsOfFirst, manifest.blobs().getFirst().rows());
    }

    @Test
    void what_is_longer_than_azure_has_it_is_refused_or_shortened() throws Exception {
        String many = "x".repeat(1025);
        assertEquals(
                "it lists a blob whose name is longer than 1024 characters",
                assertThrows(
                                Malformed.class,
                                () -> Manifest.read(
                                        ("{\"blobs\": [{\"blobName\": \"" + many + "\"}]}").getBytes(UTF_8)))
                        .getMessage());
        assertEquals(
                64,
                Manifest.read(("{\"exportConfig\": {\"dataVersion\": \"" + many + "\"}, \"blobs\": []}")
                                .getBytes(UTF_8))
                        .dataVersion()
                        .length());
    }

    @Test
    void names_are_paths_from_the_containers_root() throws Exception {
        assertEquals(
                List.of(new Blob("folder/sample/20250301-20250331/" + RUN + "/part0.csv", 8032L, null)),
                read("2024-04-01-early").blobs());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
      empty-month, 0
      null-counts, 0
      """)
    void a_month_without_data_has_no_blobs(String file, Long rows) throws Exception {
        assertEquals(List.of(), read(file).blobs());
        assertEquals(rows, read(file).rows());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      ``                                                   | it is not a JSON object
      <html>sign in</html>                                 | it is not JSON
      {"blobs": [{"blobName": "part_0_0001.csv", "byteC    | it is not JSON
      []                                                   | it is not a JSON object
      {}                                                   | it has no list of blobs
      {"blobCount": 2}                                     | it has no list of blobs
      {"blobCount": 0, "blobs": "none"}                    | it has no list of blobs
      {"blobs": [{"byteCount": 1}]}                        | it lists a blob without blobName
      {"blobs": ["part_0_0001.csv"]}                       | it lists a blob without blobName
      {"blobs": [{"blobName": "a", "byteCount": -1}]}      | its byteCount is not a count
      {"blobs": [{"blobName": "a", "byteCount": "many"}]}  | its byteCount is not a count
      {"blobs": [], "dataRowCount": 99999999999999999999}  | its dataRowCount is not a count
      """)
    void says_why_it_cannot_be_read(String json, String why) {
        assertEquals(
                why,
                assertThrows(Malformed.class, () -> Manifest.read(json.getBytes(UTF_8)))
                        .getMessage());
    }

    @Test
    void nesting_without_end_is_refused() {
        assertThrows(Malformed.class, () -> Manifest.read("[".repeat(1_000_000).getBytes(UTF_8)));
    }

    @Test
    void more_than_a_manifest_can_be_is_refused_before_it_is_parsed() {
        byte[] huge = " ".repeat(Manifest.MAX_BYTES + 1).getBytes(UTF_8);
        assertEquals(
                "it is larger than 8388608 bytes",
                assertThrows(Malformed.class, () -> Manifest.read(huge)).getMessage());
    }

    @Test
    void what_would_be_a_tree_beyond_the_memory_is_none() {
        String trees = "{\"blobs\": [[]" + ",[]".repeat(2_000_000) + "]}";
        assertEquals(
                "it has more parts than a manifest has",
                assertThrows(Malformed.class, () -> Manifest.read(trees.getBytes(UTF_8)))
                        .getMessage());
    }

    private static Manifest read(String file) throws IOException, Malformed {
        return Manifest.read(Files.readAllBytes(Path.of("src/test/resources/manifests", file + ".json")));
    }
}
