package dev.finops.azure.costexport.backfill;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.export.Times;
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
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * The months of {@code status.closedMonths}, newest first, and the days on which the spec wants the month before once more.
 * Only the newest row is acted on. Its days are handled once Azure has accepted a run for them; without a time that run is
 * under way or has failed. A row without a run says since when days count.
 */
public record ClosedMonths(List<ClosedMonth> rows, List<Integer> days) {
  private static final int KEPT = 13;

  /** @param number how many runs this makes for the same day */
  public record Attempt(LocalDate day, int number, Instant at) {}

  public static ClosedMonths of(CostExportSpec.ClosedMonth spec, List<ClosedMonth> rows) {
    List<Integer> days = spec == null || spec.rerunOnDays() == null ? List.of() : spec.rerunOnDays();
    return new ClosedMonths(rows == null ? List.of() : rows,
        days.stream().filter(day -> day != null && day >= 1 && day <= 28).sorted().toList()); // others are of another schema
  }

  /** The month that is the closed one on a day. */
  public static YearMonth month(LocalDate day) {
    return YearMonth.from(day).minusMonths(1);
  }

  public List<ClosedMonth> status() {
    return rows.isEmpty() ? null : rows;
  }

  /**
   * Begins to count, goes on to the next month once nothing is due or open of the one before, and forgets the days when the
   * spec has none any more.
   *
   * @param since the days from this one on count, where no row says so
   */
  public ClosedMonths fit(Instant since, Instant now, List<Run> runs) {
    if (days.isEmpty()) {
      return ended();
    }
    if (rows.isEmpty() || rows.getFirst().handledDays() == null) {
      return begun(month(date(since)), since);
    }
    LocalDate today = date(now);
    boolean over = month(rows.getFirst()).isBefore(month(today)) && due(today).isEmpty() && !open(runs);
    return over ? begun(month(today), start(today.withDayOfMonth(1))) : this;
  }

  /** The run that is wanted next, be it due or not. A day that is due comes before another try for the one before. */
  public Optional<Attempt> next(Instant now, List<Run> runs, IntFunction<Duration> backoff) {
    return due(date(now)).map(day -> new Attempt(day, 1, start(day))).or(() -> again(runs, backoff));
  }

  /** When the next run is due, if that is to come: nobody else wakes the object then. */
  public Optional<Instant> wake(Instant now, List<Run> runs, IntFunction<Duration> backoff) {
    YearMonth current = YearMonth.from(date(now));
    Stream<Instant> begins = days.stream().flatMap(day -> Stream.of(current, current.plusMonths(1)).map(month -> start(month.atDay(day))));
    return Stream.concat(next(now, runs, backoff).map(Attempt::at).stream(), begins).filter(now::isBefore).min(Comparator.naturalOrder());
  }

  /** Azure has accepted the run for a day: it handles those that were missed before, too. */
  public ClosedMonths accepted(LocalDate day, String runId) {
    ClosedMonth row = handled(day);
    return put(new ClosedMonth(row.month(), row.handledDays(), runId, null, row.rows(), row.bytes(), null, null, null, null));
  }

  /** Azure refused it for good: there is nothing to try again before the next day. */
  public ClosedMonths refused(LocalDate day) {
    ClosedMonth row = handled(day);
    return put(new ClosedMonth(row.month(), row.handledDays(), row.time() == null ? null : row.runId(), row.time(), row.rows(), row.bytes(), null, null, null, null));
  }

  /** Says of runs that have succeeded when they ended. */
  public ClosedMonths follow(List<Run> runs) {
    return new ClosedMonths(rows.stream().map(row -> row.time() != null ? row
        : run(row, runs).filter(RunHistory::succeeded).flatMap(RunHistory::ended).map(end -> at(row, end)).orElse(row)).toList(), days);
  }

  /** How many runs are under way. */
  public int underWay(List<Run> runs) {
    return (int) rows.stream().filter(row -> row.time() == null && run(row, runs).filter(RunHistory::underWay).isPresent()).count();
  }

