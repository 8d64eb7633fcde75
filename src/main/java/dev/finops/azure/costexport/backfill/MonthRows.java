package dev.finops.azure.costexport.backfill;

import dev.finops.azure.costexport.api.v1alpha1.Annotations;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.costexport.export.RunHistory;
import dev.finops.azure.costexport.export.Times;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The months of {@code status.backfill}, newest first: one row a month, whoever asked for it. */
public record MonthRows(String until, List<Month> rows) {
  public static final String PENDING = "Pending";
  public static final String REQUESTED = "Requested";
  public static final String RUNNING = "Running";
  public static final String COMPLETED = "Completed";
  public static final String NO_DATA = "NoData";
  public static final String FAILED = "Failed";

  /** How often a month is tried before it has failed for good. */
  static final int MAX_ATTEMPTS = 5;

  private static final Set<String> OPEN = Set.of(PENDING, REQUESTED, RUNNING);
  private static final Set<String> DONE = Set.of(COMPLETED, NO_DATA);

  /** Begins the message of a row that a person asked for: such a month may be the current one, and no window drops it. */
  private static final String ASKED = "asked for by " + Annotations.RUN_REQUESTED_AT;

  /** Azure runs at most this many of one export's months at once by our asking. */
  private static final int AT_ONCE = 5;

