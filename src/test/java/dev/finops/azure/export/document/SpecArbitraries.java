package dev.finops.azure.export.document;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Specs over all fields that have a place in the ARM document; each optional one is left out now and then. */
public class SpecArbitraries extends DomainContextBase {

    @Provide
    Arbitrary<CostExportSpec> specs() {
        Map<String, Arbitrary<?>> fields = new LinkedHashMap<>();
        fields.put("dataset.type", Arbitraries.of("FocusCost", "ActualCost", "AmortizedCost", "Usage"));
        fields.put("dataset.timeframe", Arbitraries.of("MonthToDate", "TheLastMonth", "WeekToDate"));
        fields.put(
                "dataset.version",
                Arbitraries.of("1.0", "1.2-preview", "2021-10-01").injectNull(0.4));
        fields.put("dataset.granularity", Arbitraries.of("Daily", "Monthly").injectNull(0.4));
        fields.put(
                "dataset.columns",
                Arbitraries.of("Date", "MeterId", "ResourceId", "Quantity")
                        .list()
                        .uniqueElements()
                        .injectNull(0.4));
        fields.put(
                "dataset.filters",
                Arbitraries.of("ReservationScope", "LookBackPeriod", "ResourceType")
                        .map(name -> Map.of("name", name, "value", "Single"))
                        .list()
                        .uniqueElements()
                        .injectNull(0.6));
        fields.put(
                "dataset.timePeriod",
                days(2024, 2026)
                        .map(from -> Map.of("from", text(from), "to", text(from.plusDays(27))))
                        .injectNull(0.6));
        fields.put("schedule", schedules().injectNull(0.2));
        fields.put("destination.container", Arbitraries.of("exports", "msexports"));
        fields.put(
                "destination.rootFolderPath",
                Arbitraries.of("", "finops", "finops/focus", "finops/Focus/").injectNull(0.3));
        fields.put("format", Arbitraries.of("Csv", "Parquet").injectNull(0.3));
        fields.put("compressionMode", Arbitraries.of("None", "Gzip", "Snappy").injectNull(0.3));
        fields.put("partitionData", Arbitraries.of(true, false).injectNull(0.3));
        fields.put(
                "dataOverwriteBehavior",
                Arbitraries.of("OverwritePreviousReport", "CreateNewReport").injectNull(0.3));
        fields.put(
                "description",
                Arbitraries.of("", "for the finance hub", "für „FinOps“").injectNull(0.3));
        fields.put(
                "identity",
                Arbitraries.<Map<String, ?>>of(
                                Map.of("type", "SystemAssigned", "location", "centralus"), Map.of("type", "None"))
                        .injectNull(0.5));
        List<Arbitrary<Object>> values = new ArrayList<>();
        fields.values().forEach(arbitrary -> values.add(arbitrary.map(value -> value)));
        List<String> paths = List.copyOf(fields.keySet());
        return Combinators.combine(values).as(drawn -> {
            CostExportSpec spec = Specs.FOCUS;
            for (int i = 0; i < paths.size(); i++) {
                spec = Specs.with(spec, paths.get(i), drawn.get(i));
            }
            return spec;
        });
    }

    /** Starts in the past and to come, with and without a time of day; ends that are far. */
    private static Arbitrary<Map<String, Object>> schedules() {
        Arbitrary<String> from = Combinators.combine(
                        days(2020, 2030), Arbitraries.of("", "T00:00:00Z", "T22:30:00+02:00", "T08:15:00.5Z"))
                .as((day, time) -> day + time);
        return Combinators.combine(
                        Arbitraries.of("Daily", "Weekly", "Monthly", "Annually").injectNull(0.1),
                        from.injectNull(0.3),
                        Arbitraries.of("2036-12-01", "2037-01-31T12:00:00.123Z").injectNull(0.4),
                        Arbitraries.of(true, false).injectNull(0.5))
                .as((recurrence, start, end, suspend) -> {
                    Map<String, Object> schedule = new LinkedHashMap<>();
                    schedule.put("recurrence", recurrence);
                    schedule.put("from", start);
                    schedule.put("to", end);
                    schedule.put("suspend", suspend);
                    return schedule;
                });
    }

    /** Any instant at which none of these specs' schedules has ended or is about to. */
    @Provide
    Arbitrary<Instant> instants() {
        return Arbitraries.longs()
                .between(
                        Specs.NOW.getEpochSecond(),
                        Instant.parse("2036-10-01T00:00:00Z").getEpochSecond())
                .map(Instant::ofEpochSecond);
    }

    private static Arbitrary<LocalDate> days(int first, int last) {
        return Arbitraries.longs()
                .between(
                        LocalDate.of(first, 1, 1).toEpochDay(),
                        LocalDate.of(last, 12, 31).toEpochDay())
                .map(LocalDate::ofEpochDay);
    }

    private static String text(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toLocalDate().toString();
    }
}
