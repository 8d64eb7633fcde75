package dev.finops.azure.chaos;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Behaviour;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;

/** What happens when, by a seed: to Azure, to the API server, to the leader and by people, each at its own pace. */
record Schedule(long seed, Duration length) {
    static final Behaviour USUAL = Behaviour.defaults().withRunsPerMinute(1000);

    record Event(Duration at, String what, Runnable happens) {}

    private record Storm(String what, Runnable begins, Runnable ends) {}

    List<Event> events(AzureSimulator azure, Candidates candidates, People people, ControlPlane cluster) {
        List<Event> events = new ArrayList<>();
        Random random = new Random(seed);
        lane(events, random, 2000, 6000, ofAzure(azure));
        lane(events, random, 500, 6000, ofApiServer(candidates, cluster));
        lane(events, random, 14_000, 18_000, ofLeader(candidates));
        deeds(events, random, people);
        events.sort(Comparator.comparing(Event::at));
        events.add(new Event(length, "the end of all faults; everybody resumes", () -> {
            azure.faults().clear();
            azure.behaviour(USUAL);
            candidates.thaw();
            candidates.weather(0).turns(Weather.Kind.FAIR);
            candidates.weather(1).turns(Weather.Kind.FAIR);
            people.resumeAll();
        }));
        return events;
    }

    /** One storm after the other, with a pause between them that is half as long. */
    private void lane(List<Event> events, Random random, int shortest, int longest, List<Storm> storms) {
        long at = 1000 + random.nextInt(2000);
        while (at < length.toMillis()) {
            Storm storm = storms.get(random.nextInt(storms.size()));
            long until = Math.min(at + random.nextInt(shortest, longest), length.toMillis());
            events.add(new Event(
                    Duration.ofMillis(at), storm.what + " for %.1f s".formatted((until - at) / 1000.0), storm.begins));
            events.add(new Event(Duration.ofMillis(until), storm.what + " is over", storm.ends));
            at = until + random.nextInt(shortest, longest) / 2;
        }
    }

    private List<Storm> ofAzure(AzureSimulator azure) {
        Match reads = Match.on(
                Operation.LIST,
                Operation.GET,
                Operation.HISTORY); // a write that is said to have been done, and was not, is no fault of networks
        Runnable calm = () -> {
            azure.faults().clear();
            azure.behaviour(USUAL);
        };
        return List.of(
                storm(
                        azure,
                        "Azure: 429 for half of all calls",
                        0.5,
                        Match.any(),
                        ArmErrors.throttled("entity", 1),
                        calm),
                storm(azure, "Azure: 503 for most calls", 0.8, Match.any(), ArmErrors.unavailable(1), calm),
                storm(
                        azure,
                        "Azure: 500 for half of all calls",
                        0.5,
                        Match.any(),
                        Answer.error(500, "InternalServerError", "no"),
                        calm),
                storm(
                        azure,
                        "Azure: a gateway's page for half of all calls",
                        0.5,
                        Match.any(),
                        ArmErrors.badGateway(),
                        calm),
                storm(
                        azure,
                        "Azure: connections are reset before the call",
                        0.5,
                        Match.any(),
                        new Fault.ResetBefore(),
                        calm),
                storm(
                        azure,
                        "Azure: connections are reset after the call",
                        0.5,
                        Match.any(),
                        new Fault.ResetAfter(),
                        calm),
                storm(azure, "Azure: bodies end half way", 0.5, Match.any(), new Fault.ResetDuring(), calm),
                storm(azure, "Azure: truncated JSON with status 200", 0.5, reads, ArmErrors.truncatedJson(), calm),
                storm(azure, "Azure: slow answers", 0.5, Match.any(), new Fault.Delay(Duration.ofMillis(700)), calm),
                new Storm(
                        "Azure: reads are late",
                        () -> azure.behaviour(USUAL.withLateReads(Duration.ofMillis(500))),
                        calm),
                new Storm(
                        "Azure: tokens expire and none is to be had",
                        () -> {
                            azure.entra().revokeTokens();
                            azure.faults().while_(Match.token(), ArmErrors.unavailable(1));
                        },
                        calm),
                new Storm("Azure: tokens expire", () -> azure.entra().revokeTokens(), calm));
    }

    private Storm storm(AzureSimulator azure, String what, double share, Match match, Fault fault, Runnable calm) {
        return new Storm(what, () -> azure.faults().sometimes(share, seed, match, fault), calm);
    }

    private static List<Storm> ofApiServer(Candidates candidates, ControlPlane cluster) {
        IntConsumer fair = seat -> candidates.weather(seat).turns(Weather.Kind.FAIR);
        List<Storm> storms = new ArrayList<>();
        for (Weather.Kind kind : List.of(
                Weather.Kind.UNAVAILABLE, Weather.Kind.REFUSED, Weather.Kind.LOST_ANSWERS, Weather.Kind.FORGETFUL)) {
            for (int seat = 0; seat < 2; seat++) {
                int one = seat;
                storms.add(new Storm(
                        "API server: " + kind.name().toLowerCase().replace('_', ' ') + " for operator " + one,
                        () -> {
                            candidates.weather(one).turns(kind);
                            candidates.cutAll(one);
                        },
                        () -> fair.accept(one)));
            }
        }
        storms.add(new Storm("API server: watches are cut", candidates::cutWatches, candidates::cutWatches));
        storms.add(new Storm(
                "API server: etcd is compacted and watches are cut",
                () -> {
                    cluster.compact();
                    candidates.cutWatches();
                },
                cluster::compact));
        return storms;
    }

    private static List<Storm> ofLeader(Candidates candidates) {
        return List.of(
                new Storm("leader: killed", candidates::killLeader, () -> {}),
                new Storm("leader: stopped", candidates::stopLeader, () -> {}),
                new Storm("leader: frozen", candidates::freezeLeader, candidates::thaw));
    }

    private void deeds(List<Event> events, Random random, People people) {
        long at = 0;
        for (int number = 0; at < length.toMillis(); number++) {
            int edit = number;
            Random choice = new Random(random.nextLong());
            events.add(
                    switch (random.nextInt(10)) {
                        case 0, 1, 2 ->
                            new Event(
                                    Duration.ofMillis(at),
                                    "people: a spec is edited",
                                    () -> people.editSpec(choice, edit));
                        case 3, 4, 5 ->
                            new Event(
                                    Duration.ofMillis(at),
                                    "people: a run is asked for",
                                    () -> people.askForRun(choice));
                        case 6, 7 ->
                            new Event(
                                    Duration.ofMillis(at),
                                    "people: an edit in the portal",
                                    () -> people.editInPortal(choice, edit));
                        case 8 -> new Event(Duration.ofMillis(at), "people: one is paused", () -> people.pause(choice));
                        default -> new Event(Duration.ofMillis(at), "people: all are resumed", people::resumeAll);
                    });
            at += random.nextInt(200, 1200);
        }
    }
}
