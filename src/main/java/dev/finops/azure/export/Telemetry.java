package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.kube.PendingEvent;
import java.time.Instant;
import java.util.Optional;

/** Is told what becomes of the objects. */
public interface Telemetry {
    /**
     * A pass has ended.
     *
     * @param before the object as the pass found it
     * @param sasExpiry of the destination's token; empty without one
     */
    void seen(CostExport before, CostExportStatus after, Optional<Instant> sasExpiry);

    /** Something happened that is worth an Event. */
    void told(PendingEvent note);

    /** The object of this UID is gone. Another one of its name may be there already. */
    void gone(String namespace, String name, String uid);

    /** The sweep requeued an object. */
    void requeued(String why);
}
