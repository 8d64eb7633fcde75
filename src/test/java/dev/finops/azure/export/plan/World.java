package dev.finops.azure.export.plan;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.api.v1alpha1.CostExportStatus.PendingRun;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.document.Json;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation.Source;
import dev.finops.azure.export.status.StatusReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One object, the loop over it, and an Azure that has at most its export, all in memory. The loop may crash before and
 * after everything that it does: then only the status and Azure are left.
 */
final class World {
    private static final Duration RUN_TAKES = Duration.ofSeconds(45);
    private static final int MAX_STEPS = 32;

    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;

        Crash() {
            super(null, null, false, false);
        }
    }

    /** How Azure answers the POST of a run. */
    enum Post {
        ACCEPTED(true),
        /** A 5xx. */
        FAILED(false),
        /** No answer, though Azure took the run. */
        LOST(true),
        CONFLICT(false);

        private final boolean taken;

        Post(boolean taken) {
            this.taken = taken;
        }
    }

    private record AzureRun(int id, Instant submitted, CostExportStatus.TimePeriod period) {}

    private final UnaryOperator<ObservedExport> spelling;
    private final List<AzureRun> runs = new ArrayList<>();
    private final Map<String, String> annotations = new HashMap<>();
    private CostExportSpec spec;
    private long generation;
    private CostExportStatus status = StatusDraft.EMPTY;
    private TransientState memory = TransientState.NONE;
    private ObservedExport stored;
    private Instant now = Specs.NOW;
    private int eTag;
    private Set<Integer> crashes = Set.of();
    private int events;
    private int writes;
    private int posts;
    private Function<PendingRun, Post> posting = run -> Post.ACCEPTED;

    /** @param spelling how Azure spells its answers */
    World(UnaryOperator<ObservedExport> spelling) {
        this.spelling = spelling;
    }

    /** From now on the operator crashes at these of the things that happen. */
    void crashAt(Set<Integer> next) {
        crashes = next;
        events = 0;
    }

    /** From now on Azure answers POSTs like this. */
    void posting(Function<PendingRun, Post> answers) {
        posting = answers;
    }

    int posts() {
        return posts;
    }

    void apply(CostExportSpec newSpec) {
        spec = newSpec;
        generation++;
    }

    void annotate(String annotation, String value) {
        annotations.put(annotation, value);
    }

    void sleepUntil(Instant then) {
        now = then;
    }

    /** Somebody else changes the export. */
    void edit(String documentPath, String json) {
        store(Specs.edited(stored, documentPath, json));
    }

    void deleteExport() {
        stored = null;
        runs.clear();
    }

    Optional<ObservedExport> export() {
        return Optional.ofNullable(stored);
    }

    CostExportStatus status() {
        return status;
    }

    int runs() {
        return runs.size();
    }

    /** Writes to Azure and to the status. */
    int writes() {
        return writes;
    }

    ReconcileState situation() {
        ResourceView subject = new ResourceView(
                "finance",
                "focus",
                generation,
                Specs.NOW,
                false,
                Map.copyOf(annotations),
                Optional.empty(),
                Optional.empty());
        return new ReconcileState(
                subject,
                spec,
                status,
                new Observation.NotAsked(),
                memory,
                ReconcileStates.SETTINGS,
                now,
                ResolvedSecrets.NONE);
    }

    /** As many passes, a poll interval apart, as a patient user waits for. */
    Outcome passes(int count) {
        Outcome verdict = null;
        for (int i = 0; i < count; i++) {
            now = now.plus(ReconcileStates.SETTINGS.runPollInterval());
            try {
                verdict = pass();
            } catch (Crash crash) {
                memory = TransientState.NONE;
            }
        }
        return verdict;
    }

    private Outcome pass() {
        ReconcileState s = situation();
        Optional<ReadConsistency> look = Planner.firstLook(s);
        if (look.isPresent()) {
            s = observe(s, look.get());
        }
        for (int steps = 0; steps < MAX_STEPS; steps++) {
            Step step = Planner.next(s);
            if (step instanceof Step.Rest(Outcome verdict)) {
                s = s.with(
                        verdict instanceof Outcome.Waiting
                                ? s.memory()
                                : s.memory().succeeded());
                write(StatusReport.of(s, verdict).status());
                memory = s.memory();
                return verdict;
            }
            s = act(s, step);
        }
        throw new IllegalStateException("no rest after " + MAX_STEPS + " steps: " + Planner.next(s));
    }

    private ReconcileState act(ReconcileState s, Step step) {
        return switch (step) {
            case Step.Observe(ReadConsistency look) -> observe(s, look);
            case Step.Record record -> {
                CostExportStatus working = StatusReport.working(s, record.status());
                write(working);
                yield s.with(working).with(s.memory().postingRun(record.runToPost()));
            }
            case Step.Create(ObjectNode body, var desired) ->
                stored != null ? outdated(s) : StateTransitions.put(s, desired, List.of(), List.of(), put(s, body));
            case Step.Update(ObjectNode body, var desired, var differences, var edited, var cause) ->
                stored == null || !stored.isAt(body.path("eTag").asText())
                        ? outdated(s)
                        : StateTransitions.put(s, desired, differences, edited, put(s, body));
            case Step.PostRun(PendingRun run) -> post(s, run);
            case Step.RefuseRun(PendingRun run, String why) -> {
                CostExportStatus told =
                        StatusReport.runRefused(s, Reason.RUN_REFUSED, StatusReport.givenUp(s, run, why));
                ReconcileState given =
                        StateTransitions.runGivenUp(run.timePeriod() == null ? s.with(told) : s, run, why);
                write(given.status());
                yield given;
            }
            case Step.Rest rest -> throw new IllegalStateException("has no effect: " + rest);
        };
    }

    private ReconcileState post(ReconcileState s, PendingRun run) {
        posts++;
        Post answer = posting.apply(run);
        if (answer.taken) {
            effect(() -> runs.add(new AzureRun(runs.size(), now, run.timePeriod())));
        } else {
            event();
        }
        ReconcileState after = s.with(s.observation(), now);
        return switch (answer) {
            case ACCEPTED -> observe(StateTransitions.runPosted(after, run), ReadConsistency.DIRECT);
            case CONFLICT ->
                StateTransitions.runFailed(
                        after, run, new ArmFailure.Conflict(new ArmFailure.Detail(409, "", "conflict", "")));
            case FAILED, LOST ->
                StateTransitions.runFailed(
                        after,
                        run,
                        new ArmFailure.Indeterminate(
                                new ArmFailure.Detail(500, "", "an unexpected error", ""),
                                Reason.ARM_UNREACHABLE,
                                null));
        };
    }

    private ReconcileState outdated(ReconcileState s) {
        return observe(s.with(s.memory().conflicted()), ReadConsistency.DIRECT);
    }

    private ObservedExport put(ReconcileState s, ObjectNode body) {
        effect(() -> store(Specs.stored(body, s.exportId())));
        return spelling.apply(stored);
    }

    private void store(ObservedExport export) {
        ObjectNode document = export.document().deepCopy();
        stored = new ObservedExport(document.put("eTag", "\"" + eTag++ + "\""));
    }

    private void write(CostExportStatus next) {
        if (!next.equals(status)) {
            effect(() -> status = next);
        }
    }

    /** What others see, with a chance to crash on either side of it. */
    private void effect(Runnable effect) {
        event();
        effect.run();
        writes++;
        event();
    }

    private void event() {
        now = now.plusSeconds(1);
        if (crashes.contains(events++)) {
            throw new Crash();
        }
    }

    private ReconcileState observe(ReconcileState s, ReadConsistency look) {
        event();
        if (stored == null) {
            return s.with(
                    new Observation.Absent(
                            now, look == ReadConsistency.DIRECT ? Observation.Source.GET : Observation.Source.LIST),
                    now);
        }
        boolean single = look == ReadConsistency.DIRECT;
        ObservedExport answer = spelling.apply(withHistory(single ? 10 : 1));
        return s.with(new Observation.Present(answer, now, single ? Source.GET : Source.LIST), now);
    }

    private ObservedExport withHistory(int depth) {
        ObjectNode document = stored.document().deepCopy();
        ArrayNode history = document.withObject("/properties/runHistory").putArray("value");
        runs.reversed().stream().limit(depth).forEach(run -> {
            ObjectNode properties =
                    history.addObject().put("name", "run-" + run.id()).putObject("properties");
            properties
                    .put("executionType", "OnDemand")
                    .put("submittedTime", run.submitted().toString());
            properties.put("status", now.isBefore(run.submitted().plus(RUN_TAKES)) ? "InProgress" : "Completed");
            if (run.period() != null) {
                properties
                        .put("startDate", run.period().from())
                        .put("endDate", run.period().to());
            }
        });
        return new ObservedExport(document);
    }

    @Override
    public String toString() {
        return Json.tree(status) + "\n" + stored;
    }
}
