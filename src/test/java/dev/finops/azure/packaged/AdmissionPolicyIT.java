package dev.finops.azure.packaged;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.controlplane.Kubectl.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a namespace may export is limited by its annotations, on a real API server. */
class AdmissionPolicyIT {
    private static final String POLICY = "costexport-operator-namespaces";
    private static final String SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001";
    private static final String STORAGE =
            SUBSCRIPTION + "/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports";
    private static final String TO_ACCOUNT = "storageAccountId: " + STORAGE;
    private static final String TO_PARTNER = "storageAccountName: partner, sasTokenSecretRef: {name: sas, key: token}";
    private static final ControlPlane CLUSTER = ControlPlane.shared();

    @BeforeAll
    static void install() {
        CLUSTER.installCrd();
        Chart.rendered(
                        "costexport-system",
                        "--set",
                        "admissionPolicy.enabled=true",
                        "--set-string",
                        "admissionPolicy.namespaceSelector.matchLabels.limited=true")
                .stream()
                .filter(object -> object.path("kind").asText().startsWith("ValidatingAdmission"))
                .forEach(object -> CLUSTER.kubectl()
                        .run(object.toString(), "apply", "-f", "-")
                        .orFail());
        String closed = namespace();
        await().until(() ->
                !create(closed, "first", SUBSCRIPTION, TO_ACCOUNT).succeeded()); // a policy takes effect a moment later
    }

    @AfterAll
    static void remove() {
        CLUSTER.kubectl()
                .run("", "delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", POLICY)
                .orFail();
    }

    @Test
    void aNamespaceWithoutAnnotationsMayHaveNone() {
        Result refused = create(namespace(), "daily", SUBSCRIPTION, TO_ACCOUNT);

        assertTrue(
                refused.stderr()
                        .contains("scope " + SUBSCRIPTION + " is not allowed in this namespace; its annotation "
                                + "azure.finops.dev/allowed-scopes allows none"),
                refused.stderr());
    }

    @Test
    void aNamespaceThatIsNotSelectedIsLeftAlone() {
        create(CLUSTER.newNamespace("free"), "daily", SUBSCRIPTION, TO_PARTNER).orFail();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      /subscriptions/00000000-0000-0000-0000-000000000001                    | /subscriptions/00000000-0000-0000-0000-000000000001                     | true
      /subscriptions/00000000-0000-0000-0000-00000000000A/                   | /Subscriptions/00000000-0000-0000-0000-00000000000a                     | true
      /subscriptions/00000000-0000-0000-0000-00000000000a                    | /SUBSCRIPTIONS/00000000-0000-0000-0000-00000000000A/                    | true
      /subscriptions/00000000-0000-0000-0000-000000000001                    | /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data | true
      /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/dat | /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data | false
      /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/dat | /subscriptions/00000000-0000-0000-0000-000000000001                     | false
      /subscriptions/00000000-0000-0000-0000-000000000002                    | /subscriptions/00000000-0000-0000-0000-000000000001                     | false
      /providers/Microsoft.Billing/billingAccounts/123                       | /providers/Microsoft.Billing/billingAccounts/1234567                    | false
      /providers/Microsoft.Billing/billingAccounts/1234567                   | /providers/Microsoft.Billing/billingAccounts/1234567/departments/42     | true
      /providers/Microsoft.Management/managementGroups/contoso               | /subscriptions/00000000-0000-0000-0000-000000000001                     | false
      /subscriptions/x,/subscriptions/00000000-0000-0000-0000-000000000001   | /subscriptions/00000000-0000-0000-0000-000000000001                     | true
      ' /subscriptions/x ,  /subscriptions/00000000-0000-0000-0000-000000000001 ' | /subscriptions/00000000-0000-0000-0000-000000000001                | true
      *                                                                      | /providers/Microsoft.Billing/billingAccounts/1234567                    | true
      ''                                                                     | /subscriptions/00000000-0000-0000-0000-000000000001                     | false
      ','                                                                    | /subscriptions/00000000-0000-0000-0000-000000000001                     | false
      /                                                                      | /subscriptions/00000000-0000-0000-0000-000000000001                     | false
      //                                                                     | /subscriptions/00000000-0000-0000-0000-000000000001                     | false
      .*                                                                     | /subscriptions/00000000-0000-0000-0000-000000000001                     | false
      """)
    void scopesAreComparedAsAzureDoes(String allowed, String scope, boolean admitted) {
        Result result = create(
                namespace("allowed-scopes=" + allowed, "allowed-storage-accounts=*"), "daily", scope, TO_ACCOUNT);

        assertEquals(admitted, result.succeeded(), result.stderr());
        assertTrue(admitted || result.stderr().contains("allowed-scopes"), result.stderr());
    }

    @Test
    void aListMayHaveALineForEach() {
        create(
                        namespace(
                                "allowed-scopes=/subscriptions/x\n" + SUBSCRIPTION + "\n",
                                "allowed-storage-accounts=*"),
                        "daily",
                        SUBSCRIPTION,
                        TO_ACCOUNT)
                .orFail();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports  | true
      /subscriptions/00000000-0000-0000-0000-000000000001/RESOURCEGROUPS/FinOps/providers/microsoft.storage/storageAccounts/finopsexports/ | true
      /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops                                                            | true
      /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finops         | false
      /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/fin                                                               | false
      finopsexports                                                                                                                        | false
      ''                                                                                                                                   | false
      """)
    void storageAccountsToo(String allowed, boolean admitted) {
        Result result = create(
                namespace("allowed-scopes=*", "allowed-storage-accounts=" + allowed),
                "daily",
                SUBSCRIPTION,
                TO_ACCOUNT);

        assertEquals(admitted, result.succeeded(), result.stderr());
        assertTrue(
                admitted || result.stderr().contains("destination.storageAccountId " + STORAGE + " is not allowed"),
                result.stderr());
    }

