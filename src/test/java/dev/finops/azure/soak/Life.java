package dev.finops.azure.soak;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.controlplane.Tunnel;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.storage.Azurite;
import dev.finops.azure.system.LiveExport;
import dev.finops.azure.system.OperatorProcess;
import dev.finops.azure.system.ShiftedClock;
import dev.finops.azure.system.SystemTest;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** An operator and what happens around it, day after day of Azure's time, which passes quickly. */
final class Life implements AutoCloseable {
    private static final String PROVEN = "finopsexports";
    private static final String PARTNER = "partner";
    private static final int SCOPES = 10;
    private static final int SECRETS = 3;

    /** Of all objects so many come and go. */
    private static final int PASSING = 6;

    private static final int EDITED = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final ControlPlane cluster;
    private final KubernetesClient client;
    private final Pace pace;
    private final String namespace;
    private final ShiftedClock clock = new ShiftedClock();
    private final AzureSimulator azure;
    private final Azurite storage;
    private final Tunnel network;
    private final OperatorProcess operator;
    private final Instant start;
    private final Deque<String> passing = new ArrayDeque<>();
    private final List<String> clients = IntStream.range(0, SECRETS)
            .mapToObj(_ -> UUID.randomUUID().toString())
            .toList();
    private int steps;
    private int made;

    Life(ControlPlane cluster, Path directory, Pace pace) throws IOException {
        this.cluster = cluster;
        this.client = cluster.client();
        this.pace = pace;
        // Runs take a quarter of an hour, tokens last for one: neither outlives a step.
        Behaviour behaviour = Behaviour.defaults()
                .withRunsPerMinute(1000)
                .withTokenLifetime(Duration.ofHours(1))
                .withQueuedFor(Duration.ofMinutes(5))
                .withInProgressFor(Duration.ofMinutes(10));
        azure = AzureSimulator.start(
                AzureSimulator.Settings.defaults().withClock(clock).withBehaviour(behaviour));
        storage = Azurite.start(azure, directory, PROVEN, PARTNER);
        azure.deliverTo(new ProvenOnly(storage, PROVEN));
        namespace = cluster.newNamespace("soak");
        network = Tunnel.to(cluster);
        // A month ends and days of closedMonth come while nothing has to be flat yet.
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        LocalDate first = today.withDayOfMonth(28).isAfter(today)
                ? today.withDayOfMonth(28)
                : today.plusMonths(1).withDayOfMonth(28);
        start = first.atStartOfDay(ZoneOffset.UTC).toInstant();
        clock.advance(Duration.between(clock.instant(), start));
        operator = launch(directory);
        rotate(0);
        IntStream.range(0, pace.exports())
                .forEach(number -> client.resource(export(name(number), scope(number), kind(number)))
                        .create());
        IntStream.range(0, PASSING).forEach(_ -> arrive());
        await("all are Ready", () -> all().stream().filter(LiveExport::isReady).count() == pace.exports() + PASSING);
    }

    private OperatorProcess launch(Path directory) {
        Map<String, String> environment = SystemTest.environment(azure, network.kubeconfig(namespace), namespace);
        environment.putAll(Map.of(
                "OBSERVE_INTERVAL",
                "1s",
                "RUN_POLL_INTERVAL",
                "1s",
                "RETRY_MAX",
                "2s",
                "AZURE_BLOB_ENDPOINT_TEMPLATE",
                storage.endpointTemplate()));
        return OperatorProcess.launch(directory, environment, List.of("target/costexport-operator"))
                .awaitReady();
    }

    OperatorProcess operator() {
        return operator;
    }

    AzureSimulator azure() {
        return azure;
    }

    KubernetesClient client() {
        return client;
    }

    String namespace() {
        return namespace;
    }

    List<CostExport> all() {
        return client.resources(CostExport.class).inNamespace(namespace).list().getItems();
    }

    double day() {
        return steps / (double) pace.steps();
    }

    /** Half a day, and what it brings; at its end all work that it made is done. */
    void passHalfDay() throws InterruptedException {
        for (int i = 0; i < pace.steps() / 2; i++) {
            Instant until = Instant.now().plus(pace.step());
            steps++;
            clock.advance(Duration.between(
                    clock.instant(),
                    start.plus(Duration.ofDays(1).multipliedBy(steps).dividedBy(pace.steps()))));
            happen(steps % pace.steps(), steps / pace.steps());
            Thread.sleep(Math.max(0, Duration.between(Instant.now(), until).toMillis()));
        }
        await("the runs of the day are told and the passing are Ready", this::settled);
    }

    /** A run that is asked for ends before the half day does, as only steps bring time. */
    private void happen(int step, int day) {
        leave(passing.removeFirst());
        arrive();
        switch (step) {
            case 0 -> rotate(day);
            case 1 ->
                IntStream.range(0, EDITED)
                        .map(i -> 10 * i + 8)
                        .forEach(number -> client.resources(CostExport.class)
                                .inNamespace(namespace)
                                .withName(name(number))
                                .patch(
                                        PatchContext.of(PatchType.JSON_MERGE),
                                        "{\"metadata\":{\"annotations\":{\"%s\":\"day %d\"}}}"
                                                .formatted(Annotations.RUN_REQUESTED_AT, day)));
            case 2 -> network.cut();
            case 3 ->
                IntStream.range(0, EDITED)
                        .map(i -> 10 * i + 7)
                        .forEach(number -> azure.exports()
                                .edit(
                                        scope(number),
                                        name(number),
                                        "portal@example.com",
                                        document -> document.withObject("/properties")
                                                .put("exportDescription", "edited on day " + day)));
            default -> {}
        }
    }

