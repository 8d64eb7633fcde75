package dev.finops.azure.export.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.http.HttpRequest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.simulator.RunOutcome.Delivered;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run left in storage, and what is said of it. */
class DeliveryVerifierIT extends StorageTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
      2025-03-01, CreateNewReport,         Csv,     None,   true,  finops/p/20260301-20260331/202603101200/RUN/manifest.json
      2025-03-01, OverwritePreviousReport, Csv,     Gzip,   true,  finops/p/20260301-20260331/RUN/manifest.json
      2025-03-01, OverwritePreviousReport, Parquet, Snappy, true,  finops/p/20260301-20260331/RUN/manifest.json
      2023-08-01, CreateNewReport,         Csv,     None,   true,  finops/p/20260301-20260331/RUN/_manifest.json
      """)
    void every_layout_is_proven_and_found_by_the_runs_id(
            String version, String overwrite, String format, String compression, boolean partition, String manifest) {
        Run run = run(version, document(overwrite, format, compression, partition), new Delivered.Whole());
        Delivery delivery = proven(prove(run));
        assertEquals(run.id(), delivery.runId());
        assertEquals(manifest.replace("RUN", run.id()), delivery.manifest());
        assertEquals(2, delivery.blobs());
        assertTrue(delivery.rows() >= 200, delivery.toString());
        assertEquals(bytesOfParts(), delivery.bytes());
        assertEquals("2026-03-10T12:00:00Z", delivery.verifiedTime());
        assertEquals(delivery, proven(prove(searched(run, null))));
        assertEquals(delivery, proven(prove(searched(run, run.fileName()))));
    }

    @Test
    void a_run_of_one_file_without_manifest_is_that_file() {
        Run run = run("2023-08-01", document("CreateNewReport", "Csv", "None", false), new Delivered.Whole());
        assertEquals("finops/p/20260301-20260331/p_" + run.id() + ".csv", run.fileName());
        Delivery delivery = proven(prove(run));
        assertEquals(bytesOfParts(), delivery.bytes());
        assertNull(delivery.manifest());
        delete(run.fileName());
        failed(Reason.BLOB_MISSING, "1 of 1 blobs", prove(run));
    }

    @Test
    void data_is_never_read() {
        proven(prove(searched(run(new Delivered.Whole()), null)));
        List<String> seen = asked.stream()
                .map(request -> request.getHttpMethod() + " " + last(request))
                .sorted()
                .toList();
        assertEquals(
                List.of("GET " + container, "GET manifest.json", "HEAD part_0_0001.csv", "HEAD part_1_0001.csv"), seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?"})
    void a_sas_is_enough(String before) {
        Run run = run(new Delivered.Whole());
        StorageCredential sas = new StorageCredential.Sas(before
                + storage.sas(ACCOUNT, container, "rl", OffsetDateTime.now().plusHours(1)) + "\n");
        proven(prove(run, sas, false));
        proven(prove(searched(run, null), sas, false));
    }

    @Test
    void a_missing_part() {
        Run run = run(new Delivered.LastPartMissing());
        failed(
                Reason.BLOB_MISSING,
                "1 of 2 blobs of run " + run.id() + " are not in container " + container + " of storage account "
                        + ACCOUNT + ", the first is finops/p/20260301-20260331/202603101200/" + run.id()
                        + "/part_1_0001.csv.",
                prove(run));
    }

    @Test
    void a_truncated_part() {
        failed(Reason.SIZE_MISMATCH, "1 of 2 blobs", prove(run(new Delivered.LastPartTruncated())));
    }

    @Test
    void a_missing_manifest() {
        Run run = run(new Delivered.NoManifest());
        failed(
                Reason.MANIFEST_MISSING,
                "The manifest of run " + run.id() + " is not in container " + container + " of storage account "
                        + ACCOUNT + ": BlobNotFound: The specified blob does not exist.",
                prove(run));
        failed(
                Reason.MANIFEST_MISSING,
                "No manifest of run " + run.id() + " is below finops/p/202603 in",
                prove(searched(run, null)));
    }

    @Test
    void a_missing_container() {
        Run run = run(new Delivered.Whole());
        storage.container(ACCOUNT, container).delete();
        failed(Reason.MANIFEST_MISSING, "ContainerNotFound", prove(run));
        failed(Reason.MANIFEST_MISSING, "ContainerNotFound", prove(searched(run, null)));
    }

    @Test
    void a_late_manifest_is_proven_once_it_is_there() {
        Run run = run(new Delivered.LateManifest(Duration.ofSeconds(1)));
        failed(Reason.MANIFEST_MISSING, "BlobNotFound", prove(run));
        await().untilAsserted(() -> proven(prove(run)));
    }

    @Test
    void a_month_without_data_is_proven_with_nothing() {
        Delivery delivery = proven(prove(run(new Delivered.NoData())));
        assertEquals(List.of(0, 0L, 0L), List.of(delivery.blobs(), delivery.bytes(), delivery.rows()));
    }

    @Test
    void a_run_that_a_newer_one_overwrote_is_superseded() {
        ObjectNode document = document("OverwritePreviousReport", "Csv", "None", true);
        Run older = run("2025-03-01", document, new Delivered.Whole());
        proven(prove(older));
        Run newer = run("2025-03-01", document, new Delivered.Whole());
        assertEquals(new DeliveryResult.Superseded(older.id()), prove(older, identity, true));
        assertEquals(new DeliveryResult.Superseded(older.id()), prove(searched(older, null), identity, true));
        failed(Reason.MANIFEST_MISSING, older.id(), prove(older));
        proven(prove(newer, identity, true));
    }

    @Test
    void a_manifest_that_a_newer_run_put_in_its_place_is_no_proof_of_the_older_one() {
        Run newer = run(new Delivered.Whole());
        Run older = named(newer.manifestFile());
        assertEquals(new DeliveryResult.Superseded(older.id()), prove(older, identity, true));
    }

    @Test
    void a_truncated_part_is_not_excused_by_a_newer_run() {
        failed(Reason.SIZE_MISMATCH, "", prove(run(new Delivered.LastPartTruncated()), identity, true));
    }

    @Test
    void a_manifest_that_is_none() {
        Run run = run(new Delivered.Whole());
        put(run.manifestFile(), "<html>");
        failed(Reason.MANIFEST_MISSING, "cannot be read: it is not JSON.", prove(run));
        put(run.manifestFile(), "");
        failed(Reason.MANIFEST_MISSING, "cannot be read", prove(run));
        put(run.manifestFile(), " ".repeat(Manifest.MAX_BYTES + 10_000));
        failed(Reason.MANIFEST_MISSING, "cannot be read: it is larger than", prove(run));
    }

    @Test
    void names_are_taken_literally() {
        List<String> names = List.of("kosten 100%/Übersicht+1/part 0%20.csv", "a?b#c&d=e.csv");
        names.forEach(name -> put(name, "12345"));
        put("m/manifest.json", manifest(names));
        assertEquals(2, proven(prove(named("m/manifest.json"))).blobs());
    }

    @Test
    void many_blobs_are_asked_for_at_once_but_not_without_bound() {
        List<String> names = IntStream.range(0, 60)
                .mapToObj(part -> "many/part_" + part + ".csv")
                .toList();
        names.forEach(name -> put(name, "12345"));
        put("many/manifest.json", manifest(names));
        assertEquals(300, proven(prove(named("many/manifest.json"))).bytes());
        put(
                "many/manifest.json",
                manifest(IntStream.range(0, 10_001)
                        .mapToObj(part -> "part_" + part + ".csv")
                        .toList()));
        unreachable("lists more than 10000 blobs", prove(named("many/manifest.json")));
    }

    private static String manifest(List<String> names) {
        ObjectNode manifest = MAPPER.createObjectNode();
        names.forEach(name ->
                manifest.withArray("blobs").addObject().put("blobName", name).put("byteCount", 5));
        return manifest.toString();
    }

    private long bytesOfParts() {
        return storage.container(ACCOUNT, container).listBlobs().stream()
                .filter(blob -> !blob.getName().endsWith("manifest.json"))
                .mapToLong(blob -> blob.getProperties().getContentLength())
                .sum();
    }

    private void put(String name, String content) {
        storage.write(ACCOUNT, container, name, content.getBytes(UTF_8));
    }

    private void delete(String name) {
        storage.container(ACCOUNT, container).getBlobClient(name).delete();
    }

    private static String last(HttpRequest request) {
        String path = URLDecoder.decode(request.getUrl().getPath(), UTF_8);
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
