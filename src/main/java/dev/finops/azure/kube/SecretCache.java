package dev.finops.azure.kube;

import dev.finops.azure.document.InvisibleCharacters;
import dev.finops.azure.time.Callbacks;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Secrets by name, only those that objects depend on, so the verb get is enough. Without a watch, the Secrets in
 * use are read again at intervals, and dependent objects are woken by a change.
 */
public final class SecretCache {
    private static final Logger LOG = LoggerFactory.getLogger(SecretCache.class);

    /**
     * Many objects that come at once share one read. That a Secret is absent is shared only by passes that began before
     * it was read: it may have been applied together with the object that comes next, which must not act as somebody
     * else.
     */
    private static final Duration SHARED = Duration.ofSeconds(2);

    /** What the API server lets a Secret be called; anything else would be another path to it. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Consumer<ResourceID> wake;
    private final Map<Name, Entry> entries = new ConcurrentHashMap<>();

    /**
     * @param clock one that is never set, for the age of what was read
     * @param wake called with each object that depends on a changed Secret
     */
    public SecretCache(KubernetesClient client, InstantSource clock, Consumer<ResourceID> wake) {
        this.client = client;
        this.clock = clock;
        this.wake = wake;
    }

    public record Name(String namespace, String name) {
        @Override
        public String toString() {
            return "Secret " + namespace + "/" + name;
        }
    }

    public sealed interface Content {
        /**
         * @param values decoded, without white space and other invisible characters around them, which are no part of
         * an id or a token
         */
        record Found(Map<String, String> values) implements Content {
            /** Without the values. */
            @Override
            public String toString() {
                return values.keySet().toString();
            }
        }

        record Absent() implements Content {}

        /** The operator has no permission to read it. */
        record Forbidden() implements Content {}
    }

    /** @throws KubernetesClientException when the API server does not say */
    public Content read(Name name, ResourceID reader) {
        return entries.computeIfAbsent(name, Entry::new).read(reader);
    }

    public void forget(ResourceID reader) {
        retain(reader, Set.of());
    }

    /** An object depends on these Secrets now, and on no other that it may have depended on before. */
    public void retain(ResourceID reader, Set<Name> used) {
        entries.values().removeIf(entry -> !used.contains(entry.name) && entry.left(reader));
    }

    /** The Secrets that are read again and again. */
    Set<Name> inUse() {
        return Set.copyOf(entries.keySet());
    }

    /** Reads anew what is in use. */
    public void poll() {
        for (Entry entry : entries.values()) {
            try {
                entry.refresh();
            } catch (RuntimeException unanswered) {
                LOG.debug("{} was not read: {}", entry.name, unanswered.getMessage());
            }
        }
    }

    private final class Entry {
        private final Name name;
        private final Set<ResourceID> readers = ConcurrentHashMap.newKeySet();
        private Content content;
        private Instant began = Instant.MIN;
        private Instant readAt = Instant.MIN;

        Entry(Name name) {
            this.name = name;
        }

        public Content read(ResourceID reader) {
            Instant asked = clock.instant();
            readers.add(reader);
            synchronized (this) {
                boolean recent =
                        content instanceof Content.Found && clock.instant().isBefore(readAt.plus(SHARED));
                boolean readMeanwhile = content != null && began.isAfter(asked);
                if (!recent && !readMeanwhile) {
                    refresh();
                }
                return content;
            }
        }

        synchronized void refresh() {
            Content before = content;
            Instant now = clock.instant();
            content = fetch();
            began = now;
            readAt = clock.instant();
            if (before != null && !before.equals(content)) {
                LOG.info("{} has changed", name);
                readers.forEach(reader -> Callbacks.run(() -> wake.accept(reader)));
            }
        }

        private boolean left(ResourceID reader) {
            readers.remove(reader);
            return readers.isEmpty();
        }

        private Content fetch() {
            if (!NAME.matcher(name.name).matches()) {
                return new Content.Absent();
            }
            try {
                Secret secret = client.secrets()
                        .inNamespace(name.namespace)
                        .withName(name.name)
                        .get();
                return secret == null ? new Content.Absent() : new Content.Found(values(secret));
            } catch (KubernetesClientException refused) {
                if (refused.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                    return new Content.Forbidden();
                }
                throw refused;
            }
        }
    }

    private static Map<String, String> values(Secret secret) {
        return Optional.ofNullable(secret.getData()).orElse(Map.of()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        data -> InvisibleCharacters.decoded(Base64.getDecoder().decode(data.getValue()))));
    }
}