  /** Whether the newest month's run is under way or will be tried again. */
  public boolean open(List<Run> runs) {
    return newest().filter(row -> row.time() == null).flatMap(row -> run(row, runs))
        .filter(run -> RunHistory.underWay(run) || again(runs, tries -> Duration.ZERO).isPresent()).isPresent();
  }

  /** The run whose end nobody has seen yet. */
  public Optional<String> awaited(List<Run> runs) {
    return newest().filter(row -> row.runId() != null && row.time() == null && run(row, runs).filter(run -> !RunHistory.underWay(run)).isEmpty())
        .map(ClosedMonth::runId);
  }

  /** What there is to add to the failure of a run after which its month is not tried again; mostly nothing. */
  public String lastTry(Run run, List<Run> runs) {
    return newest().filter(row -> run.id().equals(row.runId()) && failed(run) && failures(row, runs) >= MonthRows.MAX_ATTEMPTS)
        .map(row -> "; " + row.month() + " is not tried again before the next day of closedMonth.rerunOnDays").orElse("");
  }

  /**
   * Whether a run is of a closed month, and not of the export's own definition: a row names it, or named it before the next one.
   *
   * @param ownMayBePast whether the export's own runs are of past months too
   * @param own runs that are known as the export's own
   */
  public boolean has(Run run, boolean ownMayBePast, List<Run> own, List<Run> runs) {
    if (rows.stream().anyMatch(row -> run.id().equals(row.runId()))) {
      return true;
    }
    Optional<YearMonth> month = MonthRows.past(run);
    Optional<ClosedMonth> row = month.flatMap(this::row).filter(known -> "OnDemand".equalsIgnoreCase(run.executionType()));
    return row.isPresent() && (!ownMayBePast || own.stream().noneMatch(known -> known.id().equals(run.id())) && isBefore(run, row.get(), runs));
  }

  /** A completed run that nobody has looked for in storage; the time of its row is then still that of its end. */
  public Optional<Run> unproven(List<Run> runs) {
    return rows.stream().filter(row -> row.time() != null).flatMap(row -> run(row, runs)
        .filter(run -> RunHistory.is(run, "Completed") && RunHistory.ended(run).map(Times::write).equals(Optional.of(row.time()))).stream()).findFirst();
  }

  /** It was looked for. */
  public ClosedMonths looked(Run run, Instant now) {
    Instant after = RunHistory.ended(run).map(end -> end.plusSeconds(1)).filter(now::isBefore).orElse(now); // never the time of its end
    return new ClosedMonths(rows.stream().map(row -> run.id().equals(row.runId()) ? at(row, after) : row).toList(), days);
  }

  /** It was found. */
  public ClosedMonths proven(Run run, Instant now, Long found, Long bytes) {
    return new ClosedMonths(looked(run, now).rows.stream().map(row -> run.id().equals(row.runId())
        ? new ClosedMonth(row.month(), row.handledDays(), row.runId(), row.time(), found, bytes, null, null, null, null) : row).toList(), days);
  }

  /** The row that names a run. */
  public Optional<ClosedMonth> of(Run run) {
    return rows.stream().filter(row -> run.id().equals(row.runId())).findFirst();
  }

  /** The last day that has begun and has had no run, of the newest month that has such a day. */
  private Optional<LocalDate> due(LocalDate today) {
    return newest().flatMap(row -> Stream.iterate(month(today), month -> !month.isBefore(month(row)), month -> month.minusMonths(1))
        .flatMap(month -> waiting(month, today).max(Comparator.naturalOrder()).stream()).findFirst());
  }

  /** The days up to one on which this month is wanted and had no run yet. */
  private Stream<LocalDate> waiting(YearMonth month, LocalDate upTo) {
    LocalDate from = row(month).flatMap(row -> Optional.ofNullable(row.handledDays()).flatMap(handled -> handled.stream().max(Comparator.naturalOrder()))
        .map(last -> month.plusMonths(1).atDay(last).plusDays(1)).or(() -> Times.start(row.time()).map(ClosedMonths::date)))
        .orElse(month.plusMonths(1).atDay(1));
    return days.stream().map(month.plusMonths(1)::atDay).filter(day -> !day.isBefore(from) && !day.isAfter(upTo));
  }

