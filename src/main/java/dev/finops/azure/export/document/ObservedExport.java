package dev.finops.azure.export.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Identity;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.document.Deflated;
import dev.finops.azure.document.DocumentPath;
import dev.finops.azure.document.ETag;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.LetterCase;
import dev.finops.azure.document.Recurrence;
import dev.finops.azure.document.Scope;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.runs.RunHistory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An export as Azure returned it. The document stays whole, because an update must keep what the operator does not
 * know.
 */
public record ObservedExport(ObjectNode document) {
    /** The longest text from Azure in a status, which the API server stores. */
    private static final int MAX_TEXT = 1024;

    private static final String DATA_SET = "dataSet";

    /** The spelling of 2019-11-01, which answers may still have (docs/azure.md, "The document"). */
    private static final String OLD_DATA_SET = "dataset";

    public ObservedExport {
        if (document.path("properties").path("definition") instanceof ObjectNode definition
                && definition.has(OLD_DATA_SET)
                && !definition.has(DATA_SET)) {
            document = document.deepCopy();
            ObjectNode renamed = (ObjectNode) document.path("properties").path("definition");
            renamed.set(DATA_SET, renamed.remove(OLD_DATA_SET));
        }
    }

    public Deflated packed() {
        return Deflated.of(document.toString().getBytes(StandardCharsets.UTF_8));
    }

    public static ObservedExport of(Deflated packed) {
        return new ObservedExport((ObjectNode) Json.read(new String(packed.text(), StandardCharsets.UTF_8)));
    }

    public Optional<String> name() {
        return text(new DocumentPath("name"))
                .or(() -> text(new DocumentPath("id")).flatMap(ExportId::parse).map(ExportId::name));
    }

    /**
     * True if the document's name matches or is missing. At a subscription the ARM id must match too. Billing scopes have
     * alternative ids, so there only the name is compared.
     */
    public boolean isOf(ExportId id) {
        boolean named = name().filter(name -> !LetterCase.same(name, id.name())).isEmpty();
        return named
                && (id.scope().kind() != Scope.Kind.SUBSCRIPTION
                        || text(new DocumentPath("id"))
                                .flatMap(ExportId::parse)
                                .filter(shown -> !shown.equals(id))
                                .isEmpty());
    }

    /** As Azure spells it, which an update sends back; compared as {@link ETag}. */
    public String eTag() {
        return text(new DocumentPath("eTag"))
                .or(() -> text(new DocumentPath("etag")))
                .filter(tag -> tag.length() <= MAX_TEXT)
                .orElse(null);
    }

    /** Whether the document has this version. */
    public boolean isAt(String eTag) {
        return ETag.same(eTag(), eTag);
    }

