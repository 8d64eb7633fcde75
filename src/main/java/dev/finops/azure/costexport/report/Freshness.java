package dev.finops.azure.costexport.report;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.export.ScheduleWindow;
import dev.finops.azure.costexport.export.ScheduleWindow.Phase;
import dev.finops.azure.costexport.export.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** When data is late. */
final class Freshness {
  private static final Map<String, Duration> DEFAULTS =
      Map.of("Daily", Duration.ofHours(36), "Weekly", Duration.ofHours(192), "Monthly", Duration.ofHours(792));

  private Freshness() {}

  /** How old the last data may be; empty when nothing says so, or when nothing is expected to come. */
  static Optional<Duration> maxAge(CostExportSpec spec, Optional<ScheduleWindow> window) {
    Optional<Phase> phase = window.map(ScheduleWindow::phase);
    if (phase.equals(Optional.of(Phase.SUSPENDED)) || phase.equals(Optional.of(Phase.ENDED))) {
      return Optional.empty();
    }
    if (spec.freshness() != null && spec.freshness().maxAge() != null) {
      return Times.duration(spec.freshness().maxAge());
    }
    return phase.flatMap(active -> Optional.ofNullable(spec.schedule().recurrence())).map(DEFAULTS::get);
  }

  /** The instant from which on the data is late. */
  static Instant limit(Duration maxAge, Instant created, Optional<ScheduleWindow> window, Optional<Instant> lastGoodRun) {
    return Stream.of(Optional.of(created), window.map(ScheduleWindow::from), lastGoodRun)
        .flatMap(Optional::stream).max(Instant::compareTo).orElseThrow().plus(maxAge);
  }
}
