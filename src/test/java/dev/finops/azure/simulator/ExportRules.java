package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the service refuses in the body of a PUT. Messages that no source quotes follow the pattern of those that are
 * quoted.
 *
 * @param existing the export that the PUT changes
 */
record ExportRules(ApiVersion version, Scope scope, Optional<Export> existing, Instant now, Behaviour behaviour) {

    private static final String RECURRENCE = "properties.schedule.recurrence";

    private static final Pattern RESERVED = Pattern.compile("[:?#\\[\\]@!$&'()*+,;=]");
    private static final Set<String> BILLING_TYPES =
            Set.of("PriceSheet", "ReservationTransactions", "ReservationRecommendations", "ReservationDetails");

    private static final Set<String> OLD_MEMBERS =
            paths("id name type eTag systemData location identity identity.type identity.principalId "
                    + "identity.tenantId properties properties.format properties.partitionData "
                    + "properties.nextRunTimeEstimate properties.runHistory "
                    + "properties.deliveryInfo properties.deliveryInfo.destination "
                    + "properties.deliveryInfo.destination.resourceId "
                    + "properties.deliveryInfo.destination.container "
                    + "properties.deliveryInfo.destination.rootFolderPath "
                    + "properties.deliveryInfo.destination.sasToken properties.deliveryInfo.destination.storageAccount "
                    + "properties.definition properties.definition.type properties.definition.timeframe "
                    + "properties.definition.timePeriod "
                    + "properties.definition.timePeriod.from properties.definition.timePeriod.to "
                    + "properties.definition.dataSet "
                    + "properties.definition.dataSet.granularity properties.definition.dataSet.configuration "
                    + "properties.definition.dataSet.configuration.columns properties.schedule "
                    + "properties.schedule.status properties.schedule.recurrence "
                    + "properties.schedule.recurrencePeriod properties.schedule.recurrencePeriod.from "
                    + "properties.schedule.recurrencePeriod.to");
    /** Of the versions up to 2019-11-01; exports of that time still have them. */
    private static final Set<String> LEGACY_MEMBERS =
            paths("properties.definition.dataSet.aggregation properties.definition.dataSet.grouping "
                    + "properties.definition.dataSet.filter properties.definition.dataSet.sorting");

    private static final Set<String> NEW_MEMBERS =
            paths("properties.dataOverwriteBehavior properties.compressionMode properties.exportDescription "
                    + "properties.systemSuspensionContext properties.deliveryInfo.destination.type "
                    + "properties.definition.dataSet.configuration.dataVersion "
                    + "properties.definition.dataSet.configuration.filters");

    /** A member with a fixed set of values, per class of store; the label is what messages call it. */
    private record ValueSet(String path, String label, List<String> old, List<String> recent) {
        static ValueSet same(String path, String label, String... values) {
            return new ValueSet(path, label, List.of(values), List.of(values));
        }

        List<String> values(ApiVersion version) {
            return version.isNew() ? recent : old;
        }
    }

    private static final ValueSet FORMAT =
            new ValueSet("properties.format", "format", List.of("Csv"), List.of("Csv", "Parquet"));
    private static final ValueSet TYPE = new ValueSet(
            "properties.definition.type",
            "definition type",
            List.of("Usage", "ActualCost", "AmortizedCost"),
            List.of(
                    "Usage",
                    "ActualCost",
                    "AmortizedCost",
                    "FocusCost",
                    "PriceSheet",
                    "ReservationTransactions",
                    "ReservationRecommendations",
                    "ReservationDetails"));
    private static final ValueSet TIMEFRAME = new ValueSet(
            "properties.definition.timeframe",
            "definition timeframe:",
            List.of(
                    "WeekToDate",
                    "MonthToDate",
                    "TheLastMonth",
                    "BillingMonthToDate",
                    "TheLastBillingMonth",
                    "TheLast7Days",
                    "Custom"),
            List.of(
                    "WeekToDate",
                    "MonthToDate",
                    "TheLastMonth",
                    "BillingMonthToDate",
                    "TheLastBillingMonth",
                    "TheCurrentMonth",
                    "Custom"));
    private static final ValueSet COMPRESSION =
            new ValueSet("properties.compressionMode", "compressionMode", List.of(), List.of("gzip", "snappy", "none"));
    private static final List<ValueSet> CHOICES = List.of(
            FORMAT,
            TYPE,
            TIMEFRAME,
            COMPRESSION,
            new ValueSet(
                    "properties.definition.dataSet.granularity",
                    "definition dataSet granularity",
                    List.of("Daily"),
                    List.of("Daily", "Monthly")),
            new ValueSet(
                    "properties.dataOverwriteBehavior",
                    "dataOverwriteBehavior",
                    List.of(),
                    List.of("OverwritePreviousReport", "CreateNewReport")),
            new ValueSet(
                    "properties.deliveryInfo.destination.type",
                    "deliveryInfo destination type",
                    List.of(),
                    List.of("AzureBlob")),
            ValueSet.same("properties.schedule.status", "schedule status", "Active", "Inactive"),
            ValueSet.same(
                    "properties.schedule.recurrence", "schedule recurrence", "Daily", "Weekly", "Monthly", "Annually"),
            ValueSet.same("identity.type", "identity type", "None", "SystemAssigned"));