    /** Secrets and SAS tokens of today. */
    private void rotate(int day) {
        for (int i = 0; i < SECRETS; i++) {
            credentials("credentials-" + i, clients.get(i), "hush-" + i + "-" + day);
            secret(
                    "sas-" + i,
                    Map.of(
                            "token",
                            storage.accountSas(
                                    PARTNER,
                                    OffsetDateTime.now(ZoneOffset.UTC)
                                            .plusDays(300 + day)
                                            .withNano(0))));
        }
    }

    /**
     * One more of those that stay for a while only, each in a subscription of its own, every other one with an
     * application of its own.
     */
    private void arrive() {
        String name = "passing-" + made++;
        String scope = "/subscriptions/" + UUID.randomUUID();
        boolean own = made % 2 == 0;
        if (own) {
            credentials(name, UUID.randomUUID().toString(), "hush-" + name);
        }
        client.resource(export(
                        name,
                        scope,
                        "runOnCreate: true" + (own ? "\n  credentialsSecretRef: {name: " + name + "}" : "")))
                .create();
        passing.add(name);
    }

    private void leave(String name) {
        client.resources(CostExport.class).inNamespace(namespace).withName(name).delete();
        client.secrets().inNamespace(namespace).withName(name).delete();
    }

    private boolean settled() {
        List<CostExport> all = all();
        Instant now = clock.instant();
        Instant due = now.atZone(ZoneOffset.UTC)
                .toLocalDate()
                .atStartOfDay()
                .minusHours(1)
                .toInstant(ZoneOffset.UTC); // Azure's runs are at 23:00
        boolean second = due.isAfter(start.plus(Duration.ofDays(2)));
        return all.size() == pace.exports() + PASSING
                && all.stream().allMatch(LiveExport::isReady)
                && (!second
                        || all.stream()
                                .filter(Life::isDaily)
                                .allMatch(object -> hasRun(object.getStatus().lastRun(), due)));
    }

    private static boolean isDaily(CostExport object) {
        return object.getMetadata().getName().startsWith("export-")
                && object.getSpec().schedule().recurrence().toString().equals("Daily");
    }

    private static boolean hasRun(Run run, Instant due) {
        return run != null
                && run.processingEndTime() != null
                && !Instant.parse(run.submittedTime()).isBefore(due);
    }

    private static String name(int number) {
        return "export-" + number;
    }

    private static String scope(int number) {
        return "/subscriptions/00000000-0000-0000-0000-%012d".formatted(number % SCOPES);
    }

    private static String kind(int number) {
        int which = number / SCOPES % SECRETS;
        return switch (number % 10) {
            case 0 -> "schedule: {recurrence: Weekly}";
            case 1 -> "schedule: {recurrence: Monthly}\n  backfill: {months: 3}";
            case 2 -> "closedMonth: {rerunOnDays: [2, 5]}";
            case 3 ->
                "delivery: {verify: true}\n  destination: {container: exports, storageAccountId: %s}"
                        .formatted(account(PROVEN));
            case 4 ->
                ("destination: {container: exports, storageAccountName: %s, sasTokenSecretRef: {name: "
                                + "sas-%d, key: token}}")
                        .formatted(PARTNER, which);
            case 5 -> "credentialsSecretRef: {name: credentials-%d}".formatted(which);
            case 6 -> "runOnCreate: true\n  freshness: {maxAge: 48h}";
            default -> "";
        };
    }

    private static String account(String name) {
        return "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/"
                + name;
    }

    private CostExport export(String name, String scope, String more) {
        return Serialization.unmarshal(
                """
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %s, namespace: %s}
        spec:
          scope: %s
          description: as Git says
          dataset: {type: ActualCost, timeframe: MonthToDate, granularity: Daily}
          %s%s%s
        """.formatted(
                                name,
                                namespace,
                                scope,
                                more.contains("schedule:") ? "" : "schedule: {recurrence: Daily}\n  ",
                                more.contains("destination:")
                                        ? ""
                                        : ("destination: {container: exports, rootFolderPath: %s, "
                                                        + "storageAccountId: %s}\n  ")
                                                .formatted(name, account("elsewhere")),
                                more),
                CostExport.class);
    }

    private void credentials(String name, String application, String secret) {
        azure.entra().application(application, secret);
        secret(
                name,
                Map.of(
                        "AZURE_TENANT_ID",
                        azure.tenantId(),
                        "AZURE_CLIENT_ID",
                        application,
                        "AZURE_CLIENT_SECRET",
                        secret));
    }

    private void secret(String name, Map<String, String> values) {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withStringData(values)
                        .build())
                .inNamespace(namespace)
                .createOr(known -> known.update());
    }

    private void await(String what, BooleanSupplier condition) {
        Instant until = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(until)) {
                throw new AssertionError("not in " + PATIENCE.toSeconds() + " s on day " + day() + ": " + what + "\n"
                        + operator.log().lines().toList().reversed().stream()
                                .limit(20)
                                .toList());
            }
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        operator.close();
        network.close();
        storage.close();
        azure.close();
    }
}
