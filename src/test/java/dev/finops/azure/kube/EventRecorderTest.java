package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@EnableKubernetesMockClient
class EventRecorderTest {
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
                .withPath("/api/v1/namespaces/finance/events")
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
        CostExport object = new CostExport();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace("finance")
                .withName("daily")
                .withUid("u")
                .build());
        EventRecorder events = writer();
        for (int i = 0; i < times; i++) {
            events.write(object, PendingEvent.normal(Reason.CREATED, "created"));
        }
    }

    private EventRecorder writer() {
        return new EventRecorder(client, InstantSource.fixed(Instant.EPOCH), "test", _ -> {});
    }

    @Test
    void aRefusalIsLoggedOnceForEachOfItsReasons() {
        refuse(403, "events is forbidden: cannot create resource", 3);
        refuse(422, "Event is invalid", 2);

        write(5);

        assertEquals(2, warnings().size(), warnings()::toString);
        assertTrue(
                warnings().getFirst().startsWith("the API server refused Event Created of finance/daily"),
                warnings()::toString);
        assertTrue(
                warnings().getFirst().contains("cannot create resource")
                        && warnings().getFirst().contains("verb create for events"),
                warnings()::toString);
    }

    @Test
    void aNamespaceThatGoesTakesNoEvents() {
        refuse(403, "unable to create new content in namespace finance because it is being terminated", 1);

        write(1);

        assertEquals(List.of(), warnings());
    }
}
