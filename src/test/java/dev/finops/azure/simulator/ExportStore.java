package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The exports that exist, and the portal: whoever holds the store sees everything at once and may change it behind the
 * API's back.
 */
public final class ExportStore {

    private record Key(String scope, String name) {
        Key(Scope scope, String name) {
            this(scope.normal(), name);
        }
    }

    /**
     * All that is known under one name: the state before the last write is what late reads show, also after a deletion.
     */
    private static final class Slot {
        private final String scope;
        private Optional<Export> latest = Optional.empty();
        private Optional<Export> before = Optional.empty();
        private Instant changed = Instant.MIN;
        private final List<Run> runs = new ArrayList<>();
        private final Deque<RunOutcome> outcomes = new ArrayDeque<>();
        private final Map<YearMonth, Integer> failures = new HashMap<>();

        Slot(String scope) {
            this.scope = scope;
        }
    }

    private static final long SECONDS_FROM_1601_TO_1970 = 11_644_473_600L;
    private static final ApiVersion NEWEST = ApiVersion.of("2026-06-01");

    private final InstantSource clock;
    private final Behaviours behaviours;
    private final Map<Key, Slot> slots =
            new TreeMap<>(Comparator.comparing(Key::scope).thenComparing(Key::name));

    private final Set<String> delivered = new HashSet<>();
    private BlobSink blobs = BlobSink.NONE;
    private long ticks;
    private long lastETag;

    ExportStore(InstantSource clock, Behaviours behaviours) {
        this.clock = clock;
        this.behaviours = behaviours;
    }

    /** The latest state as the service keeps it: nothing re-spelled, no default filled in, the SAS token readable. */
    public synchronized Optional<ObjectNode> find(String scope, String name) {
        return latest(Scope.of(scope), name).map(export -> {
            var document = Json.object()
                    .put("id", export.id())
                    .put("name", export.name())
                    .put("type", "Microsoft.CostManagement/exports");
            document.setAll(export.document().deepCopy());
            return document;
        });
    }

    /** Counts up with each read, so that no two reads are the same. */
    synchronized long tick() {
        return ++ticks;
    }

    /** The latest state with Azure's defaults filled in, as a read shows it. */
    public synchronized Optional<ObjectNode> shown(String scope, String name) {
        return latest(Scope.of(scope), name)
                .map(export -> Echo.written(
                        export,
                        NEWEST,
                        behaviours
                                .at(export.scope())
                                .withRespellings(Respelling.DEFAULTS)
                                .with(Choice.EstimateAfterPut.PRESENT),
                        clock.instant()));
    }

    /** An export that was there before, or that somebody else makes. The document is what a PUT would send. */
    public synchronized void create(
            String scope, String name, String apiVersion, String createdBy, ObjectNode document) {
        var version = ApiVersion.of(apiVersion);
        save(Scope.of(scope), name, version.store(), Principal.of(createdBy), document.deepCopy());
    }

    /** An export as {@link #find} showed it once, with its eTag and its last writer. */
    public synchronized void restore(String scope, String name, String apiVersion, ObjectNode document) {
        var kept = document.deepCopy();
        kept.remove(List.of("id", "name", "type"));
        var at = Scope.of(scope);
        change(
                slot(key(at, name)),
                Optional.of(new Export(
                        at, name, ApiVersion.of(apiVersion).store(), kept, Optional.empty(), clock.instant())));
    }

    /** Somebody's edit: a new eTag and another lastModifiedBy. */
    public synchronized void edit(String scope, String name, String changedBy, Consumer<ObjectNode> change) {
        var export = existing(scope, name);
        var document = export.document().deepCopy();
        change.accept(document);
        save(export.scope(), export.name(), export.store(), Principal.of(changedBy), document);
    }

    public synchronized void remove(String scope, String name) {
        delete(existing(scope, name));
    }

    /** What the service does to an export whose runs keep failing. */
    public synchronized void suspend(String scope, String name, String code, String reason) {
        var export = existing(scope, name);
        var suspension = new Export.Suspension(code, reason, clock.instant());
        slot(export).latest = Optional.of(new Export(
                export.scope(),
                export.name(),
                export.store(),
                export.document(),
                Optional.of(suspension),
                export.scheduledFrom()));
    }

