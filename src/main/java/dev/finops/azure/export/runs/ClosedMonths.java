package dev.finops.azure.export.runs;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.document.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The rows of {@code status.closedMonths}, newest first, and the days on which the spec wants the previous month again.
 * Only the newest row is acted on. Its days are handled once a run was requested for them. A row without a run says
 * since when days count.
 */
public record ClosedMonths(List<ClosedMonth> rows, List<Integer> days) {
    /** The run is requested again after a wait. */
    public static final String PENDING = BackfillMonths.PENDING;

    public static final String RUNNING = BackfillMonths.RUNNING;
    public static final String COMPLETED = BackfillMonths.COMPLETED;
    public static final String NO_DATA = BackfillMonths.NO_DATA;
    /** Nothing is tried again before the next day. */
    public static final String FAILED = BackfillMonths.FAILED;
    /** Azure lets this identity start no run. */
    public static final String RUN_DENIED = "RunDenied";

    private static final int KEPT = 13;

    /** @param number how many runs this makes for the same day */
    public record Attempt(LocalDate day, int number, Instant at) {}

    public static ClosedMonths of(CostExportSpec.ClosedMonth spec, List<ClosedMonth> rows) {
        List<Integer> days = spec == null || spec.rerunOnDays() == null ? List.of() : spec.rerunOnDays();
        return new ClosedMonths(
                rows == null ? List.of() : rows,
                days.stream()
                        .filter(day -> day != null && day >= 1 && day <= 28)
                        .sorted()
                        .toList()); // others are of another schema
    }

    /**
     * A row as release 0.1.0 wrote it, with the state that followed from its time and from the runs: a run
     * without a time was under way or had failed, and the time of one that was looked for in storage was not that of
     * its end.
     */
    public static ClosedMonth typed(ClosedMonth row, List<Run> runs) {
        if (row.state() != null
                || row.runId() == null && row.time() != null
                || row.handledDays() == null && row.time() == null) {
            return row;
        }
        if (row.runId() == null) {
            return row.handledDays().isEmpty() ? row : with(row, null, null, FAILED, null, null);
        }
        Optional<Run> run = run(row, runs);
        if (row.time() == null) {
            int open = run.filter(RunHistory::failed).isPresent() ? 0 : 1;
            return with(row, row.runId(), null, RUNNING, null, Math.max(1, failures(row, runs) + open));
        }
        boolean looked = run.flatMap(RunHistory::ended)
                .map(Timestamps::write)
                .filter(row.time()::equals)
                .isEmpty();
        boolean noData = run.filter(RunHistory::withoutData).isPresent();
        return new ClosedMonth(
                row.month(),
                row.handledDays(),
                row.runId(),
                row.time(),
                row.rows(),
                row.bytes(),
                noData ? NO_DATA : COMPLETED,
                null,
                null,
                looked ? row.time() : null);
    }

    private static int failures(ClosedMonth row, List<Run> runs) {
        Optional<Instant> since = lastDay(row).map(ClosedMonths::start);
        return (int) runs.stream()
                .filter(run -> RunHistory.failed(run) && "OnDemand".equalsIgnoreCase(run.executionType()))
                .filter(run ->
                        BackfillMonths.past(run).filter(month(row)::equals).isPresent())
                .filter(run -> since.isPresent()
                        && RunHistory.submitted(run)
                                .filter(submitted -> !submitted.isBefore(since.get()))
                                .isPresent())
                .count();
    }

    /** The month that is the closed one on a day. */
    public static YearMonth month(LocalDate day) {
        return YearMonth.from(day).minusMonths(1);
    }

    public List<ClosedMonth> status() {
        return rows.isEmpty() ? null : rows;
    }

    /**
     * Begins to count, continues with the next month once the one before has nothing due or open, and forgets the days
     * when the spec has none any more.
     *
     * @param since the days from this one on count, where no row says so
     */
    public ClosedMonths fit(Instant since, Instant now) {
        if (days.isEmpty()) {
            return ended();
        }
        if (rows.isEmpty() || rows.getFirst().handledDays() == null) {
            return begun(month(date(since)), since);
        }
        LocalDate today = date(now);
        boolean over =
                month(rows.getFirst()).isBefore(month(today)) && due(today).isEmpty() && !open();
        return over ? begun(month(today), start(today.withDayOfMonth(1))) : this;
    }

