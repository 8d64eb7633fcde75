package dev.finops.azure.export.runs;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.document.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rows of {@code status.backfill}, newest first: one for each month, whatever requested it. */
public record BackfillMonths(String until, List<Month> rows) {
    public static final String PENDING = "Pending";
    public static final String REQUESTED = "Requested";
    public static final String RUNNING = "Running";
    public static final String COMPLETED = "Completed";
    public static final String NO_DATA = "NoData";
    public static final String FAILED = "Failed";

    /** How often a month is tried before it has failed for good. */
    public static final int MAX_ATTEMPTS = 5;

    private static final Set<String> OPEN = Set.of(PENDING, REQUESTED, RUNNING);
    private static final Set<String> DONE = Set.of(COMPLETED, NO_DATA);

    /** Azure runs at most this many of one export's months at once by our asking. */
    private static final int AT_ONCE = 5;

    public static BackfillMonths of(Backfill backfill) {
        return backfill == null || backfill.months() == null
                ? new BackfillMonths(backfill == null ? null : backfill.until(), List.of())
                : new BackfillMonths(backfill.until(), backfill.months());
    }

    /** Whether a month in this state is neither done nor given up. */
    public static boolean isOpen(String state) {
        return OPEN.contains(state);
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public Backfill backfill() {
        return isEmpty() ? null : new Backfill(until, rows.size(), count(DONE), count(Set.of(FAILED)), rows);
    }

    /** Adds months as Pending; those that are done or failed begin anew, those under way go on. */
    public BackfillMonths ask(Collection<YearMonth> months) {
        return merged(
                until,
                rows,
                months.stream()
                        .map(month -> new Month(month.toString(), PENDING, null, 0, null, true))
                        .toList(),
                (known, asked) ->
                        known.state().equals(REQUESTED) || known.state().equals(RUNNING) ? known : asked);
    }

    /**
     * Has a row for each month of the window, and no other row without a run or a request.
     *
     * @param history runs that count where a month is new: one that completed for just that month has done it already
     */
    public BackfillMonths fit(Optional<BackfillWindow> window, List<Run> history) {
        List<YearMonth> months = window.map(BackfillWindow::months).orElse(List.of());
        List<Month> kept = rows.stream()
                .filter(row ->
                        !row.state().equals(PENDING) || asked(row) || months.contains(YearMonth.parse(row.month())))
                .toList();
        List<Month> added = months.stream()
                .map(month ->
                        done(month, history).orElseGet(() -> new Month(month.toString(), PENDING, null, 0, null, null)))
                .toList();
        return merged(
                window.flatMap(BackfillWindow::fixed).map(YearMonth::toString).orElse(null),
                kept,
                added,
                (known, wanted) -> known);
    }

    /**
     * The month that waits and whose time has come: the newest that a person requested, else the newest.
     *
     * @param history has the end of the run after which a month is retried
     * @param backoff the wait after so many attempts
     * @param held whether something else is known that a month waits for
     */
    public Optional<Month> next(Instant now, List<Run> history, IntFunction<Duration> backoff, Predicate<Month> held) {
        YearMonth current = YearMonth.from(now.atOffset(ZoneOffset.UTC));
        return rows.stream()
                .filter(row -> row.state().equals(PENDING))
                .filter(row -> asked(row) || YearMonth.parse(row.month()).isBefore(current))
                .filter(row -> lastTry(row, history)
                        .filter(ended -> now.isBefore(ended.plus(backoff.apply(row.attempts()))))
                        .isEmpty())
                .filter(row -> !held.test(row))
                .min(Comparator.comparing(row -> !asked(row)));
    }

    /** Whether as many runs as may be are under way, with those that no row is for. */
    public boolean full(int others) {
        return count(Set.of(REQUESTED, RUNNING)) + others >= AT_ONCE;
    }

    public BackfillMonths requested(String month) {
        return change(month, row -> with(row, REQUESTED, null, row.attempts(), row.message()));
    }

    /** Azure has accepted a run of it, which is an attempt. */
    public BackfillMonths running(String month, String runId) {
        return change(month, row -> with(row, RUNNING, runId, row.attempts() + 1, null));
    }

    /** The run of an attempt that was counted as failed, since Azure did not answer, is there after all. */
    public BackfillMonths found(String month, String runId) {
        return change(month, row -> with(row, RUNNING, runId, row.attempts(), null));
    }

    /** The run was not requested. */
    public BackfillMonths pending(String month, String message) {
        return change(month, row -> with(row, PENDING, row.runId(), row.attempts(), message));
    }

    /** Azure did not answer: the run history will show whether it accepted the run. */
    public BackfillMonths unanswered(String month, String message) {
        return change(month, row -> with(row, row.state(), row.runId(), row.attempts(), message));
    }

    /** Azure did not accept the run, which is an attempt too. */
    public BackfillMonths failed(String month, String message) {
        return change(month, row -> attempted(row, row.attempts() + 1, message));
    }

    /** Azure refused it for good. */
    public BackfillMonths refused(String month, String message) {
        return change(month, row -> with(row, FAILED, row.runId(), row.attempts() + 1, message));
    }

    /** Azure has no data that old. */
    public BackfillMonths tooOld(String month, String message) {
        return change(month, row -> with(row, NO_DATA, row.runId(), row.attempts() + 1, "TooOld: " + message));
    }

    /** Brings the rows up to what the history says of their runs. */
    public BackfillMonths follow(List<Run> history, Instant now) {
        Map<String, Run> byId = history.stream().collect(Collectors.toMap(Run::id, run -> run, (one, other) -> one));
        return new BackfillMonths(
                until, rows.stream().map(row -> followed(row, byId, now)).toList());
    }

    /**
     * Whether a run is of one of these months, and not of the export's own definition: the row names it, or named it
     * before the month was tried again.
     *
     * @param ownMayBePast whether the export's own runs are of past months too, so that only the row identifies them
     *     apart
     */
    public boolean has(Run run, boolean ownMayBePast) {
        Optional<YearMonth> month =
                past(run).filter(past -> !ownMayBePast && "OnDemand".equalsIgnoreCase(run.executionType()));
        return rows.stream()
                .anyMatch(row -> run.id().equals(row.runId())
                        || month.isPresent() && row.month().equals(month.get().toString()));
    }

    /** The month that a run is of, if that was over when it was submitted. */
    static Optional<YearMonth> past(Run run) {
        return run.timePeriod() == null
                ? Optional.empty()
                : Timestamps.start(run.timePeriod().from())
                        .map(BackfillMonths::month)
                        .filter(month -> RunHistory.submitted(run)
                                .map(BackfillMonths::month)
                                .filter(month::isBefore)
                                .isPresent());
    }

    /** The ids of the runs that are under way. */
    public Stream<String> running() {
        return rows.stream()
                .filter(row -> row.state().equals(RUNNING) && row.runId() != null)
                .map(Month::runId);
    }

    public int open() {
        return count(OPEN);
    }

    public int failed() {
        return count(Set.of(FAILED));
    }

    public boolean underWay() {
        return count(Set.of(REQUESTED, RUNNING)) > 0;
    }

    /** From the first to the last of the months that are done, as a run period; for the command that repeats them. */
    public Optional<String> donePeriod() {
        List<String> done = rows.stream()
                .filter(row -> DONE.contains(row.state()))
                .map(Month::month)
                .sorted()
                .toList();
        return done.isEmpty() ? Optional.empty() : Optional.of(done.getFirst() + ".." + done.getLast());
    }

    /** {@code 7/12}, for the column. */
    public String summary() {
        return isEmpty() ? null : count(DONE) + "/" + rows.size();
    }

    /** The period of a month's run. The current month ends yesterday, because Azure rejects the future. */
    public static TimePeriod period(YearMonth month, LocalDate today) {
        LocalDate last = month.equals(YearMonth.from(today)) ? today.minusDays(1) : month.atEndOfMonth();
        return new TimePeriod(month.atDay(1) + "T00:00:00Z", last + "T23:59:59Z");
    }

    /** A run whose outcome is unknown is waited for until it is overdue; it counts as failed then. */
    private static Month followed(Month row, Map<String, Run> byId, Instant now) {
        Run run = row.runId() == null || !row.state().equals(RUNNING) ? null : byId.get(row.runId());
        if (run == null || RunHistory.isAwaited(run, now)) {
            return row;
        }
        if (RunHistory.succeeded(run)) {
            boolean noData = RunHistory.withoutData(run);
            return with(row, noData ? NO_DATA : COMPLETED, row.runId(), row.attempts(), noData ? run.status() : null);
        }
        return attempted(row, row.attempts(), RunHistory.failure(run));
    }

    private static Month attempted(Month row, int attempts, String message) {
        return with(row, attempts < MAX_ATTEMPTS ? PENDING : FAILED, row.runId(), attempts, message);
    }

    private static Month with(Month row, String state, String runId, int attempts, String message) {
        return new Month(row.month(), state, runId, attempts, message, row.requested());
    }

    private static Optional<Instant> lastTry(Month row, List<Run> history) {
        return history.stream()
                .filter(run -> run.id().equals(row.runId()))
                .findFirst()
                .flatMap(RunHistory::ended);
    }

    private static Optional<Month> done(YearMonth month, List<Run> history) {
        return history.stream()
                .filter(run -> RunHistory.succeeded(run) && run.timePeriod() != null)
                .filter(run -> Timestamps.start(run.timePeriod().from())
                                .map(BackfillMonths::date)
                                .equals(Optional.of(month.atDay(1)))
                        && Timestamps.start(run.timePeriod().to())
                                .map(BackfillMonths::date)
                                .equals(Optional.of(month.atEndOfMonth())))
                .findFirst()
                .map(run -> new Month(month.toString(), COMPLETED, run.id(), 0, "completed before this object", null));
    }

    private static YearMonth month(Instant instant) {
        return YearMonth.from(date(instant));
    }

    private static LocalDate date(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC).toLocalDate();
    }

    /** Whether a person requested it: such a month can be the current one, and no window drops it. */
    public static boolean asked(Month row) {
        return Boolean.TRUE.equals(row.requested());
    }

    private static BackfillMonths merged(
            String until, List<Month> known, List<Month> added, BinaryOperator<Month> both) {
        Map<String, Month> byMonth = new TreeMap<>(Comparator.reverseOrder());
        known.forEach(row -> byMonth.put(row.month(), row));
        added.forEach(row -> byMonth.merge(row.month(), row, both));
        return new BackfillMonths(until, List.copyOf(byMonth.values()));
    }

    private BackfillMonths change(String month, UnaryOperator<Month> change) {
        return new BackfillMonths(
                until,
                rows.stream()
                        .map(row -> row.month().equals(month) ? change.apply(row) : row)
                        .toList());
    }

    private int count(Set<String> states) {
        return (int) rows.stream().filter(row -> states.contains(row.state())).count();
    }
}
