package dev.finops.azure.arm;

import dev.finops.azure.api.v1alpha1.Reason;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks whether Azure serves the operator's api-version. A rejected version is a fault of the whole operator, so it is
 * logged once and not once per object.
 */
public final class ApiVersionCheck {
    private static final Logger LOG = LoggerFactory.getLogger(ApiVersionCheck.class);

    private final String version;
    private final AtomicBoolean rejected = new AtomicBoolean();

    public ApiVersionCheck(String version) {
        this.version = version;
    }

    /** From an answer that shows that Azure rejected the version until another one shows that Azure serves it. */
    public boolean rejected() {
        return rejected.get();
    }

    public void heard(ArmResult<?> answer) {
        boolean rejects =
                answer instanceof ArmResult.Failed<?>(var failure) && failure.reason() == Reason.API_VERSION_REJECTED;
        boolean serves = answer instanceof ArmResult.Ok<?>
                || answer instanceof ArmResult.Failed<?>(ArmFailure.ResourceNotFound absent);
        if (rejects && rejected.compareAndSet(false, true)) {
            LOG.error(
                    "Azure rejected api-version {} (EXPORTS_API_VERSION), and no CostExport can be "
                            + "served. Set EXPORTS_API_VERSION to a version that "
                            + "Azure serves: {}",
                    version,
                    ((ArmResult.Failed<?>) answer).failure().detail().text());
        } else if (serves && rejected.compareAndSet(true, false)) {
            LOG.info("Azure serves api-version {} again", version);
        }
    }
}
