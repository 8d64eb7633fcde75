package dev.finops.azure.chaos;

import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.export.plan.Conditions;
import dev.finops.azure.system.LiveExport;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What somebody does with a CostExport, and how it ends when nothing goes wrong. */
enum Scenario {
    CREATE(_ -> {}, subject -> subject.apply("schedule: {recurrence: Daily}"), Scenario::isApplied),

    ADOPT(
            Subject::madeInPortal,
            subject -> subject.apply("{adoptionPolicy: Adopt, description: ours}"),
            Scenario::isApplied),

    UPDATE(
            subject -> subject.apply("{description: one, dataset: {columns: [Date]}}")
                    .awaitReady(),
            subject -> subject.export().change("{description: null, dataset: {columns: [Date, Quantity]}}"),
            Scenario::isApplied),

    CORRECT(
            subject -> subject.apply("description: ours").awaitReady(),
            subject -> subject.export().editInPortal(properties -> properties.put("exportDescription", "theirs")),
            export -> export.status().corrections() != null),

    RUN(
            subject -> subject.apply("").awaitReady(),
            subject -> subject.export().annotate(RUN_REQUESTED_AT, "now"),
            export ->
                    "now".equals(export.status().lastHandledRunRequest()) && is(export, Conditions.LAST_RUN_SUCCEEDED)),

    RUN_ON_CREATE(
            _ -> {},
            subject -> subject.apply("runOnCreate: true"),
            export -> is(export, Conditions.LAST_RUN_SUCCEEDED)),

    BACKFILL(
            subject -> subject.apply("").awaitReady(),
            subject -> subject.export().change("backfill: {from: %s, to: %1$s}".formatted(lastMonth())),
            export -> is(export, Conditions.BACKFILLED)),

    DELETE(
            subject -> subject.apply("").awaitReady(),
            subject -> subject.export().delete(),
            export -> export.object() == null);

    private final Consumer<Subject> before;
    private final Consumer<Subject> act;
    private final Predicate<LiveExport> done;

    Scenario(Consumer<Subject> before, Consumer<Subject> act, Predicate<LiveExport> done) {
        this.before = before;
        this.act = act;
        this.done = done;
    }

    /** What there is when it begins. */
    void prepare(Subject subject) {
        before.accept(subject);
    }

    void act(Subject subject) {
        act.accept(subject);
    }

    boolean isDone(LiveExport export) {
        return done.test(export);
    }

    private static YearMonth lastMonth() {
        return YearMonth.now(ZoneOffset.UTC).minusMonths(1);
    }

    private static boolean isApplied(LiveExport export) {
        CostExportStatus status = export.status();
        return LiveExport.isReady(export.object())
                && status.observedGeneration()
                        == export.object().getMetadata().getGeneration().longValue();
    }

    private static boolean is(LiveExport export, String condition) {
        return Conditions.find(export.status().conditions(), condition)
                .filter(found -> "True".equals(found.status()))
                .isPresent();
    }
}
