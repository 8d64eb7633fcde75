package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.Json;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@EnableKubernetesMockClient
class EventRecorderTest {
    private static final String EVENTS = "/api/v1/namespaces/finance/events";

    KubernetesMockServer server;
    KubernetesClient client;
    private final Logger logger = (Logger) LoggerFactory.getLogger(EventRecorder.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    private void refuse(int code, String message, int times) {
        server.expect()
                .post()
                .withPath(EVENTS)
                .andReturn(
                        code,
                        new StatusBuilder().withCode(code).withMessage(message).build())
                .times(times);
    }

    private List<String> warnings() {
        return log.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private void write(int times) {
        write(Collections.nCopies(times, "created").toArray(String[]::new));
    }

    private void write(String... messages) {
        CostExport object = new CostExport();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace("finance")
                .withName("daily")
                .withUid("u")
                .build());
        AtomicInteger second = new AtomicInteger();
        InstantSource clock = () -> Instant.ofEpochSecond(second.getAndIncrement());
        EventRecorder events = new EventRecorder(client, clock, "test", _ -> {});
        for (String message : messages) {
            events.write(object, PendingEvent.normal(Reason.CREATED, message));
        }
    }

    private void create(String name) {
        server.expect()
                .post()
                .withPath(EVENTS)
                .andReturn(
                        201,
                        new EventBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .endMetadata()
                                .build())
                .once();
    }

    private void patch(String name, int code, Object answer) {
        server.expect()
                .patch()
                .withPath(EVENTS + "/" + name)
                .andReturn(code, answer)
                .once();
    }

    private static Object refusal(int code) {
        return new StatusBuilder().withCode(code).withMessage("refused").build();
    }

    /** The requests in order: what each sends, and where. */
    private List<String> requests() {
        return Stream.generate(this::request).takeWhile(Objects::nonNull).toList();
    }

    private String request() {
        try {
            RecordedRequest request = server.takeRequest(0, TimeUnit.SECONDS);
            if (request == null) {
                return null;
            }
            JsonNode sent = Json.read(request.getUtf8Body());
            return request.getMethod() + request.getPath().substring(EVENTS.length()) + " "
                    + sent.path("message").asText("") + sent.path("count").asInt() + " at "
                    + sent.path("lastTimestamp").asText();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void aRepetitionIsCountedInTheEventOfTheFirst() {
        create("daily.1");
        patch("daily.1", 200, new EventBuilder().build());
        patch("daily.1", 200, new EventBuilder().build());

        write(3);

        assertEquals(
                List.of(
                        "POST created1 at 1970-01-01T00:00:00Z",
                        "PATCH/daily.1 2 at 1970-01-01T00:00:01Z",
                        "PATCH/daily.1 3 at 1970-01-01T00:00:02Z"),
                requests());
        assertEquals(List.of(), warnings());
    }

    @Test
    void anotherMessageIsAnotherEvent() {
        create("daily.1");
        create("daily.2");
        patch("daily.1", 200, new EventBuilder().build());

        write("one", "two", "one");

        assertEquals(
                List.of(
                        "POST one1 at 1970-01-01T00:00:00Z",
                        "POST two1 at 1970-01-01T00:00:01Z",
                        "PATCH/daily.1 2 at 1970-01-01T00:00:02Z"),
                requests());
    }

    /** 404: Kubernetes deleted the Event after an hour. 403: the role is of an older release. */
    @ParameterizedTest
    @ValueSource(ints = {403, 404, 422})
    void anEventThatCannotBePatchedIsCreatedAnew(int code) {
        create("daily.1");
        patch("daily.1", code, refusal(code));
        create("daily.2");
        patch("daily.2", 200, new EventBuilder().build());

        write(3);

        assertEquals(
                List.of(
                        "POST created1 at 1970-01-01T00:00:00Z",
                        "PATCH/daily.1 2 at 1970-01-01T00:00:01Z",
                        "POST created1 at 1970-01-01T00:00:01Z",
                        "PATCH/daily.2 2 at 1970-01-01T00:00:02Z"),
                requests());
        assertEquals(List.of(), warnings());
    }

    @Test
    void aPatchThatFailsOtherwiseIsLoggedOnceAndCreatesNothing() {
        create("daily.1");
        patch("daily.1", 400, refusal(400));
        patch("daily.1", 400, refusal(400));

        write(3);

        assertEquals(3, requests().size());
        assertEquals(1, warnings().size(), warnings()::toString);
    }

    @Test
    void aRefusalIsLoggedOnceForEachOfItsReasons() {
        refuse(403, "events is forbidden: cannot create resource", 3);
        refuse(422, "Event is invalid", 2);

        write(5);

        assertEquals(2, warnings().size(), warnings()::toString);
        assertTrue(
                warnings().getFirst().startsWith("The API server rejected Event Created of finance/daily"),
                warnings()::toString);
        assertTrue(
                warnings().getFirst().contains("cannot create resource")
                        && warnings().getFirst().contains("verbs create and patch for events"),
                warnings()::toString);
    }

    @Test
    void aNamespaceThatGoesTakesNoEvents() {
        refuse(403, "unable to create new content in namespace finance because it is being terminated", 1);

        write(1);

        assertEquals(List.of(), warnings());
    }
}
