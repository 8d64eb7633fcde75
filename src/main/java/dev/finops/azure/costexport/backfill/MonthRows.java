package dev.finops.azure.costexport.backfill;

import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Backfill;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.costexport.export.RunHistory;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The months of {@code status.backfill}, newest first: one row a month, whoever asked for it. */
public record MonthRows(String until, List<Month> rows) {
  public static final String PENDING = "Pending";
  public static final String REQUESTED = "Requested";
  public static final String RUNNING = "Running";
  public static final String COMPLETED = "Completed";
  public static final String NO_DATA = "NoData";
  public static final String FAILED = "Failed";

  private static final Set<String> OPEN = Set.of(PENDING, REQUESTED, RUNNING);
  private static final Set<String> DONE = Set.of(COMPLETED, NO_DATA);

  /** Azure runs at most this many of one export's months at once by our asking. */
  private static final int AT_ONCE = 5;

  public static MonthRows of(Backfill backfill) {
    return backfill == null || backfill.months() == null
        ? new MonthRows(backfill == null ? null : backfill.until(), List.of())
        : new MonthRows(backfill.until(), backfill.months());
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  public Backfill backfill() {
    return isEmpty() ? null : new Backfill(until, rows.size(), count(DONE), count(Set.of(FAILED)), rows);
  }

  /** Adds months as Pending; those that are done or failed begin anew, those under way go on. */
  public MonthRows ask(Collection<YearMonth> months) {
    Map<String, Month> byMonth = new TreeMap<>(Comparator.reverseOrder());
    rows.forEach(row -> byMonth.put(row.month(), row));
    for (YearMonth month : months) {
      byMonth.merge(month.toString(), new Month(month.toString(), PENDING, null, 0, null),
          (known, asked) -> OPEN.contains(known.state()) ? known : asked);
    }
    return new MonthRows(until, List.copyOf(byMonth.values()));
  }

  /** The newest month that waits, unless as many as may be are under way. */
  public Optional<YearMonth> next() {
    long underWay = rows.stream().filter(row -> row.state().equals(RUNNING)).count();
    return underWay >= AT_ONCE ? Optional.empty()
        : rows.stream().filter(row -> row.state().equals(PENDING)).findFirst().map(row -> YearMonth.parse(row.month()));
  }

  public MonthRows requested(YearMonth month, int attempts) {
    return change(month, row -> new Month(row.month(), REQUESTED, null, attempts, row.message()));
  }

  public MonthRows running(YearMonth month, String runId) {
    return change(month, row -> new Month(row.month(), RUNNING, runId, row.attempts(), null));
  }

  public MonthRows failed(YearMonth month, String message) {
    return change(month, row -> new Month(row.month(), FAILED, row.runId(), row.attempts(), message));
  }

  /** Brings the rows up to what the history says of their runs. */
  public MonthRows follow(List<Run> history) {
    Map<String, Run> byId = history.stream().collect(Collectors.toMap(Run::id, run -> run, (one, other) -> one));
    return new MonthRows(until, rows.stream().map(row -> {
      Run run = row.runId() == null || !row.state().equals(RUNNING) ? null : byId.get(row.runId());
      return run == null || RunHistory.underWay(run) ? row : ended(row, run);
    }).toList());
  }

  /** The runs that were asked for with a period of their own. */
  public Set<String> runIds() {
    return rows.stream().map(Month::runId).filter(id -> id != null).collect(Collectors.toSet());
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
    String state = RunHistory.is(run, "Completed") ? COMPLETED : RunHistory.withoutData(run) ? NO_DATA : FAILED;
    String message = run.error() == null ? state.equals(FAILED) ? "the run ended as " + run.status() : null
        : run.error().code() + ": " + run.error().message();
    return new Month(row.month(), state, row.runId(), row.attempts(), message);
  }

  private MonthRows change(YearMonth month, UnaryOperator<Month> change) {
    return new MonthRows(until, rows.stream().map(row -> row.month().equals(month.toString()) ? change.apply(row) : row).toList());
  }

  private int count(Set<String> states) {
    return (int) rows.stream().filter(row -> states.contains(row.state())).count();
  }
}