    /**
     * The run that is wanted next, be it due or not. A day that is due comes before another try for the one before.
     *
     * @param tried when an attempt failed for a day that no run shows
     */
    public Optional<Attempt> next(
            Instant now, List<Run> runs, IntFunction<Duration> backoff, Function<LocalDate, Optional<Instant>> tried) {
        return due(date(now)).map(day -> new Attempt(day, 1, start(day))).or(() -> again(runs, backoff, tried));
    }

    /** When the next run is due, if in the future: no event wakes the object then. */
    public Optional<Instant> wake(
            Instant now, List<Run> runs, IntFunction<Duration> backoff, Function<LocalDate, Optional<Instant>> tried) {
        YearMonth current = YearMonth.from(date(now));
        Stream<Instant> begins = days.stream()
                .flatMap(day -> Stream.of(current, current.plusMonths(1)).map(month -> start(month.atDay(day))));
        return Stream.concat(next(now, runs, backoff, tried).map(Attempt::at).stream(), begins)
                .filter(now::isBefore)
                .min(Comparator.naturalOrder());
    }

    /** Azure has accepted the run for a day: it handles those that were missed before, too. */
    public ClosedMonths accepted(LocalDate day, String runId) {
        ClosedMonth row = handled(day);
        return put(with(row, runId, null, RUNNING, null, attempts(day) + 1));
    }

    /** Azure did not answer: the run history will show whether it accepted the run. */
    public ClosedMonths unanswered(LocalDate day, String message) {
        ClosedMonth row = known(day);
        return put(with(row, row.runId(), row.time(), row.state(), message, row.attempts()));
    }

    /** Azure did not accept the run, which is an attempt too. */
    public ClosedMonths failed(LocalDate day, String message) {
        ClosedMonth row = handled(day);
        int attempts = attempts(day) + 1;
        return put(with(row, row.runId(), row.time(), afterFailure(attempts), message, attempts));
    }

    /** The run of an attempt that was counted as failed, since Azure did not answer, is there after all. */
    public ClosedMonths found(LocalDate day, String runId) {
        ClosedMonth row = known(day);
        return put(with(row, runId, null, RUNNING, null, row.attempts()));
    }

    /** Azure refused it for good: there is nothing to try again before the next day. */
    public ClosedMonths refused(LocalDate day, String message) {
        ClosedMonth row = handled(day);
        return put(with(row, row.time() == null ? null : row.runId(), row.time(), FAILED, message, attempts(day) + 1));
    }

    /** Azure lets this identity start no run: the day is not handled. */
    public ClosedMonths denied(LocalDate day, String message) {
        ClosedMonth row = known(day);
        return put(with(row, row.runId(), row.time(), RUN_DENIED, message, row.attempts()));
    }

    /** Brings the rows up to what the history says of their runs. */
    public ClosedMonths follow(List<Run> runs, Instant now) {
        return new ClosedMonths(
                rows.stream().map(row -> followed(row, runs, now)).toList(), days);
    }

    private static ClosedMonth followed(ClosedMonth row, List<Run> runs, Instant now) {
        Run run = RUNNING.equals(row.state()) ? run(row, runs).orElse(null) : null;
        if (run == null || RunHistory.isAwaited(run, now)) {
            return row;
        }
        if (RunHistory.succeeded(run)) {
            boolean noData = RunHistory.withoutData(run);
            String end = RunHistory.ended(run).map(Timestamps::write).orElse(null);
            return with(
                    row, row.runId(), end, noData ? NO_DATA : COMPLETED, noData ? run.status() : null, row.attempts());
        }
        return with(row, row.runId(), null, afterFailure(attempts(row)), RunHistory.failure(run), attempts(row));
    }

    private static String afterFailure(int attempts) {
        return attempts < BackfillMonths.MAX_ATTEMPTS ? PENDING : FAILED;
    }

    /** How many runs are under way. */
    public int underWay() {
        return (int) rows.stream().filter(row -> RUNNING.equals(row.state())).count();
    }

    /** Whether the newest month's run is under way or will be tried again. */
    public boolean open() {
        return newest().filter(row -> RUNNING.equals(row.state()) || PENDING.equals(row.state()))
                .isPresent();
    }

    /** The run that has not ended yet, as far as known. */
    public Optional<String> awaited() {
        return newest().filter(row -> RUNNING.equals(row.state())).map(ClosedMonth::runId);
    }

