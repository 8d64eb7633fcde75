package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.document.Json;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people what happened, where {@code kubectl describe} shows it. */
public final class EventRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
    private static final String COMPONENT = "costexport-operator";
    private static final int MAX_MESSAGE = 1000;

    /** Of a longer message the middle is left out: Azure's words are at its beginning, what to do is at its end. */
    private static final int BEGINNING = 250;

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String instance;
    private final Consumer<PendingEvent> written;

    /** The status codes of refusals that were logged. */
    private final Set<Integer> refusals = ConcurrentHashMap.newKeySet();

    public EventRecorder(
            KubernetesClient client, InstantSource clock, String instance, Consumer<PendingEvent> written) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
        this.written = written;
    }

    /** An Event that cannot be written (a namespace that is going takes none) stops nothing. */
    public void write(CostExport object, PendingEvent note) {
        written.accept(note);
        try {
            client.v1()
                    .events()
                    .inNamespace(object.getMetadata().getNamespace())
                    .resource(event(object, note))
                    .create();
        } catch (KubernetesClientException refused) {
            boolean going = String.valueOf(refused.getMessage())
                    .contains("being terminated"); // such a namespace takes no Events
            if (!going && refusals.add(refused.getCode())) {
                LOG.warn(
                        "the API server refused Event {} of {}, and may refuse others, which are not "
                                + "logged: {}. Check the role of the operator: "
                                + "it needs the verb create for events",
                        note.reason(),
                        NamespacedName.of(object),
                        refused.getMessage());
            } else {
                LOG.debug(
                        "Event {} of {} was not written: {}",
                        note.reason(),
                        NamespacedName.of(object),
                        refused.getMessage());
            }
        }
    }

    static String shortened(String message) {
        return Json.shortenedInside(message, BEGINNING, MAX_MESSAGE);
    }

    private Event event(CostExport object, PendingEvent note) {
        Instant now = clock.instant();
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(object.getMetadata().getName() + ".")
                .withNamespace(object.getMetadata().getNamespace())
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(object.getApiVersion())
                .withKind(object.getKind())
                .withNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .withUid(object.getMetadata().getUid())
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .endInvolvedObject()
                .withType(note.warning() ? "Warning" : "Normal")
                .withReason(note.reason().toString())
                .withMessage(shortened(note.message()))
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .withReportingInstance(instance)
                .build();
    }
}
