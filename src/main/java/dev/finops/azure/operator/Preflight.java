package dev.finops.azure.operator;

import dev.finops.azure.api.v1alpha1.CostExport;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * Sends the requests of the watches once at the start, so that a wrong setting is one line and not a log of retries.
 */
final class Preflight {
    private Preflight() {}

    static void check(KubernetesClient kubernetes, OperatorConfig config) {
        try {
            var objects = kubernetes.resources(CostExport.class);
            var one = new ListOptionsBuilder()
                    .withLimit(1L)
                    .withLabelSelector(config.watchSelector().orElse(null))
                    .build();
            if (config.watchNamespaces().isEmpty()) {
                objects.inAnyNamespace().list(one);
            } else {
                config.watchNamespaces()
                        .forEach(namespace -> objects.inNamespace(namespace).list(one));
            }
        } catch (KubernetesClientException refused) {
            String said = refused.getStatus() == null || refused.getStatus().getMessage() == null
                    ? Main.firstCause(refused)
                    : refused.getStatus().getMessage();
            throw switch (refused.getCode()) {
                case 400 ->
                    new OperatorConfig.Wrong(
                            "WATCH_SELECTOR", config.watchSelector().orElse(""), "is not a label selector: " + said);
                case 401 ->
                    new IllegalStateException(
                            "the API server does not know who this is; check KUBECONFIG or the service account: "
                                    + said);
                case 403 ->
                    new IllegalStateException("the API server does not let this identity list CostExports: " + said);
                case 404 ->
                    new IllegalStateException(
                            "the API server has no CostExports; install the CRD: kubectl apply -f crds/");
                default ->
                    new IllegalStateException(
                            "the API server at " + kubernetes.getMasterUrl() + " gave no answer: " + said);
            };
        }
    }
}
