package dev.finops.azure.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Intercepts requests to the API server: it observes renewals of the lease, and blocks every other write without the
 * lease.
 */
final class LeaderFence implements Interceptor {
    /** The SDK checks its permissions before it leads; those calls pass. */
    private static final String REVIEWS = "/apis/authorization.k8s.io/";

    private final String leases;
    private final String holder;
    private final BooleanSupplier holds;
    private final Consumer<Instant> renewed;
    private volatile Optional<Instant> asked = Optional.empty();

    LeaderFence(String namespace, String holder, BooleanSupplier holds, Consumer<Instant> renewed) {
        this.leases = "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
        this.holder = holder;
        this.holds = holds;
        this.renewed = renewed;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (request.method().equals("GET")) {
            return;
        }
        if (isOfLease(request)) {
            asked = renewal(request);
        } else if (!request.uri().getPath().contains(REVIEWS) && !holds.getAsBoolean()) {
            throw new KubernetesClientException("not written without the lease: " + request.method() + " "
                    + request.uri().getPath());
        }
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        if (response.isSuccessful() && isOfLease(request)) {
            renewal(request).ifPresent(renewed);
        }
    }

    /** The leader callback implies a successful write, even if {@link #after} has not run yet. */
    void leading() {
        asked.ifPresent(renewed);
    }

    private boolean isOfLease(HttpRequest request) {
        String path =
                request.uri().getPath(); // behind a proxy of clusters it begins with the path of the cluster's address
        return path.endsWith(leases) || path.contains(leases + "/");
    }

    /** What the others judge by: the time that is written, not that of the answer. */
    private Optional<Instant> renewal(HttpRequest request) {
        return Optional.ofNullable(request.bodyString())
                .map(body -> Serialization.unmarshal(body, Lease.class).getSpec())
                .filter(spec -> holder.equals(spec.getHolderIdentity()))
                .map(spec -> spec.getRenewTime().toInstant());
    }
}
