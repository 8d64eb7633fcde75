package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.document.Json;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes Events, which {@code kubectl describe} shows. */
public final class EventRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);
    private static final String COMPONENT = "costexport-operator";
    private static final int MAX_MESSAGE = 1000;

    /** Of a longer message the middle is left out: Azure's words are at its beginning, what to do is at its end. */
    private static final int BEGINNING = 250;

    /** Bounds the memory that remembered Events use. */
    private static final int MAX_REMEMBERED = 2000;

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    /**
     * Status codes with which the API server refuses a patch and may accept a new Event: the role is of an older
     * release, the Event has expired, or the Event is invalid.
     */
    private static final Set<Integer> CREATE_ANEW = Set.of(403, 404, 422);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String instance;
    private final Consumer<PendingEvent> written;

    /** The status codes of refusals that were logged. */
    private final Set<Integer> refusals = ConcurrentHashMap.newKeySet();

    /** Events that the API server has, the most recently used last. */
    private final Map<Key, Recorded> recorded = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Recorded> eldest) {
            return size() > MAX_REMEMBERED;
        }
    });

    /** Occurrences with the same key share one Event. */
    private record Key(String uid, String type, String reason, String message) {
        static Key of(Event event) {
            return new Key(event.getInvolvedObject().getUid(), event.getType(), event.getReason(), event.getMessage());
        }
    }

    private record Recorded(String name, int count) {
        Recorded again() {
            return new Recorded(name, count + 1);
        }
    }

    public EventRecorder(
            KubernetesClient client, InstantSource clock, String instance, Consumer<PendingEvent> written) {
        this.client = client;
        this.clock = clock;
        this.instance = instance;
        this.written = written;
    }

    /**
     * Counts a repetition in the Event of the first occurrence. An Event that cannot be written (a namespace that is
     * going takes none) stops nothing.
     */
    public void write(CostExport object, PendingEvent note) {
        written.accept(note);
        try {
            record(event(object, note));
        } catch (KubernetesClientException refused) {
            boolean going = String.valueOf(refused.getMessage())
                    .contains("being terminated"); // such a namespace takes no Events
            if (!going && refusals.add(refused.getCode())) {
                LOG.warn(
                        "The API server rejected Event {} of {}, and may reject others, which are not "
                                + "logged: {}. Check the role of the operator: "
                                + "it needs the verbs create and patch for events",
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

    private void record(Event event) {
        Key key = Key.of(event);
        Recorded known = recorded.computeIfPresent(key, (_, before) -> before.again());
        if (known != null && patched(event, known)) {
            return;
        }
        Event created = client.resource(event).create();
        recorded.put(key, new Recorded(created.getMetadata().getName(), event.getCount()));
    }

    /** @return false when the Event must be created anew */
    private boolean patched(Event event, Recorded known) {
        // The client reads an Event that it has only the name of, and the role has no verb get.
        Event named = new EventBuilder(event)
                .editMetadata()
                .withName(known.name())
                .endMetadata()
                .build();
        String patch = Json.object()
                .put("count", known.count())
                .put("lastTimestamp", event.getLastTimestamp())
                .toString();
        try {
            client.resource(named).patch(MERGE, patch);
            return true;
        } catch (KubernetesClientException refused) {
            if (CREATE_ANEW.contains(refused.getCode())) {
                return false;
            }
            throw refused;
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
