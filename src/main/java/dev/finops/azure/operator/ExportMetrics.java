package dev.finops.azure.operator;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.Telemetry;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.kube.PendingEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Metrics of the CostExports: totals, and series by name for objects that need attention. Computed at each scrape. */
final class ExportMetrics implements Telemetry, MultiCollector {
    private final MeterRegistry registry;
    private final InstantSource clock;
    private final boolean deliveries;
    private final Map<Labels, State> states = new ConcurrentHashMap<>();

    /** Per-object state; optional parts are null for most objects to save memory. */
    private record State(
            String uid,
            Labels name,
            String ready,
            String reason,
            Map<String, String> failing,
            Map<String, Long> months,
            Instant delivered,
            Instant sasExpiry,
            Instant end) {}

    /** @param deliveries whether there is a series for each object that says when data last arrived */
    ExportMetrics(MeterRegistry registry, InstantSource clock, boolean deliveries) {
        this.registry = registry;
        this.clock = clock;
        this.deliveries = deliveries;
        // Served as 0 before anything happens: Prometheus takes the first value of a series for its past, and would
        // miss the first of each.
        corrections();
        left();
        List.of("started", "completed", "failed", "refused").forEach(this::runs);
        timeToReady();
        List.of("not_reconciled", "missed_change", "no_finalizer", "overdue", "status_changed")
                .forEach(this::requeues);
    }

    @Override
    public void reconciled(CostExport before, CostExportStatus after, Optional<Instant> sasExpiry) {
        Optional<Condition> ready = Conditions.find(after.conditions(), Conditions.READY);
        Map<String, String> failing = after.conditions().stream()
                .filter(ExportMetrics::isFailing)
                .collect(Collectors.toUnmodifiableMap(Condition::type, Condition::reason));
        Labels name = name(before);
        states.put(
                name,
                new State(
                        before.getMetadata().getUid(),
                        name,
                        ready.map(Condition::status).orElse("Unknown"),
                        ready.map(Condition::reason).orElse(""),
                        failing,
                        months(after),
                        delivered(after),
                        sasExpiry.orElse(null),
                        end(before.getSpec())));
        boolean first = before.getStatus() == null || before.getStatus().eTag() == null;
        if (first
                && after.eTag() != null
                && ready.filter(condition -> condition.status().equals("True")).isPresent()) {
            timeToReady()
                    .record(Duration.between(
                            Instant.parse(before.getMetadata().getCreationTimestamp()), clock.instant()));
        }
    }

    /** A condition shows the rest of what Events report. */
    @Override
    public void eventSent(PendingEvent note) {
        switch (note.reason()) {
            case DRIFT_CORRECTED -> corrections().increment();
            case RUN_STARTED -> runs("started").increment();
            case RUN_COMPLETED -> runs("completed").increment();
            case RUN_FAILED -> runs("failed").increment();
            case RUN_REFUSED -> runs("refused").increment();
            case NOT_WATCHED -> left().increment();
            default -> {}
        }
    }

    @Override
    public void deleted(String namespace, String name, String uid) {
        states.computeIfPresent(
                name(namespace, name), (series, state) -> state.uid().equals(uid) ? null : state);
    }

    @Override
    public void requeued(String why) {
        requeues(why).increment();
    }