    /** What there is to add to the failure of a run after which its month is not tried again; mostly nothing. */
    public String lastTry(Run run) {
        return newest().filter(row -> run.id().equals(row.runId()) && FAILED.equals(row.state()))
                .map(row -> " The operator does not retry " + row.month()
                        + " before the next day of spec.closedMonth.rerunOnDays.")
                .orElse("");
    }

    /**
     * Whether a run is of a closed month, and not of the export's own definition: a row names it, or named it before
     * the next one.
     *
     * @param ownMayBePast whether the export's own runs are of past months too
     * @param own runs that are known as the export's own
     */
    public boolean has(Run run, boolean ownMayBePast, List<Run> own, List<Run> runs) {
        if (rows.stream().anyMatch(row -> run.id().equals(row.runId()))) {
            return true;
        }
        Optional<YearMonth> month = BackfillMonths.past(run);
        Optional<ClosedMonth> row =
                month.flatMap(this::row).filter(known -> "OnDemand".equalsIgnoreCase(run.executionType()));
        return row.isPresent()
                && (!ownMayBePast
                        || own.stream().noneMatch(known -> known.id().equals(run.id()))
                                && isBefore(run, row.get(), runs));
    }

    /** A completed run whose delivery was not checked. */
    public Optional<Run> unproven(List<Run> runs) {
        return rows.stream()
                .filter(row -> COMPLETED.equals(row.state()) && row.verifiedTime() == null)
                .flatMap(row -> run(row, runs).stream())
                .findFirst();
    }

    /** It was looked for. */
    public ClosedMonths looked(Run run, Instant now) {
        return verified(run, row -> verified(row, now, row.rows(), row.bytes()));
    }

    /** It was found. */
    public ClosedMonths proven(Run run, Instant now, Long found, Long bytes) {
        return verified(run, row -> verified(row, now, found, bytes));
    }

    private ClosedMonths verified(Run run, UnaryOperator<ClosedMonth> looked) {
        return new ClosedMonths(
                rows.stream()
                        .map(row -> run.id().equals(row.runId()) ? looked.apply(row) : row)
                        .toList(),
                days);
    }

    private static ClosedMonth verified(ClosedMonth row, Instant now, Long found, Long bytes) {
        return new ClosedMonth(
                row.month(),
                row.handledDays(),
                row.runId(),
                row.time(),
                found,
                bytes,
                row.state(),
                row.message(),
                row.attempts(),
                Timestamps.write(now));
    }

    /** The row that names a run. */
    public Optional<ClosedMonth> of(Run run) {
        return rows.stream().filter(row -> run.id().equals(row.runId())).findFirst();
    }

    /** The last day that has begun and has had no run, of the newest month that has such a day. */
    private Optional<LocalDate> due(LocalDate today) {
        return newest().flatMap(row -> Stream.iterate(
                        month(today), month -> !month.isBefore(month(row)), month -> month.minusMonths(1))
                .flatMap(month -> waiting(month, today).max(Comparator.naturalOrder()).stream())
                .findFirst());
    }

    /** The days up to one on which this month is wanted and had no run yet. */
    private Stream<LocalDate> waiting(YearMonth month, LocalDate upTo) {
        LocalDate from = row(month)
                .flatMap(row -> Optional.ofNullable(row.handledDays())
                        .flatMap(handled -> handled.stream().max(Comparator.naturalOrder()))
                        .map(last -> month.plusMonths(1).atDay(last).plusDays(1))
                        .or(() -> Timestamps.start(row.time()).map(ClosedMonths::date)))
                .orElse(month.plusMonths(1).atDay(1));
        return days.stream().map(month.plusMonths(1)::atDay).filter(day -> !day.isBefore(from) && !day.isAfter(upTo));
    }

    private Optional<Attempt> again(
            List<Run> runs, IntFunction<Duration> backoff, Function<LocalDate, Optional<Instant>> tried) {
        return newest().filter(row -> !days.isEmpty() && PENDING.equals(row.state()))
                .flatMap(row -> lastDay(row).map(day -> {
                    Instant last = Stream.concat(
                                    run(row, runs).flatMap(RunHistory::ended).stream(), tried.apply(day).stream())
                            .max(Comparator.naturalOrder())
                            .orElse(start(day));
                    return new Attempt(day, attempts(row) + 1, last.plus(backoff.apply(attempts(row))));
                }));
    }

