package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.ScheduleWindow;
import dev.finops.azure.export.document.ScheduleWindow.Phase;
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
        Optional<Duration> stated = stated(spec).flatMap(Timestamps::duration);
        return stated.isPresent()
                ? stated
                : phase.flatMap(active -> Optional.ofNullable(spec.schedule().recurrence()))
                        .map(DEFAULTS::get);
    }

    /** A stated age that cannot be read, as earlier releases of the CRD allowed: it counts as not stated. */
    static Optional<String> unreadable(CostExportSpec spec) {
        return stated(spec).filter(age -> Timestamps.duration(age).isEmpty());
    }

    private static Optional<String> stated(CostExportSpec spec) {
        return Optional.ofNullable(spec.freshness()).map(CostExportSpec.Freshness::maxAge);
    }

    /** The instant from which on the data is late. */
    static Instant limit(
            Duration maxAge, Instant created, Optional<ScheduleWindow> window, Optional<Instant> lastGoodRun) {
        return Stream.of(Optional.of(created), window.map(ScheduleWindow::from), lastGoodRun)
                .flatMap(Optional::stream)
                .max(Instant::compareTo)
                .orElseThrow()
                .plus(maxAge);
    }
}
