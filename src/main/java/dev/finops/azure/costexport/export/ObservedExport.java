package dev.finops.azure.costexport.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Identity;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** An export as Azure showed it. The document stays whole: most of it is none of our business, and must survive an update. */
public record ObservedExport(ObjectNode document) {
  /** What is told in a status, which the API server keeps, is no longer. */
  private static final int MAX_TEXT = 1024;

  public Packed packed() {
    return Packed.of(document.toString().getBytes(StandardCharsets.UTF_8));
  }

  public static ObservedExport of(Packed packed) {
    return new ObservedExport((ObjectNode) Json.read(new String(packed.text(), StandardCharsets.UTF_8)));
  }

  public Optional<String> name() {
    return text("name").or(() -> text("id").flatMap(ExportId::parse).map(ExportId::name));
  }

  /** Whether it names itself so, or not at all. Billing scopes have several spellings: of their exports the names have to do. */
  public boolean isOf(ExportId id) {
    boolean named = name().filter(name -> !LetterCase.same(name, id.name())).isEmpty();
    return named && (id.scope().kind() != Scope.Kind.SUBSCRIPTION || text("id").flatMap(ExportId::parse).filter(shown -> !shown.equals(id)).isEmpty());
  }

  /** Azure spells it {@code eTag} inside the body and puts quotes into the value. */
  public String eTag() {
    return text("eTag").or(() -> text("etag")).filter(tag -> tag.length() <= MAX_TEXT).orElse(null);
  }

  public Optional<Instant> nextRunTime() {
    return text("properties.nextRunTimeEstimate").flatMap(Times::start);
  }

  /** Also of one that Azure has suspended: it runs again when that is over. */
  boolean scheduled() {
    return text(Field.SCHEDULE_STATUS.armPath().path()).filter(status -> !status.equalsIgnoreCase("Inactive")).isPresent();
  }

  Optional<Instant> scheduleStart() {
    return text(Field.SCHEDULE_FROM.armPath().path()).flatMap(Times::start);
  }

  Optional<Instant> scheduleEnd() {
    return text(Field.SCHEDULE_TO.armPath().path()).flatMap(Times::start);
  }

  public Identity identity() {
    Optional<String> principal = text("identity.principalId").map(ObservedExport::shown);
    Optional<String> tenant = text("identity.tenantId").map(ObservedExport::shown);
    return principal.isEmpty() && tenant.isEmpty() ? null : new Identity(principal.orElse(null), tenant.orElse(null));
  }

  /** What each field means, by its ordinal, as a number: enough to see later which have changed, and little to keep. */
  public int[] meanings() {
    return Arrays.stream(Field.values()).mapToInt(field -> field.meaning(field.armPath().in(document))).toArray();
  }

  /** The fields that mean something else than they did. */
  public Set<Field> changedSince(int[] earlier) {
    int[] now = meanings();
    return Arrays.stream(Field.values()).filter(field -> now[field.ordinal()] != earlier[field.ordinal()]).collect(Collectors.toSet());
  }

  /** Who changed it last, where Azure says; for the record of corrections. */
  public Optional<String> changedBy() {
    return text("systemData.lastModifiedBy").map(ObservedExport::shown);
  }

  /** Why Azure stopped the schedule, when it did. */
  public Optional<String> suspension() {
    JsonNode context = document.path("properties").path("systemSuspensionContext");
    boolean suspended = text("properties.schedule.status").filter("SystemSuspended"::equalsIgnoreCase).isPresent();
    if (!suspended && !context.path("suspensionCode").isTextual()) {
      return Optional.empty();
    }
    String code = context.path("suspensionCode").asText("SystemSuspended");
    String reason = context.path("suspensionReason").asText("");
    String time = context.path("suspensionTime").asText("");
    return Optional.of(shown(code + (reason.isEmpty() ? "" : ": " + reason) + (time.isEmpty() ? "" : " (since " + time + ")")));
  }

  /** The runs that came with the document: one in a list, up to ten in a get with {@code $expand=runHistory}. */
  public List<Run> runs() {
    return RunHistory.read(document.path("properties").path("runHistory").path("value"));
  }

  /** Stands for all that may be new: the document, and of its runs the newest, which a list shows too. */
  public int news() {
    int news = runs().stream().findFirst().hashCode();
    for (Map.Entry<String, JsonNode> member : document.properties()) {
      news += member.getKey().equals("properties") ? 0 : 31 * member.hashCode();
    }
    for (Map.Entry<String, JsonNode> member : document.path("properties").properties()) {
      news += member.getKey().equals("runHistory") ? 0 : member.hashCode();
    }
    return news;
  }

  /** The same with a longer history of runs. */
  public ObservedExport withRuns(JsonNode history) {
    ObjectNode longer = document.deepCopy();
    longer.withObject("/properties/runHistory").set("value", history);
    return new ObservedExport(longer);
  }

  private static String shown(String text) {
    return Json.shortened(text, MAX_TEXT);
  }

  private Optional<String> text(String path) {
    return Optional.ofNullable(new ArmPath(path).in(document)).filter(JsonNode::isValueNode).map(JsonNode::asText)
        .filter(text -> !text.isEmpty());
  }
}