    /**
     * The next run by the schedule that Azure has. Azure's own estimate may be the time of the read and twelve hours,
     * another one each time (docs/azure.md, "Runs"): it counts only where no start is known to reckon from, and until
     * it has passed.
     *
     * @param known the time in the status
     */
    public Optional<Instant> nextRunTime(Optional<Instant> known, Instant now) {
        if (text(ExportField.SCHEDULE_STATUS.documentPath())
                .filter("Active"::equalsIgnoreCase)
                .isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> start = scheduleStart();
        Optional<String> recurrence =
                Recurrence.known(text(ExportField.RECURRENCE.documentPath()).orElse(Recurrence.UNSTATED));
        if (start.isEmpty() || recurrence.isEmpty()) {
            return known.filter(now::isBefore)
                    .or(() -> text(new DocumentPath("properties.nextRunTimeEstimate"))
                            .flatMap(Timestamps::start));
        }
        Instant next = new Recurrence(start.get(), recurrence.get()).nextAfter(now);
        return Optional.of(next).filter(at -> scheduleEnd().filter(at::isAfter).isEmpty());
    }

    /** Also of one that Azure has suspended: it runs again when that is over. */
    boolean scheduled() {
        return text(ExportField.SCHEDULE_STATUS.documentPath())
                .filter(status -> !status.equalsIgnoreCase("Inactive"))
                .isPresent();
    }

    Optional<Instant> scheduleStart() {
        return text(ExportField.SCHEDULE_FROM.documentPath())
                .flatMap(Timestamps::start)
                .map(at -> at.truncatedTo(ChronoUnit.SECONDS));
    }

    Optional<Instant> scheduleEnd() {
        return text(ExportField.SCHEDULE_TO.documentPath())
                .flatMap(Timestamps::start)
                .map(at -> at.truncatedTo(ChronoUnit.SECONDS));
    }

    /** @param known the identity in the status, which stays when Azure only spells it in another way; null without one */
    public Identity identity(Identity known) {
        String principal = text(new DocumentPath("identity.principalId"))
                .map(ObservedExport::shown)
                .orElse(null);
        String tenant = text(new DocumentPath("identity.tenantId"))
                .map(ObservedExport::shown)
                .orElse(null);
        if (known != null && same(known.principalId(), principal) && same(known.tenantId(), tenant)) {
            return known;
        }
        return principal == null && tenant == null ? null : new Identity(principal, tenant);
    }

    private static boolean same(String one, String other) {
        return one == null || other == null ? one == other : LetterCase.same(one, other);
    }

    private Optional<String> folded(String path) {
        return text(new DocumentPath(path)).map(LetterCase::fold);
    }

    /**
     * What each field means, by its ordinal, as a number: enough to see later which have changed, and little to keep.
     */
    public int[] fieldHashes() {
        return Arrays.stream(ExportField.values())
                .mapToInt(field -> field.meaning(field.documentPath().in(document)))
                .toArray();
    }

    /** The fields that mean something else than they did. */
    public Set<ExportField> changedSince(int[] earlier) {
        int[] now = fieldHashes();
        return Arrays.stream(ExportField.values())
                .filter(field -> now[field.ordinal()] != earlier[field.ordinal()])
                .collect(Collectors.toSet());
    }

    /** Who changed it last, where Azure says; for the record of corrections. */
    public Optional<String> changedBy() {
        return text(new DocumentPath("systemData.lastModifiedBy")).map(ObservedExport::shown);
    }

    /** Why Azure stopped the schedule, when it did. */
    public Optional<String> suspension() {
        JsonNode context = document.path("properties").path("systemSuspensionContext");
        boolean suspended = text(new DocumentPath("properties.schedule.status"))
                .filter("SystemSuspended"::equalsIgnoreCase)
                .isPresent();
        if (!suspended && !context.path("suspensionCode").isTextual()) {
            return Optional.empty();
        }
        String code = context.path("suspensionCode").asText("SystemSuspended");
        String reason = context.path("suspensionReason").asText("");
        String time = context.path("suspensionTime").asText("");
        return Optional.of(shown(
                code + (reason.isEmpty() ? "" : ": " + reason) + (time.isEmpty() ? "" : " (since " + time + ")")));
    }

    /** The runs that came with the document: one in a list, up to ten in a get with {@code $expand=runHistory}. */
    public List<Run> runs() {
        return RunHistory.read(document.path("properties").path("runHistory").path("value"));
    }

    /**
     * Stands for all that may be new: the version, what each field means, what Azure says of the export, and of its
     * runs the newest, which a list shows too. Equal for two spellings of one document; a member that is not known
     * changes the version.
     */
    public int fingerprint() {
        return Objects.hash(
                ETag.of(eTag()),
                Arrays.hashCode(fieldHashes()),
                folded("identity.principalId"),
                folded("identity.tenantId"),
                suspension(),
                runs().stream().findFirst().map(RunHistory::meaning));
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

    private Optional<String> text(DocumentPath path) {
        return Optional.ofNullable(path.in(document))
                .filter(JsonNode::isValueNode)
                .map(JsonNode::asText)
                .filter(text -> !text.isEmpty());
    }
}