    /** The names of the exports of a scope as they are spelled. */
    public synchronized List<String> names(String scope) {
        return slots.entrySet().stream()
                .filter(entry -> entry.getKey().scope.equals(Scope.of(scope).normal()))
                .flatMap(entry -> entry.getValue().latest.stream())
                .map(Export::name)
                .toList();
    }

    public synchronized int size() {
        return (int)
                slots.values().stream().filter(slot -> slot.latest.isPresent()).count();
    }

    /**
     * How the next run of an export ends, on demand or scheduled; asked several times, the runs after it. Without it
     * runs complete.
     */
    public synchronized void nextRun(String scope, String name, RunOutcome outcome) {
        slot(key(Scope.of(scope), name)).outcomes.add(outcome);
    }

    /** The next runs for one month fail, so many times. */
    public synchronized void failMonth(String scope, String name, YearMonth month, int times) {
        slot(key(Scope.of(scope), name)).failures.put(month, times);
    }

    /** The portal's "Run now", for the export's own period. */
    public synchronized void run(String scope, String name, String submittedBy) {
        var export = existing(scope, name);
        run(export, submittedBy, DateRange.of(export.properties().path("definition"), DateRange.day(clock.instant())));
    }

    /** A run of the past: an entry of the run history, of which id and name may be left out. */
    public synchronized void addRun(String scope, String name, ObjectNode run) {
        var properties = (ObjectNode) run.path("properties");
        var submitted = DateRange.instant(properties, "submittedTime")
                .orElseThrow(() -> new IllegalArgumentException("a run has a submittedTime"));
        slot(existing(scope, name))
                .runs
                .add(new Run.Recorded(
                        Json.text(run, "name").orElseGet(() -> UUID.randomUUID().toString()),
                        submitted,
                        properties.deepCopy()));
    }

    /**
     * The run history with all that the newest version knows, newest first and with the run's id as its name, whatever
     * answers show.
     */
    public synchronized List<ObjectNode> runs(String scope, String name) {
        var export = existing(scope, name);
        var plain = behaviours.at(export.scope()).with(Choice.RunIdentity.ALSO_AS_NAME);
        return runs(export, Duration.ZERO)
                .map(run -> Echo.run(export, run, clock.instant(), NEWEST, plain))
                .toList();
    }

    synchronized Optional<Export> latest(Scope scope, String name) {
        return Optional.ofNullable(slots.get(key(scope, name))).flatMap(slot -> slot.latest);
    }

    /** The exact name, or where letter case does not matter the one that was there first. */
    private Key key(Scope scope, String name) {
        var exact = new Key(scope, name);
        if (behaviours.at(scope).is(Choice.Names.CASE_SENSITIVE) || slots.containsKey(exact)) return exact;
        return slots.keySet().stream()
                .filter(key -> key.scope.equals(exact.scope) && key.name.equalsIgnoreCase(name))
                .findFirst()
                .orElse(exact);
    }

    /** What a read shows, which may be late. */
    synchronized Optional<Export> visible(Scope scope, String name) {
        return Optional.ofNullable(slots.get(key(scope, name))).flatMap(this::visible);
    }

    synchronized List<Export> visible(Scope scope) {
        return slots.entrySet().stream()
                .filter(entry -> entry.getKey().scope.equals(scope.normal()))
                .flatMap(entry -> visible(entry.getValue()).stream())
                .toList();
    }

    private Optional<Export> visible(Slot slot) {
        return clock.instant()
                        .isBefore(slot.changed.plus(behaviours.at(slot.scope).takes(Pace.READS_LAG)))
                ? slot.before
                : slot.latest;
    }

    /** Newest first, those submitted in the last moments left out when reads are late. */
    synchronized Stream<Run> visibleRuns(Export export) {
        return runs(export, behaviours.at(export.scope()).takes(Pace.READS_LAG));
    }

    synchronized boolean runsNow(Export export) {
        return runs(export, Duration.ZERO)
                .anyMatch(run -> run instanceof Run.Simulated one && one.underWay(clock.instant()));
    }

