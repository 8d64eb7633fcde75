package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What passes on the way to the API server; a mock, which can refuse a renewal at will. */
@EnableKubernetesMockClient
class LeaderFenceTest {
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/home/leases";
    private static final Instant WRITTEN = Instant.parse("2026-11-15T10:00:00.123456Z");

    KubernetesMockServer server;
    KubernetesClient mock;
    private final List<Instant> renewed = new ArrayList<>();
    private final LeaderFence fence = new LeaderFence("home", "us", () -> false, renewed::add);
    private KubernetesClient client;

    @BeforeEach
    void behindTheFence() {
        client = new KubernetesClientBuilder()
                .withConfig(mock.getConfiguration())
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("lease", fence))
                .build();
    }

    private static Lease lease(String holder) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace("home")
                .withName("lease")
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withRenewTime(WRITTEN.atZone(ZoneOffset.UTC))
                .endSpec()
                .build();
    }

    private void renew(String holder) {
        client.resource(lease(holder)).patch(PatchContext.of(PatchType.JSON_MERGE));
    }

    private List<String> sent() {
        List<String> methods = new ArrayList<>();
        while (server.getRequestCount() > methods.size()) {
            try {
                methods.add(server.takeRequest().getMethod());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return methods;
    }

    @Test
    void withoutTheLeaseNothingIsWritten() {
        var map = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("home")
                .withName("any")
                .endMetadata()
                .build();

        assertTrue(assertThrows(
                        KubernetesClientException.class,
                        () -> client.resource(map).create())
                .getMessage()
                .contains("without the lease"));
        assertThrows(
                KubernetesClientException.class,
                () -> client.resource(map).patch(PatchContext.of(PatchType.JSON_MERGE)));
        assertThrows(KubernetesClientException.class, () -> client.resource(map).delete());

        assertEquals(List.of(), sent());
    }

    @Test
    void readingAndAskingForRightsNeedNone() {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/home/configmaps/any")
                .andReturn(404, "{}")
                .once();
        server.expect()
                .post()
                .withPath("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
                .andReturn(201, new SelfSubjectRulesReviewBuilder().build())
                .once();

        client.configMaps().inNamespace("home").withName("any").get();
        client.resource(new SelfSubjectRulesReviewBuilder()
                        .withNewSpec()
                        .withNamespace("home")
                        .endSpec()
                        .build())
                .create();

        assertEquals(List.of("GET", "POST"), sent());
    }

    @Test
    void whatTheApiServerHasTakenIsARenewal() {
        server.expect()
                .patch()
                .withPath(LEASES + "/lease")
                .andReturn(200, lease("us"))
                .once();
        server.expect().post().withPath(LEASES).andReturn(201, lease("us")).once();

        renew("us");
        client.resource(lease("us")).create();

        assertEquals(List.of(WRITTEN, WRITTEN), renewed);
    }

    /** As behind a proxy of clusters. */
    @Test
    void anApiServerWhoseAddressHasAPathIsTheSame() {
        String below = "/k8s/clusters/c-1";
        server.expect()
                .patch()
                .withPath(below + LEASES + "/lease")
                .andReturn(200, lease("us"))
                .once();
        server.expect()
                .post()
                .withPath(below + LEASES)
                .andReturn(201, lease("us"))
                .once();
        server.expect()
                .post()
                .withPath(below + "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")
                .andReturn(201, new SelfSubjectRulesReviewBuilder().build())
                .once();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(mock.getConfiguration())
                        .withMasterUrl(mock.getMasterUrl().toString().replaceFirst("/$", "") + below)
                        .build())
                .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("lease", fence))
                .build();
        var map = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("home")
                .withName("leases")
                .endMetadata()
                .build();

        renew("us");
        client.resource(lease("us")).create();
        client.resource(new SelfSubjectRulesReviewBuilder()
                        .withNewSpec()
                        .withNamespace("home")
                        .endSpec()
                        .build())
                .create();
        assertThrows(KubernetesClientException.class, () -> client.resource(map).create());

        assertEquals(List.of(WRITTEN, WRITTEN), renewed);
        assertEquals(List.of("PATCH", "POST", "POST"), sent());
    }

    @ParameterizedTest
    @CsvSource({
        "/, /apis/x, /apis/x",
        "'', /apis/x, /apis/x",
        "/k8s/clusters/c-1/, /k8s/clusters/c-1/apis/x, /apis/x",
        "/k8s/clusters/c-1, /k8s/clusters/c-1/apis/x, /apis/x",
        "/k8s, /k8s-other/apis, /k8s-other/apis"
    })
    void whatAWatchWasOpenedForIsComparedBelowTheAddress(String address, String path, String below) {
        assertEquals(below, ResourceVersionGuard.below(address, path));
    }

    @Test
    void whatItHasRefusedAndWhatGivesTheLeaseBackIsNone() {
        server.expect().patch().withPath(LEASES + "/lease").andReturn(409, "{}").once();
        server.expect()
                .patch()
                .withPath(LEASES + "/lease")
                .andReturn(200, lease(""))
                .once();

        assertThrows(KubernetesClientException.class, () -> renew("us"));
        renew("");

        assertEquals(List.of(), renewed);
    }

    @Test
    void whoIsToldToLeadHasRenewed() {
        server.expect().post().withPath(LEASES).andReturn(201, lease("us")).once();
        client.resource(lease("us")).create();
        renewed.clear();

        fence.leading();

        assertEquals(List.of(WRITTEN), renewed);
    }
}