  public static MonthRows of(Backfill backfill) {
    return backfill == null || backfill.months() == null
        ? new MonthRows(backfill == null ? null : backfill.until(), List.of())
        : new MonthRows(backfill.until(), backfill.months());
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
  public MonthRows ask(Collection<YearMonth> months) {
    return merged(until, rows, months.stream().map(month -> new Month(month.toString(), PENDING, null, 0, ASKED, null)).toList(),
        (known, asked) -> known.state().equals(REQUESTED) || known.state().equals(RUNNING) ? known : asked);
  }

  /**
   * Has a row for each month of the window, and no other that nothing has happened to and nobody asked for.
   *
   * @param history runs that count where a month is new: one that completed for just that month has done it already
   */
  public MonthRows fit(Optional<BackfillWindow> window, List<Run> history) {
    List<YearMonth> months = window.map(BackfillWindow::months).orElse(List.of());
    List<Month> kept = rows.stream()
        .filter(row -> !row.state().equals(PENDING) || asked(row) || months.contains(YearMonth.parse(row.month()))).toList();
    List<Month> added = months.stream().map(month -> done(month, history).orElseGet(() -> new Month(month.toString(), PENDING, null, 0, null, null)))
        .toList();
    return merged(window.map(w -> w.last().toString()).orElse(null), kept, added, (known, wanted) -> known);
  }

  /**
   * The month that waits and whose time has come: the newest that a person asked for, else the newest.
   *
   * @param history tells when the run ended after which a month is tried again
   * @param backoff the wait after so many attempts
   */
  public Optional<Month> next(Instant now, List<Run> history, IntFunction<Duration> backoff) {
    YearMonth current = YearMonth.from(now.atOffset(ZoneOffset.UTC));
    return rows.stream()
        .filter(row -> row.state().equals(PENDING))
        .filter(row -> asked(row) || YearMonth.parse(row.month()).isBefore(current))
        .filter(row -> lastTry(row, history).filter(ended -> now.isBefore(ended.plus(backoff.apply(row.attempts())))).isEmpty())
        .min(Comparator.comparing(row -> !asked(row)));
  }

  /** Whether as many runs as may be are under way, with those that no row is for. */
  public boolean full(int others) {
    return count(Set.of(REQUESTED, RUNNING)) + others >= AT_ONCE;
  }

  public MonthRows requested(String month) {
    return change(month, row -> new Month(row.month(), REQUESTED, null, row.attempts(), row.message(), null));
  }

  /** Azure has accepted a run of it, which is what an attempt is. */
  public MonthRows running(String month, String runId) {
    return change(month, row -> new Month(row.month(), RUNNING, runId, row.attempts() + 1, asked(row) ? ASKED : null, null));
  }

  /** It was not asked of Azure after all. */
  public MonthRows pending(String month, String message) {
    return change(month, row -> new Month(row.month(), PENDING, row.runId(), row.attempts(), message(row, message), null));
  }

  /** Azure refused it for good; what it says is too old has no data there. */
  public MonthRows refused(String month, String message) {
    boolean tooOld = message.contains("84 months") || message.toLowerCase(Locale.ROOT).contains("older than");
    return change(month, row -> new Month(row.month(), tooOld ? NO_DATA : FAILED, row.runId(), row.attempts() + 1,
        message(row, tooOld ? "TooOld: " + message : message), null));
  }

  /** Brings the rows up to what the history says of their runs. */
  public MonthRows follow(List<Run> history) {
    Map<String, Run> byId = history.stream().collect(Collectors.toMap(Run::id, run -> run, (one, other) -> one));
    return new MonthRows(until, rows.stream().map(row -> {
      Run run = row.runId() == null || !row.state().equals(RUNNING) ? null : byId.get(row.runId());
      return run == null || RunHistory.underWay(run) ? row : ended(row, run);
    }).toList());
  }

  /**
   * Whether a run is of one of these months, and not of the export's own definition: the row names it, or named it before the
   * month was tried again.
   *
   * @param ownMayBePast whether the export's own runs are of past months too, so that only the row's name tells them apart
   */
  public boolean has(Run run, boolean ownMayBePast) {
    Optional<YearMonth> month = past(run).filter(past -> !ownMayBePast && "OnDemand".equalsIgnoreCase(run.executionType()));
    return rows.stream().anyMatch(row -> run.id().equals(row.runId()) || month.isPresent() && row.month().equals(month.get().toString()));
  }

  /** The month that a run is of, if that was over when it was submitted. */
  static Optional<YearMonth> past(Run run) {
    return run.timePeriod() == null ? Optional.empty() : Times.start(run.timePeriod().from()).map(MonthRows::month)
        .filter(month -> RunHistory.submitted(run).map(MonthRows::month).filter(month::isBefore).isPresent());
  }

  /** The ids of the runs that are under way. */
  public Stream<String> running() {
    return rows.stream().filter(row -> row.state().equals(RUNNING) && row.runId() != null).map(Month::runId);
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
    List<String> done = rows.stream().filter(row -> DONE.contains(row.state())).map(Month::month).sorted().toList();
    return done.isEmpty() ? Optional.empty() : Optional.of(done.getFirst() + ".." + done.getLast());
  }

  /** {@code 7/12}, for the column. */
  public String summary() {
    return isEmpty() ? null : count(DONE) + "/" + rows.size();
  }

  /** What one month's run asks for; the current month ends yesterday, since Azure refuses the future. */
  public static TimePeriod period(YearMonth month, LocalDate today) {
    LocalDate last = month.equals(YearMonth.from(today)) ? today.minusDays(1) : month.atEndOfMonth();
    return new TimePeriod(month.atDay(1) + "T00:00:00Z", last + "T23:59:59Z");
  }

  private static Month ended(Month row, Run run) {
    if (RunHistory.succeeded(run)) {
      return new Month(row.month(), RunHistory.withoutData(run) ? NO_DATA : COMPLETED, row.runId(), row.attempts(),
          RunHistory.withoutData(run) ? run.status() : null, null);
    }
    String error = run.error() == null ? "the run ended as " + run.status() : RunHistory.because(run).substring(2);
    return new Month(row.month(), row.attempts() < MAX_ATTEMPTS ? PENDING : FAILED, row.runId(), row.attempts(), message(row, error), null);
  }

  private static Optional<Instant> lastTry(Month row, List<Run> history) {
    return history.stream().filter(run -> run.id().equals(row.runId())).findFirst().flatMap(RunHistory::ended);
  }

  private static Optional<Month> done(YearMonth month, List<Run> history) {
    return history.stream()
        .filter(run -> RunHistory.succeeded(run) && run.timePeriod() != null)
        .filter(run -> Times.start(run.timePeriod().from()).map(MonthRows::date).equals(Optional.of(month.atDay(1)))
            && Times.start(run.timePeriod().to()).map(MonthRows::date).equals(Optional.of(month.atEndOfMonth())))
        .findFirst().map(run -> new Month(month.toString(), COMPLETED, run.id(), 0, "completed before this object", null));
  }

  private static YearMonth month(Instant instant) {
    return YearMonth.from(date(instant));
  }

  private static LocalDate date(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  /** Whether a person asked for it. */
  public static boolean asked(Month row) {
    return row.message() != null && row.message().startsWith(ASKED);
  }

  /** What Azure said of it last; empty when it said nothing. */
  public static String why(Month row) {
    String message = row.message() == null ? "" : row.message();
    return asked(row) ? message.substring(ASKED.length()).replaceFirst("^; ", "") : message;
  }

  private static String message(Month row, String message) {
    return !asked(row) ? message : message == null ? ASKED : ASKED + "; " + message;
  }

  private static MonthRows merged(String until, List<Month> known, List<Month> added, BinaryOperator<Month> both) {
    Map<String, Month> byMonth = new TreeMap<>(Comparator.reverseOrder());
    known.forEach(row -> byMonth.put(row.month(), row));
    added.forEach(row -> byMonth.merge(row.month(), row, both));
    return new MonthRows(until, List.copyOf(byMonth.values()));
  }

  private MonthRows change(String month, UnaryOperator<Month> change) {
    return new MonthRows(until, rows.stream().map(row -> row.month().equals(month) ? change.apply(row) : row).toList());
  }

  private int count(Set<String> states) {
    return (int) rows.stream().filter(row -> states.contains(row.state())).count();
  }
}
