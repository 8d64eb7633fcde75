package dev.finops.azure.export.status;

import dev.finops.azure.api.v1alpha1.CostExportStatus.ClosedMonth;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.export.plan.DeliveryResult;
import dev.finops.azure.export.plan.ReconcileState;
import dev.finops.azure.export.runs.ClosedMonths;
import dev.finops.azure.export.runs.RunHistory;
import dev.finops.azure.kube.PendingEvent;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What is known of the blobs of a closed month's run, with {@code delivery.verify}. */
record ClosedMonthStatus(ClosedMonths months, List<PendingEvent> notes) {
    /** For how long what is not there, or cannot be looked up, is looked for again; then it is told. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /**
     * Until this day of a month Azure also exports the one before by itself, which no history shows (docs/azure.md,
     * "Runs").
     */
    private static final int AZURES_OWN = 5;

    static Optional<StatusReport.Unproven> open(ReconcileState s, RunStatus runs) {
        return runs.runs() == null
                ? Optional.empty()
                : runs.closed().unproven(runs.runs()).map(run -> {
                    boolean newer = runs.runs().stream()
                            .takeWhile(other -> !other.id().equals(run.id()))
                            .anyMatch(other -> samePeriod(run, other));
                    boolean hidden = s.now().atOffset(ZoneOffset.UTC).getDayOfMonth() <= AZURES_OWN;
                    return new StatusReport.Unproven(run, (newer || hidden) && DeliveryStatus.overwrites(s));
                });
    }

    /** @param proof what storage said of the run that is open; empty when it was not asked */
    static ClosedMonthStatus of(
            ReconcileState s, RunStatus runs, Optional<StatusReport.Unproven> open, Optional<DeliveryResult> proof) {
        List<PendingEvent> notes = new ArrayList<>();
        if (open.isEmpty() || proof.isEmpty()) {
            return new ClosedMonthStatus(runs.closed(), notes);
        }
        Run run = open.get().run();
        ClosedMonth before = runs.closed().of(run).orElseThrow();
        if (proof.get() instanceof DeliveryResult.Proven(Delivery delivery)) {
            if (differ(before.rows(), delivery.rows()) || differ(before.bytes(), delivery.bytes())) {
                notes.add(PendingEvent.normal(
                        Reason.MONTH_RESTATED,
                        before.month() + " has changed since it was last exported: "
                                + said(before.rows(), before.bytes()) + " before, "
                                + said(delivery.rows(), delivery.bytes()) + " now"));
            }
            return new ClosedMonthStatus(runs.closed().proven(run, s.now(), delivery.rows(), delivery.bytes()), notes);
        }
        if (RunHistory.ended(run)
                .filter(end -> s.now().isBefore(end.plus(PATIENCE)))
                .isPresent()) {
            return new ClosedMonthStatus(runs.closed(), notes);
        }
        switch (proof.get()) {
            case DeliveryResult.Failed(var reason, var message) ->
                notes.add(PendingEvent.warning(reason, before.month() + ": " + message));
            case DeliveryResult.Unreachable unreachable ->
                notes.add(PendingEvent.warning(unreachable.reason(), before.month() + ": " + unreachable.message()));
            default -> {} // a newer run has replaced it
        }
        return new ClosedMonthStatus(runs.closed().looked(run, s.now()), notes);
    }

    private static boolean samePeriod(Run one, Run other) {
        return other.timePeriod() == null
                || one.timePeriod() == null
                || Objects.equals(one.timePeriod().from(), other.timePeriod().from());
    }

    private static boolean differ(Long before, Long now) {
        return before != null && now != null && !before.equals(now);
    }

    private static String said(Long rows, Long bytes) {
        return (rows == null ? "" : rows + " rows, ") + bytes + " bytes";
    }
}
