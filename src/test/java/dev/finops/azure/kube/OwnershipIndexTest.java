package dev.finops.azure.kube;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Any kind will do: here the target of a ConfigMap is its value {@code target}. */
class OwnershipIndexTest {
    private final InMemoryCache<ConfigMap> cache = new InMemoryCache<>();
    private final OwnershipIndex<ConfigMap> index = new OwnershipIndex<>(
            cache,
            object -> Optional.ofNullable(object.getData().get("target")).map(name -> name.toLowerCase(Locale.ROOT)),
            object -> object.getData().get("target"),
            object -> !"true".equals(object.getData().get("observes")));

    @Test
    void theOldestObjectOwnsTheTarget() {
        ConfigMap first = object("first", "2026-01-01T00:00:00Z", "daily");
        ConfigMap second = object("second", "2026-01-02T00:00:00Z", "daily");

        assertEquals(Optional.empty(), index.owner(first));
        assertEquals(Optional.of(first), index.owner(second));
        assertEquals(Optional.of(second), index.nextOwner(first));
    }

    @Test
    void ofTwoObjectsOfOneSecondTheUidDecides() {
        ConfigMap one = object("one", "2026-01-01T00:00:00Z", "daily");
        ConfigMap two = object("two", "2026-01-01T00:00:00Z", "daily");

        assertEquals(Optional.empty(), index.owner(one));
        assertEquals(Optional.of(one), index.owner(two));
    }

    @Test
    void anObjectThatObservesOwnsNothing() {
        ConfigMap observer = object("observer", "2026-01-01T00:00:00Z", "daily");
        observer.getData().put("observes", "true");
        ConfigMap manager = object("manager", "2026-01-02T00:00:00Z", "daily");

        assertEquals(Optional.empty(), index.owner(manager));
        assertEquals(Optional.of(manager), index.owner(object("later", "2026-01-03T00:00:00Z", "daily")));
    }

    @Test
    void anotherLetterCaseIsFoundApart() {
        ConfigMap lower = object("lower", "2026-01-01T00:00:00Z", "daily");
        ConfigMap upper = object("upper", "2026-01-02T00:00:00Z", "Daily");

        assertEquals(Optional.empty(), index.owner(upper));
        assertEquals(Optional.of(lower), index.ownerInOtherCase(upper));
        assertEquals(Optional.of(upper), index.nextOwnerInOtherCase(lower));
    }

    @Test
    void anObjectThatIsBeingDeletedIsNotTheNextOwner() {
        ConfigMap first = object("first", "2026-01-01T00:00:00Z", "daily");
        ConfigMap deleted = object("deleted", "2026-01-02T00:00:00Z", "daily");
        deleted.getMetadata().setDeletionTimestamp("2026-01-03T00:00:00Z");

        assertEquals(Optional.empty(), index.nextOwner(first));
    }

    @Test
    void anObjectWithoutATargetHasNoRivals() {
        ConfigMap without = object("without", "2026-01-02T00:00:00Z", null);
        object("another", "2026-01-01T00:00:00Z", null);

        assertEquals(Optional.empty(), index.owner(without));
    }

    private ConfigMap object(String name, String created, String target) {
        ConfigMap object = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("finance")
                .withName(name)
                .withUid(name)
                .withCreationTimestamp(created)
                .endMetadata()
                .withData(new java.util.HashMap<>())
                .build();
        if (target != null) {
            object.getData().put("target", target);
        }
        return cache.put(object);
    }
}