    @Override
    public MetricSnapshots collect() {
        List<State> all = List.copyOf(states.values());
        MetricSnapshots.Builder scopes = MetricSnapshots.builder()
                .metricSnapshot(gauge(
                        "costexport_exports",
                        "CostExports, by the status and the reason of Ready",
                        sum(all, state -> Map.of(Labels.of("ready", state.ready(), "reason", state.reason()), 1L))))
                .metricSnapshot(gauge(
                        "costexport_condition_failing",
                        "1 for each condition of a CostExport that is False, or Stalled",
                        all.stream()
                                .flatMap(state -> state.failing().entrySet().stream()
                                        .map(condition -> point(
                                                state.name()
                                                        .merge(Labels.of(
                                                                "condition",
                                                                condition.getKey(),
                                                                "reason",
                                                                condition.getValue())),
                                                1)))
                                .toList()))
                .metricSnapshot(gauge(
                        "costexport_backfill_months",
                        "Months of spec.backfill and of run-period, by state",
                        sum(
                                all,
                                state -> state.months().entrySet().stream()
                                        .collect(Collectors.toMap(
                                                month -> Labels.of("state", month.getKey()), Map.Entry::getValue)))))
                .metricSnapshot(gauge(
                        "costexport_backfill_open_months",
                        "Months of a CostExport that are neither done nor given up",
                        all.stream()
                                .map(state -> point(state.name(), open(state)))
                                .filter(open -> open.getValue() > 0)
                                .toList()))
                .metricSnapshot(times(
                        "costexport_schedule_end_timestamp_seconds",
                        "When a schedule ends that states its end",
                        all,
                        State::end))
                .metricSnapshot(times(
                        "costexport_sas_token_expiry_timestamp_seconds",
                        "When the SAS token of a destination expires",
                        all,
                        State::sasExpiry));
        if (deliveries) {
            scopes.metricSnapshot(times(
                    "costexport_last_delivery_timestamp_seconds",
                    "When the last run that brought data, or had none to bring, ended",
                    all,
                    State::delivered));
        }
        return scopes.build();
    }

    private Counter runs(String outcome) {
        return Counter.builder("costexport.runs")
                .description("Runs of exports, as they were asked for and as they ended")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter requeues(String why) {
        return Counter.builder("costexport.sweep.requeues")
                .description(
                        "CostExports that no event and no timer brought to a reconciliation, by what the sweep found")
                .tag("why", why)
                .register(registry);
    }

    private Counter left() {
        return Counter.builder("costexport.left.selection")
                .description("Times that a CostExport with the operator's finalizer stopped matching WATCH_SELECTOR")
                .register(registry);
    }

    private Counter corrections() {
        return Counter.builder("costexport.drift.corrections")
                .description("Times that an export was put right after somebody changed it in Azure")
                .register(registry);
    }

    private Timer timeToReady() {
        return Timer.builder("costexport.time.to.ready")
                .description("From the creation of a CostExport until its spec is in Azure for the first time")
                .register(registry);
    }

    private static boolean isFailing(Condition condition) {
        return condition.type().equals(Conditions.STALLED)
                ? condition.status().equals("True")
                : condition.status().equals("False");
    }

    private static Map<String, Long> months(CostExportStatus status) {
        return BackfillMonths.of(status.backfill()).rows().stream()
                .collect(Collectors.groupingBy(CostExportStatus.Month::state, Collectors.counting()));
    }

    private static long open(State state) {
        return state.months().entrySet().stream()
                .filter(month -> BackfillMonths.isOpen(month.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static Instant delivered(CostExportStatus status) {
        return status.lastSuccessfulRun() == null
                ? null
                : Timestamps.start(status.lastSuccessfulRun().processingEndTime())
                        .orElse(null);
    }

    private static Instant end(CostExportSpec spec) {
        return spec.schedule() == null
                ? null
                : Timestamps.end(spec.schedule().to()).orElse(null);
    }

    private static Labels name(CostExport object) {
        return name(object.getMetadata().getNamespace(), object.getMetadata().getName());
    }

    private static Labels name(String namespace, String name) {
        return Labels.of("namespace", namespace, "name", name);
    }

    private static List<GaugeDataPointSnapshot> sum(List<State> all, Function<State, Map<Labels, Long>> counts) {
        Map<Labels, Long> sums = new TreeMap<>();
        all.forEach(state -> counts.apply(state).forEach((labels, count) -> sums.merge(labels, count, Long::sum)));
        return sums.entrySet().stream()
                .map(sum -> point(sum.getKey(), sum.getValue()))
                .toList();
    }

    private static GaugeSnapshot times(String name, String help, List<State> all, Function<State, Instant> time) {
        return gauge(
                name,
                help,
                all.stream()
                        .filter(state -> Objects.nonNull(time.apply(state)))
                        .map(state -> point(state.name(), time.apply(state).getEpochSecond()))
                        .toList());
    }

    private static GaugeSnapshot gauge(String name, String help, List<GaugeDataPointSnapshot> points) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        points.forEach(gauge::dataPoint);
        return gauge.build();
    }

    private static GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }
}