    /** Members of answers that clients send back and the service ignores, whatever is in them. */
    private static final Set<String> IGNORED =
            Set.of("systemData", "properties.runHistory", "properties.systemSuspensionContext");

    private static Set<String> paths(String text) {
        return Set.of(text.split(" "));
    }

    void check(ObjectNode document) {
        checkMembers(document, "");
        var required = Stream.of(
                        "properties.definition",
                        "properties.definition.type",
                        "properties.definition.timeframe",
                        "properties.deliveryInfo",
                        "properties.deliveryInfo.destination",
                        "properties.deliveryInfo.destination.container")
                // The old store takes an export without a type for one of Usage.
                .filter(path -> version.isNew() || !path.endsWith(".type"))
                .toList();
        for (var path : required) {
            if (!Json.present(document, path)) throw version.invalid("Missing " + spoken(path) + ".");
        }
        for (var choice : CHOICES) checkChoice(document, choice, choice.values(version));
        checkDestination(document);
        if (is(document, "identity.type", "SystemAssigned")
                && !Json.present(document, "location")
                && existing.map(export -> !export.document().has("location")).orElse(true)) {
            throw version.invalid("Missing location; specify a location for the identity.");
        }
        checkScope(document);
        var properties = document.path("properties");
        checkPeriod(properties.path("definition"));
        checkData(properties);
        checkSchedule(properties);
    }

    private void checkMembers(JsonNode node, String prefix) {
        for (var member : node.properties()) {
            var path = prefix + member.getKey();
            boolean legacy = LEGACY_MEMBERS.contains(path) && behaviour.is(Choice.LegacyMembers.ACCEPTED);
            boolean known = legacy || OLD_MEMBERS.contains(path) || version.isNew() && NEW_MEMBERS.contains(path);
            // A recurrence of null is what a client sends back that reads an inactive schedule without one.
            if (!known || path.equals(RECURRENCE) && member.getValue().isNull()) throw invalidMember(path);
            if (!legacy && !IGNORED.contains(path)) checkMembers(member.getValue(), path + ".");
        }
    }

    private Refusal invalidMember(String path) {
        return version.refusal(400, "Invalid request payload, Invalid member :" + path);
    }

    private void checkChoice(JsonNode document, ValueSet choice, List<String> values) {
        var node = Json.at(document, choice.path);
        if (node.isMissingNode() || node.isNull()) return;
        if (values.stream().noneMatch(value -> value.equalsIgnoreCase(node.asText()))) {
            throw version.invalid("Invalid %s '%s'; valid values: %s."
                    .formatted(
                            choice.label,
                            node.asText(),
                            values.stream().map(value -> "'" + value + "'").collect(Collectors.joining(", "))));
        }
    }

