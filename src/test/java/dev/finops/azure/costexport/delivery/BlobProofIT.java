package dev.finops.azure.costexport.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.credential.AccessToken;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.simulator.Answer;
import dev.finops.azure.costexport.simulator.AzureSimulator;
import dev.finops.azure.costexport.simulator.Behaviour;
import dev.finops.azure.costexport.simulator.Match;
import dev.finops.azure.costexport.simulator.Operation;
import dev.finops.azure.costexport.simulator.RunOutcome.Completed;
import dev.finops.azure.costexport.simulator.RunOutcome.Delivered;
import dev.finops.azure.costexport.storage.Azurite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Against real storage: Azurite over HTTPS, with the simulator's tokens and with SAS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BlobProofIT {
  private static final String ACCOUNT = "finopsexports";
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final AzureSimulator azure = AzureSimulator.start(AzureSimulator.Settings.defaults().withClock(CLOCK)
      .withBehaviour(Behaviour.defaults().withQueuedFor(Duration.ZERO).withInProgressFor(Duration.ZERO)));
  private final Queue<HttpRequest> asked = new ConcurrentLinkedQueue<>();
  private String container;
  private Azurite storage;
  private HttpClient http;
  private Access identity;

  @BeforeAll
  void start(@TempDir Path directory) {
    storage = Azurite.start(azure, directory, ACCOUNT);
    azure.deliverTo(storage);
    http = request -> {
      asked.add(request);
      return storage.http().send(request);
    };
    identity = new Access.Identity(credential(azure.clientSecret()).build());
  }

  @AfterAll
  void stop() {
    storage.close();
    azure.close();
  }

  @BeforeEach
  void inAContainerOfItsOwn() {
    container = "c" + UUID.randomUUID().toString().substring(0, 8);
    asked.clear();
  }

  @ParameterizedTest
  @CsvSource(textBlock = """
      2025-03-01, CreateNewReport,         Csv,     None,   true,  finops/p/20260301-20260331/202603101200/RUN/manifest.json
      2025-03-01, OverwritePreviousReport, Csv,     Gzip,   true,  finops/p/20260301-20260331/RUN/manifest.json
      2025-03-01, OverwritePreviousReport, Parquet, Snappy, true,  finops/p/20260301-20260331/RUN/manifest.json
      2023-08-01, CreateNewReport,         Csv,     None,   true,  finops/p/20260301-20260331/RUN/_manifest.json
      """)
  void every_layout_is_proven_and_found_by_the_runs_id(String version, String overwrite, String format, String compression,
      boolean partition, String manifest) {
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
    List<String> seen = asked.stream().map(request -> request.getHttpMethod() + " " + last(request)).sorted().toList();
    assertEquals(List.of("GET " + container, "GET manifest.json", "HEAD part_0_0001.csv", "HEAD part_1_0001.csv"), seen);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?"})
  void a_sas_is_enough(String before) {
    Run run = run(new Delivered.Whole());
    Access sas = new Access.Sas(before + storage.sas(ACCOUNT, container, "rl", OffsetDateTime.now().plusHours(1)) + "\n");
    proven(prove(run, sas, false));
    proven(prove(searched(run, null), sas, false));
  }

  @Test
  void a_missing_part() {
    Run run = run(new Delivered.LastPartMissing());
    failed(Reason.BLOB_MISSING, "1 of 2 blobs of run " + run.id() + " are not in container " + container + " of storage account " + ACCOUNT
        + ", the first is finops/p/20260301-20260331/202603101200/" + run.id() + "/part_1_0001.csv.", prove(run));
  }

  @Test
  void a_truncated_part() {
    failed(Reason.SIZE_MISMATCH, "1 of 2 blobs", prove(run(new Delivered.LastPartTruncated())));
  }

  @Test
  void a_missing_manifest() {
    Run run = run(new Delivered.NoManifest());
    failed(Reason.MANIFEST_MISSING, "manifest.json is not in container " + container + " of storage account " + ACCOUNT + " (BlobNotFound: The specified blob does not exist.).", prove(run));
    failed(Reason.MANIFEST_MISSING, "No manifest of run " + run.id() + " is under finops/p/202603 in", prove(searched(run, null)));
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
    assertEquals(new Proof.Superseded(older.id()), prove(older, identity, true));
    assertEquals(new Proof.Superseded(older.id()), prove(searched(older, null), identity, true));
    failed(Reason.MANIFEST_MISSING, older.id(), prove(older));
    proven(prove(newer, identity, true));
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
    List<String> names = IntStream.range(0, 60).mapToObj(part -> "many/part_" + part + ".csv").toList();
    names.forEach(name -> put(name, "12345"));
    put("many/manifest.json", manifest(names));
    assertEquals(300, proven(prove(named("many/manifest.json"))).bytes());
    put("many/manifest.json", manifest(IntStream.range(0, 10_001).mapToObj(part -> "part_" + part + ".csv").toList()));
    unreachable("lists more than 10000 blobs", prove(named("many/manifest.json")));
  }

  @Test
  void an_account_that_refuses_is_unreachable() {
    Run run = run(new Delivered.Whole());
    var armToken = new AccessToken(azure.entra().token(azure.clientId()), OffsetDateTime.now().plusHours(1));
    unreachable("AuthenticationFailed", prove(run, new Access.Identity(_ -> Mono.just(armToken)), false));
    unreachable("no token: ", prove(run, new Access.Identity(credential("wrong").build()), false));
    Access writes = new Access.Sas(storage.sas(ACCOUNT, container, "w", OffsetDateTime.now().plusHours(1)));
    unreachable("AuthorizationPermissionMismatch: This request is not authorized to perform this operation using this permission. Give",
        prove(run, writes, false));
  }

  @Test
  void a_sas_is_in_no_message() {
    Run run = run(new Delivered.Whole());
    String expired = storage.sas(ACCOUNT, container, "rl", OffsetDateTime.now().minusMinutes(1));
    String forged = storage.sas(ACCOUNT, container, "rl", OffsetDateTime.now().plusHours(1)).replaceFirst("sig=..", "sig=AA");
    for (String token : List.of(expired, forged, "sig=nonsense%2Fsecret", "?")) {
      String message = unreachable("", prove(run, new Access.Sas(token), false));
      assertFalse(message.contains("secret") || message.contains("sig=") && !message.contains("sig=***"), message);
      assertFalse(new Access.Sas(token).toString().contains("sig"));
    }
  }

  @Test
  void an_account_that_is_not_found_or_does_not_answer_is_unreachable() {
    Run run = run(new Delivered.Whole());
    unreachable("the host name finopsexports.blob.invalid is not known",
        new BlobProof(http, "https://{account}.blob.invalid", CLOCK).of(run, folder(), identity, false));
    unreachable("refused", new BlobProof(http, "https://127.0.0.1:65/{account}", CLOCK).of(run, folder(), identity, false));
    unreachable("it took too long", new BlobProof(_ -> Mono.error(new TimeoutException()), storage.endpointTemplate(), CLOCK)
        .of(run, folder(), identity, true));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 301, 307, 401, 403, 404, 407, 500, 502})
  void what_is_not_storages_answer_is_none(int status) {
    Run run = run(new Delivered.Whole());
    azure.faults().while_(Match.on(Operation.OTHER), new Answer(status, Map.of("Location", storage.endpointTemplate()), "<html>sign in</html>"));
    try {
      BlobProof proof = new BlobProof(http, azure.endpoint() + "/{account}", CLOCK);
      unreachable("HTTP " + status + " without", proof.of(run, folder(), identity, true));
      unreachable("HTTP " + status + " without", proof.of(searched(run, null), folder(), identity, true));
      assertTrue(asked.stream().allMatch(request -> request.getUrl().getPort() == azure.endpoint().getPort()), "a redirect was followed");
    } finally {
      azure.faults().clear();
    }
  }

  @Test
  void a_token_goes_to_storage_accounts_only() {
    BlobProof proof = new BlobProof(http, "https://{account}.localhost", CLOCK);
    for (String account : List.of("evil.example/", "evil.example#", "a@b", "")) {
      unreachable("there is no container exports of storage account",
          proof.of(named("manifest.json"), new ExportFolder(account, "exports", "p"), identity, false));
    }
    unreachable("there is no container", proof.of(named("manifest.json"), new ExportFolder(ACCOUNT, "../other?x", "p"), identity, false));
    assertTrue(asked.isEmpty());
  }

  private Proof prove(Run run) {
    return prove(run, identity, false);
  }

  private Proof prove(Run run, Access access, boolean overwritable) {
    return new BlobProof(http, storage.endpointTemplate(), CLOCK).of(run, folder(), access, overwritable);
  }

  private ExportFolder folder() {
    return new ExportFolder(ACCOUNT, container, "finops/p");
  }

  private static Delivery proven(Proof proof) {
    return assertInstanceOf(Proof.Proven.class, proof, proof.toString()).delivery();
  }

  private static void failed(Reason reason, String message, Proof proof) {
    var failed = assertInstanceOf(Proof.Failed.class, proof, proof.toString());
    assertEquals(reason, failed.reason(), failed.message());
    assertTrue(failed.message().contains(message), failed.message());
  }

  private static String unreachable(String message, Proof proof) {
    var unreachable = assertInstanceOf(Proof.Unreachable.class, proof, proof.toString());
    assertTrue(unreachable.message().contains(message), unreachable.message());
    return unreachable.message();
  }

  private ClientSecretCredentialBuilder credential(String secret) {
    return new ClientSecretCredentialBuilder().tenantId(azure.tenantId()).clientId(azure.clientId()).clientSecret(secret)
        .authorityHost(azure.endpoint() + "/").disableInstanceDiscovery().httpClient(storage.http());
  }

  private Run run(Delivered delivered) {
    return run("2025-03-01", document("CreateNewReport", "Csv", "None", true), delivered);
  }

  /** What the newest run of this test's export left behind. */
  private Run run(String version, ObjectNode document, Delivered delivered) {
    String scope = "/subscriptions/" + UUID.nameUUIDFromBytes(container.getBytes(UTF_8));
    if (azure.exports().find(scope, "p").isEmpty()) {
      azure.exports().create(scope, "p", version, "portal@example.com", document);
    }
    azure.exports().nextRun(scope, "p", new Completed(delivered));
    azure.exports().run(scope, "p", "portal@example.com");
    JsonNode run = azure.exports().runs(scope, "p").getLast();
    JsonNode properties = run.path("properties");
    return new Run(run.path("name").asText(), null, "Completed", null, null, null, null,
        new TimePeriod(properties.path("startDate").textValue(), properties.path("endDate").textValue()),
        properties.path("fileName").textValue(), properties.path("manifestFile").textValue(), null);
  }

  private ObjectNode document(String overwrite, String format, String compression, boolean partition) {
    try {
      return (ObjectNode) MAPPER.readTree("""
          {"properties": {"format": "%s", "compressionMode": "%s", "dataOverwriteBehavior": "%s", "partitionData": %s,
            "deliveryInfo": {"destination": {"container": "%s", "rootFolderPath": "finops",
              "resourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/%s"}},
            "definition": {"type": "ActualCost", "timeframe": "MonthToDate", "dataSet": {"granularity": "Daily"}}}}
          """.formatted(format, compression, overwrite, partition, container, ACCOUNT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The run as an api-version tells it that does not name the manifest. */
  private static Run searched(Run run, String fileName) {
    return new Run(run.id(), null, run.status(), null, null, null, null, run.timePeriod(), fileName, null, null);
  }

  private static Run named(String manifest) {
    return new Run(UUID.randomUUID().toString(), null, "Completed", null, null, null, null, null, null, manifest, null);
  }

  private static String manifest(List<String> names) {
    ObjectNode manifest = MAPPER.createObjectNode();
    names.forEach(name -> manifest.withArray("blobs").addObject().put("blobName", name).put("byteCount", 5));
    return manifest.toString();
  }

  private long bytesOfParts() {
    return storage.container(ACCOUNT, container).listBlobs().stream().filter(blob -> !blob.getName().endsWith("manifest.json"))
        .mapToLong(blob -> blob.getProperties().getContentLength()).sum();
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
