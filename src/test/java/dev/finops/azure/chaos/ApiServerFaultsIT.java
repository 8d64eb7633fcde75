package dev.finops.azure.chaos;

import static dev.finops.azure.simulator.Operation.DELETE;
import static dev.finops.azure.simulator.Operation.PUT;
import static dev.finops.azure.system.SystemTest.eventually;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.simulator.Answer;
import dev.finops.azure.simulator.ArmErrors;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.Fault;
import dev.finops.azure.simulator.Match;
import dev.finops.azure.simulator.Operation;
import dev.finops.azure.system.Invariants;
import dev.finops.azure.system.LiveExport;
import dev.finops.azure.system.OperatorProcess;
import dev.finops.azure.system.SystemTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An API server that says no, or nothing, or what was: nothing is written to Azure twice, or upon what is no longer so,
 * and it ends as without.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiServerFaultsIT {
    private static final ApiServerProxy.Between FAIR = (_, onward) -> Optional.of(onward.answer());

    private final ControlPlane cluster = ControlPlane.shared();
    private final AzureSimulator azure = AzureSimulator.start();
    private final ApiServerProxy proxy = new ApiServerProxy(cluster, this::carry);
    private volatile ApiServerProxy.Between between = FAIR;
    private final String namespace = namespace();
    private final OperatorProcess operator = OperatorProcess.launch(
            Path.of("target/operator-logs"),
            SystemTest.environment(azure, proxy.kubeconfig(cluster, namespace), namespace),
            OperatorCommand.OF_THE_JAR);
    private final Invariants invariants = new Invariants(cluster.client(), namespace, azure, List.of(operator));
    private int subjects;
    private Subject subject;

    private String namespace() {
        cluster.installCrd();
        return cluster.newNamespace("faults");
    }

    private Optional<Exchange> carry(Exchange request, ApiServerProxy.Onward onward) throws IOException {
        return between.carry(request, onward);
    }

    @BeforeEach
    void newSubject() {
        operator.awaitReady();
        subject = new Subject(cluster.client(), azure, namespace, "subject-" + ++subjects);
    }

    @AfterEach
    void invariantsHold() {
        between = FAIR;
        proxy.holdWatches(false);
        azure.faults().clear();
        assertTrue(operator.process().isAlive(), operator::log);
        invariants.check();
    }

    @AfterAll
    void stop() {
        operator.close();
        proxy.close();
        azure.close();
    }

    private LiveExport export() {
        return subject.export();
    }

    private boolean isStatus(Exchange request) {
        return request.method().equals("PATCH")
                && request.target().contains("/costexports/" + subject.name() + "/status");
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500, 503})
    void aStatusThatIsNotTakenIsWrittenLaterAndThePutIsNotRepeated(int code) {
        AtomicInteger left = new AtomicInteger(5);
        azure.faults()
                .next(
                        Match.on(PUT).path(subject.scope()),
                        new Fault.ThenAct(() -> between = (request, onward) -> Optional.of(
                                isStatus(request) && left.getAndDecrement() > 0
                                        ? Weather.status(code, "Chaos")
                                        : onward.answer())));

        subject.apply("description: one").awaitReady();

        assertTrue(left.get() <= 0);
        assertEquals("Created", export().status().origin());
        assertEquals(1, export().calls(PUT).size());
    }

    /**
     * Azure shows an export for a while after it has accepted the deletion: what was accepted is known without the
     * status too.
     */
    @ParameterizedTest
    @ValueSource(ints = {409, 500})
    void aDeletionWhoseStatusIsNotTakenIsNotSentAgain(int code) {
        subject.apply("description: one").awaitReady();
        AtomicInteger left = new AtomicInteger(5);
        azure.faults().while_(Match.on(DELETE).path(subject.scope()), new Answer(202, Map.of(), ""));
        between = (request, onward) -> Optional.of(
                isStatus(request) && !export().calls(DELETE).isEmpty() && left.getAndDecrement() > 0
                        ? Weather.status(code, "Chaos")
                        : onward.answer());

        export().delete();

        eventually(() -> assertTrue(left.get() < 0, "the status is refused five times"));
        assertEquals(1, export().calls(DELETE).size());
        azure.exports().remove(subject.scope(), export().exportName());
        export().awaitGone();
        assertEquals(1, export().calls(DELETE).size());
    }

    @Test
    void anEditWhileAStatusIsWrittenIsAppliedAndNoneIsJudgedBeforeItsTime() {
        AtomicInteger edits = new AtomicInteger(3);
        azure.faults()
                .next(
                        Match.on(PUT).path(subject.scope()),
                        new Fault.ThenAct(() -> between = (request, onward) -> {
                            if (isStatus(request) && edits.getAndDecrement() > 0) {
                                export().change("description: edit " + edits.get());
                            }
                            return Optional.of(onward.answer());
                        }));

        subject.apply("description: one").awaitReady();

        eventually(() -> assertTrue(edits.get() < 0));
        export().awaitReady();
        assertEquals(
                "edit 0", export().inAzure().at("/properties/exportDescription").asText());
    }

    @Test
    void nothingIsWrittenToAzureUponASpecThatIsNoLongerSo() {
        subject.apply("description: one").awaitReady();
        proxy.holdWatches(true);
        export().change("description: two");
        int mark = azure.journal().mark();

        export().editInPortal(properties -> properties.put("exportDescription", "theirs"))
                .awaitLooks(4);

        assertEquals(
                List.of(),
                azure.journal().since(mark).stream()
                        .filter(call -> call.operation() == PUT)
                        .toList());
        proxy.holdWatches(false);
        export().awaitReady();
        assertEquals(
                List.of("two"),
                azure.journal().since(mark).stream()
                        .filter(call -> call.operation() == PUT)
                        .map(call ->
                                call.body().at("/properties/exportDescription").asText())
                        .toList());
    }

    @Test
    void nothingIsDeletedUponAPolicyThatIsNoLongerSo() {
        subject.apply("").awaitReady();
        azure.faults().while_(Match.on(DELETE).path(subject.scope()), ArmErrors.internalError());
        export().delete();
        eventually(() -> assertFalse(export().calls(DELETE).isEmpty()));
        proxy.holdWatches(true);
        export().change("deletionPolicy: Orphan");
        AtomicInteger asked = new AtomicInteger();
        between = (request, onward) -> {
            if (request.method().equals("GET") && request.target().endsWith("/costexports/" + subject.name())) {
                asked.incrementAndGet();
            }
            return Optional.of(onward.answer());
        };
        azure.faults().clear();

        eventually(() -> assertTrue(asked.get() >= 2 || !export().existsInAzure()));
        assertTrue(export().existsInAzure());
        proxy.holdWatches(false);
        export().awaitGone();
        assertTrue(export().existsInAzure());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatAWatchMissedIsFoundAfterwards(boolean forgotten) {
        subject.apply("description: one").awaitReady();
        between = (request, onward) ->
                Optional.of(request.isWatch() ? Weather.status(503, "ServiceUnavailable") : onward.answer());
        proxy.cutWatches();
        for (String description : List.of("two", "three", "four")) {
            export().change("description: " + description);
        }
        Weather weather = new Weather();
        weather.turns(forgotten ? Weather.Kind.FORGETFUL : Weather.Kind.FAIR);
        AtomicInteger opened = new AtomicInteger();
        between = (request, onward) -> {
            if (request.isWatch() && opened.getAndIncrement() > 0) {
                weather.turns(Weather.Kind.FAIR);
            }
            return weather.carry(request, onward);
        };

        export().awaitReady();

        assertEquals(
                "four", export().inAzure().at("/properties/exportDescription").asText());
        assertEquals(2, export().calls(PUT).size());
    }

    @Test
    void aDeletionThatAWatchMissedIsFoundAfterwards() {
        subject.apply("").awaitReady();
        between = (request, onward) ->
                Optional.of(request.isWatch() ? Weather.status(503, "ServiceUnavailable") : onward.answer());
        proxy.cutWatches();
        export().delete().awaitLooks(2);
        between = FAIR;

        export().awaitGone();

        assertEquals(1, export().calls(DELETE).size());
    }

    private boolean isRelease(Exchange request) {
        return request.method().equals("PATCH")
                && request.target().endsWith("/costexports/" + subject.name())
                && request.text().contains("\"finalizers\":[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"the watch is late", "the operator is paused"})
    void theNextObjectOfANameIsServedThoughItAndTheDeletionComeTogether(String why) {
        subject.apply("").awaitReady();
        between = (request, onward) -> {
            if (!isRelease(request)) {
                return Optional.of(onward.answer());
            }
            proxy.holdWatches(true);
            Exchange answer = onward.answer();
            if (why.equals("the operator is paused")) {
                operator.freeze();
                proxy.holdWatches(false);
            }
            return Optional.of(answer);
        };
        export().delete().awaitGone();

        LiveExport next = subject.apply("");
        proxy.holdWatches(false);
        operator.thaw();

        next.awaitReady();
        assertEquals(
                List.of(PUT, DELETE, PUT),
                next.calls().stream()
                        .map(call -> call.operation())
                        .filter(Operation::writes)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "REFUSED", "LOST_ANSWERS"})
    void whileItIsAwayAzureIsOnlyReadAndNobodyHasToRestartAnything(Weather.Kind kind) {
        subject.apply("description: one").awaitReady();
        Weather weather = new Weather();
        weather.turns(kind);
        between = weather;
        proxy.cutAll();
        int mark = azure.journal().mark();
        export().editInPortal(properties -> properties.put("exportDescription", "theirs"))
                .awaitLooks(8);

        assertEquals(
                List.of(),
                azure.journal().since(mark).stream()
                        .filter(call -> call.operation().writes())
                        .toList());
        between = FAIR;
        eventually(() -> assertEquals(
                "one", export().inAzure().at("/properties/exportDescription").asText()));
        export().change("description: two").awaitReady();
        assertEquals(
                List.of(PUT, PUT, PUT),
                export().calls().stream()
                        .map(call -> call.operation())
                        .filter(Operation::writes)
                        .toList());
    }

    @Test
    void aRightThatIsTakenAwayAndGivenBackIsMissedForSoLong() {
        subject.apply("description: one").awaitReady();
        between = (_, _) -> Optional.of(Weather.status(403, "Forbidden"));
        proxy.cutAll();
        int mark = azure.journal().mark();
        export().editInPortal(properties -> properties.put("exportDescription", "theirs"));
        eventually(() -> assertTrue(Pattern.compile("WARN .*" + subject.name() + ".*403")
                        .matcher(operator.log())
                        .results()
                        .count()
                >= 3));

        assertEquals(
                List.of(),
                azure.journal().since(mark).stream()
                        .filter(call -> call.operation().writes())
                        .toList());
        between = FAIR;
        export().change("description: two").awaitReady();
    }
}