    private void checkDestination(JsonNode document) {
        var destination = Json.at(document, "properties.deliveryInfo.destination");
        var storage = Json.text(destination, "resourceId");
        if (storage.isEmpty()
                && !(Json.present(destination, "sasToken") && Json.present(destination, "storageAccount"))) {
            throw version.invalid("Missing deliveryInfo destination resourceId.");
        }
        var folder = Json.text(destination, "rootFolderPath").orElse("");
        if (folder.startsWith("/")) {
            throw version.invalid(
                    "Invalid deliveryInfo destination rootFolderPath; value cannot begin with a forward slash");
        }
        if (RESERVED.matcher(folder).find()) {
            throw version.invalid("Invalid deliveryInfo destination rootFolderPath; "
                    + "Value cannot contain any reserved url characters except forward slashes(/)");
        }
        if (storage.filter(this::isDeniedStorage).isPresent()) throw new Refusal(ArmErrors.accessDenied());
        storage.map(id -> id.replaceFirst("^/?subscriptions/", "").replaceFirst("/.*", ""))
                .filter(subscription ->
                        behaviour.where(Place.UNREGISTERED).stream().anyMatch(subscription::equalsIgnoreCase))
                .ifPresent(_ -> {
                    throw new Refusal(ArmErrors.providerNotRegistered());
                });
    }

    private boolean isDeniedStorage(String account) {
        var normal = account.replaceAll("^/|/$", "");
        return behaviour.where(Place.STORAGE_DENIED).stream()
                .anyMatch(denied -> denied.replaceAll("^/|/$", "").equalsIgnoreCase(normal));
    }

    /**
     * Which data exists where: management groups know Usage only, price sheets and reservations belong to the billing
     * scopes.
     */
    private void checkScope(JsonNode document) {
        var properties = document.path("properties");
        if (scope.kind() == Scope.Kind.MANAGEMENT_GROUP) {
            checkChoice(document, TYPE, List.of("Usage"));
            checkChoice(document, FORMAT, List.of("Csv"));
            checkChoice(document, COMPRESSION, List.of("none"));
        }
        if (behaviour.covers(Place.WITHOUT_PARTITIONS, scope) && properties.has("partitionData"))
            throw invalidMember("properties.partitionData");
        if (behaviour.covers(Place.USAGE_ONLY, scope) && !is(properties, "definition.type", "Usage")) {
            throw unsupported(Json.text(properties, "definition.type").orElse("Usage"), "MicrosoftCustomerAgreement");
        }
        boolean payAsYouGo = scope.inSubscription() && behaviour.covers(Place.PAY_AS_YOU_GO, scope);
        if (payAsYouGo && is(properties, "definition.type", "FocusCost")) {
            throw unsupported("FocusCost", "WebDirect");
        }
        var type = BILLING_TYPES.stream()
                .filter(name -> is(properties, "definition.type", name))
                .findFirst();
        var home = scope.isMca() ? Scope.Kind.BILLING_PROFILE : Scope.Kind.BILLING_ACCOUNT;
        if (type.isEmpty() || scope.kind() == home) return;
        if (type.get().equals("PriceSheet") && scope.inSubscription()) throw new Refusal(ArmErrors.unauthorized());
        throw unsupported(type.get(), scope.isMca() ? "MicrosoftCustomerAgreement" : "EnterpriseAgreement");
    }

    private Refusal unsupported(String type, String agreement) {
        return version.invalid("Export type: %s is not supported for Agreement Type: %s and %s."
                .formatted(type, agreement, scope.kind().label));
    }

    private void checkPeriod(JsonNode definition) {
        if (!is(definition, "timeframe", "Custom")) return;
        if (!Json.present(definition, "timePeriod")) {
            throw version.invalid("Missing definition timePeriod; specify a period for the 'Custom' timeframe.");
        }
        var from = date(definition, "timePeriod.from", "definition timePeriod; 'from'");
        var to = date(definition, "timePeriod.to", "definition timePeriod; 'to'");
        if (from.isAfter(to))
            throw version.invalid("Invalid definition timePeriod; 'from' value cannot be after 'to' value");
        if (!DateRange.day(to).isBefore(DateRange.day(now))) {
            throw version.invalid("Invalid definition timePeriod; 'to' value cannot be in the future.");
        }
        boolean tooLong = version.isNew()
                ? !YearMonth.from(DateRange.day(from)).equals(YearMonth.from(DateRange.day(to)))
                : to.isAfter(from.atOffset(ZoneOffset.UTC).plusMonths(3).toInstant());
        if (tooLong) {
            throw version.invalid("Invalid definition timePeriod; the range cannot exceed "
                    + (version.isNew() ? "1 calendar month." : "3 months."));
        }
    }

