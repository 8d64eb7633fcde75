package dev.finops.azure.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.Set;

/**
 * Requeues objects by name. The SDK ignores a plain event for an object that it does not know, and it forgets an object
 * together with its predecessor of the same name. It never ignores a resource event.
 */
public final class WakeUps<R extends HasMetadata> extends AbstractEventSource<Void, R> {
    private Cache<R> cache;

    public WakeUps() {
        super(Void.class, "wake");
    }

    public void of(Cache<R> objects) {
        cache = objects;
    }

    public void propagateEvent(ResourceID id) {
        if (isRunning()) {
            cache.get(id)
                    .ifPresent(object ->
                            getEventHandler().handleEvent(new ResourceEvent(ResourceAction.UPDATED, id, object)));
        }
    }

    @Override
    public Set<Void> getSecondaryResources(R primary) {
        return Set.of();
    }
}
