package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.Annotations;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Refusal;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.runs.ClosedMonths;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A status as far as this release can read it. Another release may have written rows of unknown kinds. State that
 * release 0.1.0 kept in texts or as absent values is read into fields of its own here.
 */
public final class StatusSanitizer {
    private static final String LONG_AGO = "1970-01-01T00:00:00Z";
    private static final String ASKED = "asked for by " + Annotations.RUN_REQUESTED_AT;

    private static final Pattern CIRCUMSTANCES =
            Pattern.compile("[( ]api-version ([^\\s,;()]+)(?:, SAS token ([0-9a-f]{8}))?[,)]");

    private StatusSanitizer() {}

    public static CostExportStatus of(CostExportStatus status) {
        StatusDraft draft = new StatusDraft(status);
        draft.runs = some(status.runs(), run -> run.id() != null);
        draft.lastRun = one(status.lastRun());
        draft.lastSuccessfulRun = one(status.lastSuccessfulRun());
        draft.closedMonths = all(
                status.closedMonths(),
                StatusSanitizer::reads,
                row -> ClosedMonths.typed(row, Objects.requireNonNullElse(draft.runs, List.of())));
        draft.backfill = status.backfill() == null ? null : of(status.backfill());
        draft.conditions = all(
                status.conditions(),
                condition -> condition.type() != null && condition.status() != null,
                StatusSanitizer::filled);
        draft.appliedFields = some(status.appliedFields(), path -> true);
        draft.difference = some(status.difference(), row -> row.path() != null);
        draft.corrections = some(
                status.corrections(),
                row -> row.path() != null && Timestamps.start(row.time()).isPresent());
        draft.refusal = status.refusal() == null ? refusal(draft.conditions) : status.refusal();
        draft.pendingRun =
                status.pendingRun() == null || !reads(status.pendingRun()) ? null : typed(status.pendingRun());
        return draft.build();
    }

    private static Backfill of(Backfill backfill) {
        List<Month> months = all(
                backfill.months(),
                row -> row.state() != null && row.attempts() != null && reads(YearMonth::parse, row.month()),
                StatusSanitizer::typed);
        return new Backfill(
                reads(YearMonth::parse, backfill.until()) ? backfill.until() : null,
                backfill.total(),
                backfill.completed(),
                backfill.failed(),
                months);
    }

    /** In release 0.1.0 the message of Stalled had what a rejection depends on. */
    private static Refusal refusal(List<Condition> conditions) {
        return Conditions.find(conditions, Conditions.STALLED)
                .filter(stalled -> "True".equals(stalled.status()) && RetryGuard.isOfAzure(stalled.reason()))
                .flatMap(stalled -> CIRCUMSTANCES
                        .matcher(stalled.message())
                        .results()
                        .reduce((first, last) -> last)
                        .map(found -> new Refusal(found.group(1), found.group(2), stalled.lastTransitionTime())))
                .orElse(null);
    }

    /** Release 0.1.0 marked a denied run by its attempts. */
    private static PendingRun typed(PendingRun run) {
        boolean denied = run.deniedTime() == null
                && run.requestedTime() != null
                && Integer.valueOf(0).equals(run.attempts());
        return denied
                ? new PendingRun(
                        run.cause(), run.request(), run.timePeriod(), run.requestedTime(), 0, run.requestedTime())
                : run;
    }

    /** In release 0.1.0 the beginning of the message marked a month that a person requested. */
    private static Month typed(Month row) {
        if (row.requested() != null || row.message() == null || !row.message().startsWith(ASKED)) {
            return row;
        }
        String message = row.message().substring(ASKED.length()).replaceFirst("^; ", "");
        return new Month(
                row.month(), row.state(), row.runId(), row.attempts(), message.isEmpty() ? null : message, true);
    }

    private static boolean reads(ClosedMonth row) {
        return reads(YearMonth::parse, row.month())
                && (row.handledDays() == null || row.handledDays().stream().allMatch(Objects::nonNull));
    }

    private static boolean reads(PendingRun run) {
        boolean period = run.timePeriod() != null
                && Timestamps.start(run.timePeriod().from()).isPresent();
        return switch (run.cause()) {
            case null -> false;
            case RunPlanner.BACKFILL -> period && reads(YearMonth::parse, run.request());
            case RunPlanner.CLOSED_MONTH -> period && reads(LocalDate::parse, run.request());
            default -> run.timePeriod() == null || period;
        };
    }

    /** A condition of another writer may have neither reason nor message. A time that cannot be read counts as long ago. */
    private static Condition filled(Condition condition) {
        return new Condition(
                condition.type(),
                condition.status(),
                Objects.requireNonNullElse(condition.reason(), ""),
                Objects.requireNonNullElse(condition.message(), ""),
                reads(Instant::parse, condition.lastTransitionTime()) ? condition.lastTransitionTime() : LONG_AGO,
                condition.observedGeneration());
    }

    private static Run one(Run run) {
        return run == null || run.id() == null ? null : run;
    }

    private static <T> List<T> some(List<T> rows, Predicate<T> legible) {
        return rows == null || rows.stream().allMatch(row -> row != null && legible.test(row))
                ? rows
                : rows.stream().filter(row -> row != null && legible.test(row)).toList();
    }

    private static <T> List<T> all(List<T> rows, Predicate<T> legible, UnaryOperator<T> filled) {
        List<T> kept = some(rows, legible);
        return kept == null ? null : kept.stream().map(filled).toList();
    }

    private static boolean reads(Function<String, ?> parser, String text) {
        try {
            return text != null && parser.apply(text) != null;
        } catch (DateTimeException other) {
            return false;
        }
    }
}