    private void checkData(JsonNode properties) {
        var type = Json.text(properties, "definition.type").orElse("");
        boolean reservation = type.toLowerCase().startsWith("reservation");
        var compression = Json.text(properties, "compressionMode").filter(mode -> !mode.equalsIgnoreCase("none"));
        boolean parquet = is(properties, "format", "Parquet");
        if (reservation && parquet) throw version.invalid("Invalid format 'Parquet'; valid values: 'Csv'.");
        var allowed = reservation ? "" : parquet ? "snappy" : "gzip";
        if (compression.isPresent() && !compression.get().equalsIgnoreCase(allowed)) {
            throw version.invalid("Invalid compressionMode '%s'; valid values: %s."
                    .formatted(
                            compression.get(),
                            Stream.of("none", allowed)
                                    .filter(value -> !value.isEmpty())
                                    .map(value -> "'" + value + "'")
                                    .collect(Collectors.joining(", "))));
        }
        boolean hasFilters =
                !Json.at(properties, "definition.dataSet.configuration.filters").isEmpty();
        if (hasFilters && !type.equalsIgnoreCase("ReservationRecommendations")) {
            throw version.invalid(
                    "Invalid definition dataSet configuration filters; not supported for type '" + type + "'.");
        }
        if (is(properties, "definition.type", "PriceSheet")
                && Json.present(properties, "definition.dataSet.granularity")) {
            throw version.invalid("Invalid definition dataSet granularity; not supported for type 'PriceSheet'.");
        }
    }

    private void checkSchedule(JsonNode properties) {
        var timeframe = Json.text(properties, "definition.timeframe").orElse("");
        var recurrence = Json.text(properties, "schedule.recurrence");
        boolean currentMonthDaily = Set.of("thecurrentmonth", "custom").contains(timeframe.toLowerCase())
                && recurrence.filter(value -> !value.equalsIgnoreCase("Daily")).isEmpty();
        if (is(properties, "definition.type", "PriceSheet") && !currentMonthDaily) {
            throw version.invalid("Invalid timeframe %s and schedule recurrence %s combination"
                    .formatted(timeframe, recurrence.orElse("None")));
        }
        boolean active = is(properties, "schedule.status", "Active");
        if (active && recurrence.isEmpty()) throw version.invalid("Missing schedule recurrence.");
        if (active && !Json.present(properties, "schedule.recurrencePeriod"))
            throw version.invalid("Missing schedule recurrencePeriod.");
        if (!Json.present(properties, "schedule.recurrencePeriod")) return;
        if (recurrence.isEmpty() && behaviour.is(Choice.InactiveWithoutRecurrence.REFUSED))
            throw invalidMember(RECURRENCE);
        var from = date(properties, "schedule.recurrencePeriod.from", "schedule recurrencePeriod; 'from'");
        var to = DateRange.instant(properties, "schedule.recurrencePeriod.to");
        if (to.isEmpty() || to.get().isBefore(from)) {
            throw version.invalid("Invalid schedule recurrencePeriod; 'from' value cannot be after 'to' value");
        }
        var before =
                existing.flatMap(export -> DateRange.instant(export.properties(), "schedule.recurrencePeriod.from"));
        boolean repeated = before.equals(Optional.of(from)) && behaviour.is(Choice.PastStart.MAY_BE_REPEATED);
        if (active && from.isBefore(now) && !repeated) {
            throw version.invalid("Invalid schedule recurrencePeriod; 'from' value cannot be in the past.");
        }
    }

    private Instant date(JsonNode document, String path, String label) {
        return DateRange.instant(document, path)
                .orElseThrow(() -> version.invalid("Invalid " + label + " value is invalid."));
    }

    private static boolean is(JsonNode document, String path, String value) {
        return Json.text(document, path).filter(value::equalsIgnoreCase).isPresent();
    }

    private static String spoken(String path) {
        return path.replace("properties.", "").replace('.', ' ');
    }
}