  private Optional<Attempt> again(List<Run> runs, IntFunction<Duration> backoff) {
    return newest().filter(row -> !days.isEmpty() && row.time() == null).flatMap(row -> {
      int failures = failures(row, runs);
      return run(row, runs).filter(ClosedMonths::failed).flatMap(RunHistory::ended).flatMap(end -> lastDay(row)
          .map(day -> new Attempt(day, failures + 1, end.plus(backoff.apply(failures)))));
    }).filter(attempt -> attempt.number() <= MonthRows.MAX_ATTEMPTS);
  }

  /** How many runs have failed for the day that the row's run is for. The history tells, of which a row has no room for more than one. */
  private static int failures(ClosedMonth row, List<Run> runs) {
    Optional<Instant> since = lastDay(row).map(ClosedMonths::start);
    long failed = runs.stream().filter(run -> failed(run) && "OnDemand".equalsIgnoreCase(run.executionType()))
        .filter(run -> MonthRows.past(run).filter(month(row)::equals).isPresent())
        .filter(run -> since.isPresent() && RunHistory.submitted(run).filter(submitted -> !submitted.isBefore(since.get())).isPresent()).count();
    return Math.max(1, (int) failed);
  }

  private static boolean isBefore(Run run, ClosedMonth row, List<Run> runs) {
    boolean withoutRun = row.runId() == null && row.time() == null; // it was refused after one that had failed
    return withoutRun || run(row, runs).flatMap(RunHistory::submitted).filter(last -> RunHistory.submitted(run).filter(last::isAfter).isPresent()).isPresent();
  }

  private ClosedMonth handled(LocalDate day) {
    YearMonth month = month(day);
    ClosedMonth row = row(month).orElseGet(() -> new ClosedMonth(month.toString(), null, null, null, null, null, null, null, null, null));
    TreeSet<Integer> handled = new TreeSet<>(Objects.requireNonNullElse(row.handledDays(), List.of()));
    waiting(month, day).map(LocalDate::getDayOfMonth).forEach(handled::add);
    handled.add(day.getDayOfMonth());
    return new ClosedMonth(row.month(), List.copyOf(handled), row.runId(), row.time(), row.rows(), row.bytes(), null, null, null, null);
  }

  private ClosedMonths begun(YearMonth month, Instant since) {
    Optional<ClosedMonth> known = row(month);
    return put(new ClosedMonth(month.toString(), List.of(), null, Times.write(since), known.map(ClosedMonth::rows).orElse(null),
        known.map(ClosedMonth::bytes).orElse(null), null, null, null, null));
  }

  /** A month that has had no run says nothing without days. */
  private ClosedMonths ended() {
    if (rows.isEmpty() || rows.getFirst().handledDays() == null) {
      return this;
    }
    ClosedMonth row = rows.getFirst();
    ClosedMonths others = new ClosedMonths(rows.subList(1, rows.size()), days);
    return row.runId() == null ? others.ended() : others.put(new ClosedMonth(row.month(), null, row.runId(), row.time(), row.rows(), row.bytes(), null, null, null, null));
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

  private Optional<ClosedMonth> row(YearMonth month) {
    return rows.stream().filter(row -> row.month().equals(month.toString())).findFirst();
  }

  private static Optional<Run> run(ClosedMonth row, List<Run> runs) {
    return runs.stream().filter(run -> run.id().equals(row.runId())).findFirst();
  }

  private static boolean failed(Run run) {
    return !RunHistory.underWay(run) && !RunHistory.succeeded(run);
  }

  private static ClosedMonth at(ClosedMonth row, Instant time) {
    return new ClosedMonth(row.month(), row.handledDays(), row.runId(), Times.write(time), row.rows(), row.bytes(), null, null, null, null);
  }

  private static YearMonth month(ClosedMonth row) {
    return YearMonth.parse(row.month());
  }

  private static Optional<LocalDate> lastDay(ClosedMonth row) {
    return Optional.ofNullable(row.handledDays()).flatMap(handled -> handled.stream().max(Comparator.naturalOrder()))
        .map(month(row).plusMonths(1)::atDay);
  }

  private static LocalDate date(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