    @ParameterizedTest
    @CsvSource({"true,true", "false,false", "yes,false", "TRUE,false"})
    void aSasTokenNeedsALeaveOfItsOwn(String value, boolean admitted) {
        Result result = create(
                namespace("allowed-scopes=*", "allowed-storage-accounts=*", "allow-sas=" + value),
                "daily",
                SUBSCRIPTION,
                TO_PARTNER);

        assertEquals(admitted, result.succeeded(), result.stderr());
        assertTrue(admitted || result.stderr().contains("azure.finops.dev/allow-sas is not 'true'"), result.stderr());
    }

    @Test
    void aChangeIsJudgedAsANewOne() {
        String namespace = namespace("allowed-scopes=*", "allowed-storage-accounts=" + STORAGE);
        create(namespace, "daily", SUBSCRIPTION, TO_ACCOUNT).orFail();

        Result moved = patch(
                namespace,
                "{spec: {destination: {storageAccountId: " + STORAGE.replace("finopsexports", "elsewhere") + "}}}");
        Result shared = patch(namespace, "{spec: {destination: {storageAccountId: null, " + TO_PARTNER + "}}}");

        assertTrue(moved.stderr().contains("elsewhere is not allowed"), moved.stderr());
        assertTrue(shared.stderr().contains("allow-sas"), shared.stderr());
        patch(namespace, "{spec: {description: new}}").orFail();
    }

    /** The operator puts its finalizer in and takes it out by updates, and must be able to let go. */
    @Test
    void whatIsThereCanGoWhenTheNamespaceIsNarrowed() {
        String namespace = namespace("allowed-scopes=*", "allowed-storage-accounts=*");
        create(namespace, "daily", SUBSCRIPTION, TO_ACCOUNT).orFail();
        CLUSTER.kubectl()
                .run("", "annotate", "namespace", namespace, "azure.finops.dev/allowed-scopes-")
                .orFail();
        await().until(() -> !patch(namespace, "{spec: {description: new}}").succeeded());

        patch(namespace, "{metadata: {finalizers: [azure.finops.dev/export]}}").orFail();
        patch(namespace, "{metadata: {annotations: {azure.finops.dev/paused: \"true\"}}}")
                .orFail();
        CLUSTER.kubectl()
                .run(
                        "",
                        "patch",
                        "costexport",
                        "daily",
                        "-n",
                        namespace,
                        "--subresource=status",
                        "--type=merge",
                        "-p",
                        json("{status: {exportId: /x}}"))
                .orFail();
        CLUSTER.kubectl()
                .run("", "delete", "costexport", "daily", "-n", namespace, "--wait=false")
                .orFail();
        patch(namespace, "{metadata: {finalizers: null}}").orFail();

        assertFalse(CLUSTER.kubectl()
                .run("", "get", "costexport", "daily", "-n", namespace)
                .succeeded());
    }

    /** @param annotations without their prefix */
    private static String namespace(String... annotations) {
        String namespace = CLUSTER.newNamespace("limited");
        CLUSTER.kubectl()
                .run("", "label", "namespace", namespace, "limited=true")
                .orFail();
        List<String> command = new ArrayList<>(List.of("annotate", "namespace", namespace));
        List.of(annotations).forEach(annotation -> command.add("azure.finops.dev/" + annotation));
        if (annotations.length > 0) {
            CLUSTER.kubectl().run("", command.toArray(String[]::new)).orFail();
        }
        return namespace;
    }

    private static Result create(String namespace, String name, String scope, String destination) {
        return CLUSTER.kubectl().run("""
        apiVersion: azure.finops.dev/v1alpha1
        kind: CostExport
        metadata: {name: %s}
        spec:
          scope: %s
          dataset: {type: ActualCost, timeframe: MonthToDate}
          destination: {container: exports, %s}
        """.formatted(name, scope, destination), "create", "-n", namespace, "-f", "-");
    }

    private static Result patch(String namespace, String patch) {
        return CLUSTER.kubectl()
                .run("", "patch", "costexport", "daily", "-n", namespace, "--type=merge", "-p", json(patch));
    }

    private static String json(String yaml) {
        return Chart.documents("---\n" + yaml).getFirst().toString();
    }
}