    synchronized void deliverTo(BlobSink sink) {
        blobs = sink;
    }

    private Stream<Run> runs(Export export, Duration late) {
        var slot = slot(export);
        catchUp(slot);
        slot.runs.stream()
                .flatMap(run -> run instanceof Run.Simulated one ? Stream.of(one) : Stream.empty())
                .filter(run -> run.completed(clock.instant()) && delivered.add(run.id()))
                .forEach(run -> new Delivery(run, blobs).write());
        var shown = clock.instant().minus(late);
        return slot.runs.reversed().stream()
                .filter(run -> !run.submitted().isAfter(shown))
                .sorted(Comparator.comparing(Run::submitted).reversed());
    }

    /** Adds the runs that the schedule asked for since somebody last looked. */
    private void catchUp(Slot slot) {
        var now = clock.instant();
        while (true) {
            var export = slot.latest.orElse(null);
            var due = export == null
                    ? null
                    : export.nextRun(export.scheduledFrom())
                            .filter(next -> !next.isAfter(now))
                            .orElse(null);
            if (due == null) return;
            var range = DateRange.of(export.properties().path("definition"), DateRange.day(due));
            slot.runs.add(Run.Simulated.submit(
                    export, true, "System", due, range, outcome(slot, range), behaviours.at(slot.scope)));
            slot.latest = Optional.of(export.scheduledFrom(due));
        }
    }

    synchronized void run(Export export, String submittedBy, DateRange range) {
        var slot = slot(export);
        catchUp(slot);
        slot.runs.add(Run.Simulated.submit(
                export, false, submittedBy, clock.instant(), range, outcome(slot, range), behaviours.at(slot.scope)));
    }

    private static RunOutcome outcome(Slot slot, DateRange range) {
        int failures = slot.failures.merge(YearMonth.from(range.from()), -1, Integer::sum);
        if (failures >= 0) return new RunOutcome.Failed("InternalError", "An unknown error occurred.");
        return Optional.ofNullable(slot.outcomes.poll()).orElseGet(RunOutcome.Completed::new);
    }

    /** Writes a state: a new eTag, the writer noted, a suspension lifted. */
    synchronized Export save(Scope scope, String name, ApiVersion.Store store, Principal by, ObjectNode document) {
        var slot = slot(key(scope, name));
        catchUp(slot);
        var now = clock.instant();
        var before = slot.latest;
        document.put("eTag", "\"" + newETag(scope, now) + "\"");
        document.set(
                "systemData",
                by.systemData(
                        before.map(export -> (ObjectNode) export.document().path("systemData")), now));
        // The first spelling of scope and name stays.
        var saved = new Export(
                before.map(Export::scope).orElse(scope),
                before.map(Export::name).orElse(name),
                store,
                document,
                Optional.empty(),
                now);
        change(slot, Optional.of(saved));
        return saved;
    }

    /**
     * The time of the write in units of 100 ns since 1601, in hexadecimal digits; or a GUID, as the specification's
     * examples have it.
     */
    private String newETag(Scope scope, Instant now) {
        if (behaviours.at(scope).is(Choice.ETags.GUID)) return UUID.randomUUID().toString();
        long filetime = (now.getEpochSecond() + SECONDS_FROM_1601_TO_1970) * 10_000_000 + now.getNano() / 100;
        lastETag = Math.max(lastETag + 1, filetime);
        return Long.toHexString(lastETag);
    }

    synchronized void delete(Export export) {
        var slot = slot(export);
        if (behaviours.at(slot.scope).is(Choice.HistoryAfterDelete.CLEARED)) slot.runs.clear();
        change(slot, Optional.empty());
    }

    private void change(Slot slot, Optional<Export> to) {
        slot.before = slot.latest;
        slot.latest = to;
        slot.changed = clock.instant();
    }

    private Export existing(String scope, String name) {
        return latest(Scope.of(scope), name)
                .orElseThrow(() -> new IllegalStateException("no export " + name + " at " + scope));
    }

    private Slot slot(Export export) {
        return slot(new Key(export.scope(), export.name()));
    }

    private Slot slot(Key key) {
        return slots.computeIfAbsent(key, made -> new Slot(made.scope));
    }
}
