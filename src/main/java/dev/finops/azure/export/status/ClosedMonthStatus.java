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

/** The delivery state of a closed month's run, with {@code delivery.verify}. */
record ClosedMonthStatus(ClosedMonths months, List<PendingEvent> events) {
    /** How long a missing or unreadable delivery is retried before it is reported. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /**
     * Until this day of a month Azure also exports the one before by itself, which no history shows (docs/azure.md,
     * "Runs").
     */
    private static final int AZURES_OWN = 5;

    static Optional<StatusReport.Unverified> open(ReconcileState s, RunStatus runs) {
        return runs.runs() == null
                ? Optional.empty()
                : runs.closed().unproven(runs.runs()).map(run -> {
                    boolean newer = runs.runs().stream()
                            .takeWhile(other -> !other.id().equals(run.id()))
                            .anyMatch(other -> samePeriod(run, other));
                    boolean hidden = s.now().atOffset(ZoneOffset.UTC).getDayOfMonth() <= AZURES_OWN;
                    return new StatusReport.Unverified(run, (newer || hidden) && DeliveryStatus.overwrites(s));
                });
    }

    /** @param proof the result of the delivery check of the open run; empty without a check */
    static ClosedMonthStatus of(
            ReconcileState s, RunStatus runs, Optional<StatusReport.Unverified> open, Optional<DeliveryResult> proof) {
        List<PendingEvent> events = new ArrayList<>();
        if (open.isEmpty() || proof.isEmpty()) {
            return new ClosedMonthStatus(runs.closed(), events);
        }
        Run run = open.get().run();
        ClosedMonth before = runs.closed().of(run).orElseThrow();
        if (proof.get() instanceof DeliveryResult.Verified(Delivery delivery)) {
            if (differ(before.rows(), delivery.rows()) || differ(before.bytes(), delivery.bytes())) {
                events.add(PendingEvent.normal(
                        Reason.MONTH_RESTATED,
                        before.month() + " has changed since it was last exported: "
                                + said(before.rows(), before.bytes()) + " before, "
                                + said(delivery.rows(), delivery.bytes()) + " now"));
            }
            return new ClosedMonthStatus(runs.closed().proven(run, s.now(), delivery.rows(), delivery.bytes()), events);
        }
        if (RunHistory.ended(run)
                .filter(end -> s.now().isBefore(end.plus(PATIENCE)))
                .isPresent()) {
            return new ClosedMonthStatus(runs.closed(), events);
        }
        switch (proof.get()) {
            case DeliveryResult.Failed(var reason, var message) ->
                events.add(PendingEvent.warning(reason, before.month() + ": " + message));
            case DeliveryResult.Unreachable unreachable ->
                events.add(PendingEvent.warning(unreachable.reason(), before.month() + ": " + unreachable.message()));
            default -> {} // a newer run has replaced it
        }
        return new ClosedMonthStatus(runs.closed().looked(run, s.now()), events);
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
