package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Condition;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Month;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.document.DesiredExport;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ExportNames;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.plan.TransientState.Fate;
import dev.finops.azure.export.plan.TransientState.RunKey;
import dev.finops.azure.export.plan.TransientState.Try;
import dev.finops.azure.export.runs.BackfillMonths;
import dev.finops.azure.export.runs.RunHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All inputs of a decision.
 *
 * @param now by Azure's clock, since Azure judges what is past
 * @param alike the names at the scope that are like the export's but for letter case, its own among them, as Azure
 *     spells them
 */
public record ReconcileState(
        ResourceView resource,
        CostExportSpec spec,
        CostExportStatus status,
        Observation observation,
        TransientState transientState,
        Settings settings,
        Instant now,
        ResolvedSecrets secrets,
        Set<String> alike,
        Progress progress) {
    /** How old what was seen may be when it is written upon. */
    private static final Duration RECENT = Duration.ofSeconds(10);

    /** After so many intervals without an answer, it is unknown whether Azure equals the spec. */
    private static final int SILENT_INTERVALS = 3;

    /** Before anybody knows which names there are. */
    public ReconcileState(
            ResourceView resource,
            CostExportSpec spec,
            CostExportStatus status,
            Observation observation,
            TransientState transientState,
            Settings settings,
            Instant now,
            ResolvedSecrets secrets) {
        this(resource, spec, status, observation, transientState, settings, now, secrets, Set.of(), Progress.NONE);
    }

    public ReconcileState with(CostExportStatus newStatus) {
        return new ReconcileState(
                resource, spec, newStatus, observation, transientState, settings, now, secrets, alike, progress);
    }

    public ReconcileState with(Observation newObservation, Instant newNow) {
        TransientState then = transientState;
        if (newObservation instanceof Present(var export, var at, var source)) {
            if (source != Source.PUT
                    && !(transientState.writes().ignored().isEmpty()
                            && transientState.writes().answered().isEmpty())) {
                then = then.saw(shownAsWanted(export, newNow), export);
            }
            boolean known = then.shown() != null && export.isAt(then.shown().eTag());
            if (export.isAt(status.eTag()) && !known) {
                then = then.showed(export.eTag(), export.fieldHashes());
            }
            then = failedMonths(then, export.runs(), newNow);
        }
        return new ReconcileState(
                resource, spec, status, newObservation, then, settings, newNow, secrets, alike, progress);
    }

    /**
     * The wait of a month counts from when its run was seen to have failed: newer runs push that run out of the
     * history.
     */
    private TransientState failedMonths(TransientState known, List<Run> runs, Instant at) {
        TransientState then = known;
        for (Month row : BackfillMonths.of(status.backfill()).rows()) {
            Optional<Run> failed = runs.stream()
                    .filter(run -> row.state().equals(BackfillMonths.RUNNING)
                            && run.id().equals(row.runId()))
                    .filter(RunHistory::failed)
                    .findFirst();
            if (failed.isPresent()) {
                Instant ended = RunHistory.ended(failed.get()).orElse(at);
                then = then.tried(
                        RunKey.ofMonth(row.month()),
                        new Try(row.attempts(), ended, RunHistory.failure(failed.get()), Fate.REFUSED));
            }
        }
        return then;
    }

    private Set<ExportField> shownAsWanted(ObservedExport export, Instant at) {
        Set<ExportField> fields = EnumSet.allOf(ExportField.class);
        DesiredExport.of(spec, Optional.of(export), at, false)
                .differences(export, appliedFields())
                .forEach(d -> fields.remove(d.field()));
        return fields;
    }

    public ReconcileState with(TransientState newTransientState) {
        return new ReconcileState(
                resource, spec, status, observation, newTransientState, settings, now, secrets, alike, progress);
    }

    ReconcileState with(Progress newProgress) {
        return new ReconcileState(
                resource, spec, status, observation, transientState, settings, now, secrets, alike, newProgress);
    }

    ReconcileState with(Progress.LastCall last) {
        return with(progress.with(last));
    }

    /** Whatever was read before does not count any more. */
    ReconcileState unread(Instant newNow) {
        return new ReconcileState(
                resource,
                spec,
                status,
                new Observation.NotRead(),
                transientState,
                settings,
                newNow,
                secrets,
                alike,
                progress.with(new Progress.LastCall.None()));
    }

    public ReconcileState with(ResolvedSecrets newSecrets) {
        return new ReconcileState(
                resource, spec, status, observation, transientState, settings, now, newSecrets, alike, progress);
    }

    public ReconcileState with(ResourceView newResource) {
        return new ReconcileState(
                newResource, spec, status, observation, transientState, settings, now, secrets, alike, progress);
    }

    /** With the names of Azure's list. A claim on another spelling has no effect if that spelling is another export. */
    public ReconcileState withNames(Set<String> names) {
        return new ReconcileState(
                resource.withNames(stated().name(), names),
                spec,
                status,
                observation,
                transientState,
                settings,
                now,
                secrets,
                names,
                progress);
    }

    /** After one more failure in a row. Across a restart the condition remembers when they began. */
    public ReconcileState failed(Reason reason) {
        Optional<Instant> known = Conditions.find(status.conditions(), Conditions.SYNCED)
                .filter(synced -> transientState.failures().inARow() == 0
                        && reason.toString().equals(synced.reason()))
                .flatMap(synced -> Timestamps.start(synced.lastTransitionTime()));
        return with(transientState.failed(reason, known.orElse(now)));
    }

    /**
     * The export that calls are about: the name that the spec states where Azure shows it, else that of the export
     * taken over.
     */
    public ExportId exportId() {
        ExportId stated = stated();
        return new ExportId(
                stated.scope(),
                alike.contains(stated.name())
                        ? stated.name()
                        : recorded()
                                .map(ExportId::name)
                                .or(() -> ExportNames.meant(stated.name(), alike))
                                .orElse(stated.name()));
    }

    /** The export that reads are about: of an object that is being deleted the one that its status recorded. */
    public ExportId target() {
        return resource.deleting() ? ExportId.parse(status.exportId()).orElseThrow() : exportId();
    }

    /** As the spec spells it. */
    ExportId stated() {
        return ExportId.of(spec, resource.name());
    }

    /** As the status spells it, where that is the same export but for letter case. */
    Optional<ExportId> recorded() {
        return ExportId.parse(status.exportId()).filter(stated()::equals);
    }

    /** Whether the status spells the name otherwise than the spec. */
    boolean spelledOtherwise() {
        return recorded().filter(id -> !id.name().equals(stated().name())).isPresent();
    }

    /**
     * Whether the status names an export beside the one that the spec means: Azure shows that in the very spelling of
     * the spec.
     */
    boolean namesTwin() {
        return alike.contains(stated().name()) && spelledOtherwise();
    }

    /**
     * Several exports have the name in other letter cases, and none has it exactly: the target is unknown.
     */
    boolean ambiguous() {
        return alike.size() > 1 && !alike.contains(exportId().name());
    }

    /**
     * Whether the credential belongs to the tenant that last read or wrote the export; empty when unknown.
     */
    Optional<Boolean> sameTenant() {
        return Optional.ofNullable(status.tenantId())
                .map(tenant ->
                        secrets.tenantId().filter(tenant::equalsIgnoreCase).isPresent());
    }

    public boolean managed() {
        return Policies.manages(spec);
    }

    /** Whether the spec's generation has been in Azure. */
    public boolean applied() {
        return (ours() || !managed())
                && ready().isPresent()
                && status.observedGeneration() != null
                && status.observedGeneration() == resource.generation();
    }

    private Optional<Condition> ready() {
        return Conditions.find(status.conditions(), Conditions.READY).filter(ready -> "True".equals(ready.status()));
    }

    /** Whether the export is known as ours, and not merely meant to be. */
    boolean ours() {
        return status.exportId() != null && status.eTag() != null;
    }

    List<String> appliedFields() {
        return Optional.ofNullable(status.appliedFields()).orElse(List.of());
    }

    /** Whether Azure has not answered for so long that it must be reported. */
    public boolean silent() {
        return transientState.answeredAt() != null
                && now.isAfter(transientState
                        .answeredAt()
                        .plus(settings.observeInterval().multipliedBy(SILENT_INTERVALS)));
    }

    boolean isRecent(Instant at) {
        return !at.isBefore(now.minus(RECENT)) && !at.isAfter(now.plus(RECENT));
    }

    boolean justWrote() {
        // After a restart, the time of Ready stands for the time of the create before.
        Optional<Instant> at = Optional.ofNullable(transientState.writes().at())
                .or(() ->
                        ready().filter(ready -> ours()).flatMap(ready -> Timestamps.start(ready.lastTransitionTime())));
        return at.filter(wrote -> within(wrote, TransientState.REPLICATION)).isPresent();
    }

    /** Whether Azure may still come to create what it does not show now. */
    boolean creationIsOpen() {
        return status.eTag() == null
                && transientState.writes().unanswered() != null
                && within(transientState.writes().unanswered(), TransientState.REPLICATION);
    }

    boolean justDeleted() {
        return transientState.deletion() != null
                && within(transientState.deletion().last(), TransientState.REPLICATION);
    }

    /**
     * A moment ahead of now was taken by a clock that has been corrected since: nothing waits until that clock's time
     * comes again.
     */
    private boolean within(Instant at, Duration length) {
        return !at.isAfter(now.plus(length)) && now.isBefore(at.plus(length));
    }

    /** How long to wait for what Azure accepted and does not show yet: as long again as it has taken so far. */
    public Duration patience() {
        Optional<Instant> deleted =
                Optional.ofNullable(transientState.deletion()).map(TransientState.Deletion::first);
        Optional<Instant> sent = resource.deleting()
                ? Optional.ofNullable(transientState.writes().unanswered())
                : Optional.ofNullable(transientState.writes().at());
        Duration taken = deleted.or(() -> sent)
                .map(since -> Duration.between(since, now))
                .orElse(Duration.ZERO);
        Duration bounded = taken.compareTo(settings.backoff().max()) < 0
                ? taken
                : settings.backoff().max();
        return bounded.compareTo(settings.backoff().initial()) > 0
                ? bounded
                : settings.backoff().initial();
    }
}
