package dev.finops.azure.export.plan;

import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.export.document.ObservedExport;
import java.time.Instant;

/** What Azure last returned for one export. */
public sealed interface Observation {

    /** Azure was not read yet. */
    record NotRead() implements Observation {}

    /** @param at the time of the request */
    record Present(ObservedExport export, Instant at, Source source) implements Observation {}

    record Absent(Instant at, Source source) implements Observation {}

    record Unanswered(ArmFailure failure) implements Observation {}

    /** What an observed document can be used for. */
    enum Source {
        /** A list of the scope: one run, shared by all exports of the scope. */
        LIST,
        /** A get: ten runs, an eTag to update with. */
        GET,
        /** The answer to our own PUT: an eTag to update with, no runs. */
        PUT
    }
}