    /** How many attempts there were for a day. */
    public int attempts(LocalDate day) {
        return row(month(day))
                .filter(row -> lastDay(row).equals(Optional.of(day)))
                .map(ClosedMonths::attempts)
                .orElse(0);
    }

    private static int attempts(ClosedMonth row) {
        return row.attempts() == null ? 0 : row.attempts();
    }

    private static boolean isBefore(Run run, ClosedMonth row, List<Run> runs) {
        boolean withoutRun = row.runId() == null
                && row.time() == null
                && FAILED.equals(row.state()); // it was refused after one that had failed
        return withoutRun
                || run(row, runs)
                        .flatMap(RunHistory::submitted)
                        .filter(last ->
                                RunHistory.submitted(run).filter(last::isAfter).isPresent())
                        .isPresent();
    }

    private ClosedMonth known(LocalDate day) {
        return row(month(day)).orElseGet(() -> begun(month(day), null, null, null));
    }

    private ClosedMonth handled(LocalDate day) {
        ClosedMonth row = known(day);
        TreeSet<Integer> handled = new TreeSet<>(Objects.requireNonNullElse(row.handledDays(), List.of()));
        waiting(month(day), day).map(LocalDate::getDayOfMonth).forEach(handled::add);
        handled.add(day.getDayOfMonth());
        return new ClosedMonth(
                row.month(),
                List.copyOf(handled),
                row.runId(),
                row.time(),
                row.rows(),
                row.bytes(),
                row.state(),
                row.message(),
                row.attempts(),
                row.verifiedTime());
    }

    /** After something that concerns its run; another run was not looked for in storage yet. */
    private static ClosedMonth with(
            ClosedMonth row, String runId, String time, String state, String message, Integer attempts) {
        String verifiedTime = Objects.equals(runId, row.runId()) ? row.verifiedTime() : null;
        return new ClosedMonth(
                row.month(),
                row.handledDays(),
                runId,
                time,
                row.rows(),
                row.bytes(),
                state,
                message,
                attempts,
                verifiedTime);
    }

    private ClosedMonths begun(YearMonth month, Instant since) {
        Optional<ClosedMonth> known = row(month);
        return put(begun(
                month,
                Timestamps.write(since),
                known.map(ClosedMonth::rows).orElse(null),
                known.map(ClosedMonth::bytes).orElse(null)));
    }

    private static ClosedMonth begun(YearMonth month, String since, Long rows, Long bytes) {
        return new ClosedMonth(month.toString(), List.of(), null, since, rows, bytes, null, null, null, null);
    }

    /** A month that has had no run says nothing without days. */
    private ClosedMonths ended() {
        if (rows.isEmpty() || rows.getFirst().handledDays() == null) {
            return this;
        }
        ClosedMonth row = rows.getFirst();
        ClosedMonths others = new ClosedMonths(rows.subList(1, rows.size()), days);
        return row.runId() == null
                ? others.ended()
                : others.put(new ClosedMonth(
                        row.month(),
                        null,
                        row.runId(),
                        row.time(),
                        row.rows(),
                        row.bytes(),
                        row.state(),
                        row.message(),
                        row.attempts(),
                        row.verifiedTime()));
    }

    private ClosedMonths put(ClosedMonth row) {
        Map<String, ClosedMonth> byMonth = new TreeMap<>(Comparator.reverseOrder());
        rows.forEach(known -> byMonth.put(known.month(), known));
        byMonth.put(row.month(), row);
        return new ClosedMonths(byMonth.values().stream().limit(KEPT).toList(), days);
    }

    private Optional<ClosedMonth> newest() {
        return rows.stream().findFirst();
    }

    public Optional<ClosedMonth> row(YearMonth month) {
        return rows.stream().filter(row -> row.month().equals(month.toString())).findFirst();
    }

    private static Optional<Run> run(ClosedMonth row, List<Run> runs) {
        return runs.stream().filter(run -> run.id().equals(row.runId())).findFirst();
    }

    private static YearMonth month(ClosedMonth row) {
        return YearMonth.parse(row.month());
    }

    private static Optional<LocalDate> lastDay(ClosedMonth row) {
        return Optional.ofNullable(row.handledDays())
                .flatMap(handled -> handled.stream().max(Comparator.naturalOrder()))
                .map(month(row).plusMonths(1)::atDay);
    }

    private static LocalDate date(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC).toLocalDate();
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
