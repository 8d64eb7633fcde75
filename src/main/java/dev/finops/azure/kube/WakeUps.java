package dev.finops.azure.kube;

import dev.finops.azure.api.v1alpha1.CostExport;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.Cache;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.util.Set;

/**
 * Requeues objects by name. The SDK ignores a plain event for an object that it does not remember, and it forgets an
 * object together
 * with its predecessor of the same name; the event of an object is never ignored.
 */
public final class WakeUps extends AbstractEventSource<Void, CostExport> {
    private Cache<CostExport> cache;

    public WakeUps() {
        super(Void.class, "wake");
    }

    public void of(Cache<CostExport> objects) {
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
    public Set<Void> getSecondaryResources(CostExport primary) {
        return Set.of();
    }
}
