package dev.finops.azure.costexport.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.finops.azure.costexport.api.v1alpha1.CostExport;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.costexport.plan.Conditions;
import dev.finops.azure.costexport.simulator.AzureSimulator;
import dev.finops.azure.costexport.simulator.Journal.Call;
import dev.finops.azure.costexport.simulator.Operation;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/**
 * What holds in every test. A write is judged at the moment when Azure has it, against what the API server says then: an
 * operator that is killed at that moment has nothing else to go by.
 */
final class Invariants {
  private static final Pattern FAULT_IN_LOG = Pattern.compile("^(\\s+at [\\w.$/]+\\(|\\S+ ERROR |Exception in thread |Caused by: ).*");

  private final KubernetesClient client;
  private final String namespace;
  private final AzureSimulator azure;
  private final List<OperatorProcess> operators;
  private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
  private final Set<String> runsAccepted = new HashSet<>();
  private final Map<OperatorProcess, Integer> linesRead = new HashMap<>();

  Invariants(KubernetesClient client, String namespace, AzureSimulator azure, List<OperatorProcess> operators) {
    this.client = client;
    this.namespace = namespace;
    this.azure = azure;
    this.operators = operators;
    azure.journal().listener(call -> {
      if (call.operation().writes() && call.headers().getOrDefault("user-agent", "").startsWith("costexport-operator")) {
        judge(call);
      }
    });
  }

  void check() {
    List<String> found = List.copyOf(broken);
    broken.clear();
    assertEquals(List.of(), found);
    List<CostExport> objects = objects();
    objects.forEach(Invariants::statusTellsTheTruth);
    operators.forEach(this::logIsClean);
    noSecretAppears(objects);
  }

  /** No write without the intent, the finalizer and the right to it in the API server. */
  private void judge(Call call) {
    String path = call.operation() == Operation.RUN ? call.path().replaceFirst("/run$", "") : call.path();
    List<CostExport> meant = objects().stream()
        .filter(object -> object.getStatus() != null && path.equalsIgnoreCase(object.getStatus().exportId())).toList();
    Optional<String> wrong = meant.isEmpty() ? Optional.of("no object has its id in the status")
        : meant.stream().map(object -> wrong(call, object)).filter(Optional::isEmpty).findFirst()
            .orElseGet(() -> wrong(call, meant.getFirst()));
    wrong.ifPresent(why -> broken.add(call + ": " + why));
  }

  private Optional<String> wrong(Call call, CostExport object) {
    boolean deleting = object.getMetadata().getDeletionTimestamp() != null;
    if (!object.getMetadata().getFinalizers().contains(CostExport.FINALIZER)) {
      return Optional.of("no finalizer");
    }
    if ("Observe".equals(object.getSpec().managementPolicy())) {
      return Optional.of("the object only observes");
    }
    return switch (call.operation()) {
      case DELETE -> Optional.of("the object is not being deleted, or its export stays").filter(why -> !deleting || orphans(object));
      case RUN -> runTwice(call, object);
      default -> Optional.empty();
    };
  }

  private static boolean orphans(CostExport object) {
    String policy = object.getSpec().deletionPolicy();
    return policy == null ? "Adopted".equals(object.getStatus().origin()) : policy.equals("Orphan");
  }

  private Optional<String> runTwice(Call call, CostExport object) {
    PendingRun pending = object.getStatus().pendingRun();
    if (pending == null || pending.requestedTime() == null) {
      return Optional.of("no pendingRun in the status");
    }
    String request = object.getMetadata().getUid() + " " + pending.cause() + " " + pending.request()
        + (pending.timePeriod() == null ? "" : " " + object.getStatus().lastHandledRunRequest());
    return Optional.of("a second run for " + request).filter(why -> call.status() == 200 && !runsAccepted.add(request));
  }

  private static void statusTellsTheTruth(CostExport object) {
    CostExportStatus status = object.getStatus();
    String name = object.getMetadata().getName();
    long generation = object.getMetadata().getGeneration();
    if (status == null || status.observedGeneration() == null) {
      return;
    }
    assertFalse(status.observedGeneration() > generation, name + " judges a generation to come");
    boolean ready = Conditions.find(status.conditions(), Conditions.READY).filter(c -> "True".equals(c.status())).isPresent();
    boolean stalled = Conditions.find(status.conditions(), Conditions.STALLED).isPresent();
    assertFalse(ready && stalled, name + " is Ready and Stalled: " + status.conditions());
  }

  private void logIsClean(OperatorProcess operator) {
    List<String> lines = operator.log().lines().toList();
    int from = linesRead.getOrDefault(operator, 0);
    linesRead.put(operator, lines.size());
    assertEquals(List.of(), lines.stream().skip(from).filter(line -> FAULT_IN_LOG.matcher(line).matches()).toList());
  }

  private void noSecretAppears(List<CostExport> objects) {
    List<String> told = new ArrayList<>(objects.stream().map(object -> String.valueOf(object.getStatus())).toList());
    client.v1().events().inNamespace(namespace).list().getItems().forEach(event -> told.add(event.getMessage()));
    operators.forEach(operator -> told.add(operator.log()));
    operators.stream().filter(operator -> operator.process().isAlive() && operator.isReady())
        .forEach(operator -> told.add(operator.page("/metrics")));
    Pattern secret = Pattern.compile(azure.clientSecret() + "|eyJ[\\w-]{8}|Bearer [^\\s\"]|sig=(?!\\*)");
    assertEquals(List.of(), told.stream().filter(text -> secret.matcher(text).find()).toList());
  }

  private List<CostExport> objects() {
    return client.resources(CostExport.class).inNamespace(namespace).list().getItems();
  }
}
