package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server accepts and refuses: a folder of cases for each rule, and what is better said in a table. */
class AdmissionIT {
    private static final ControlPlane PLANE = ControlPlane.shared();
    private static final String SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000";
    private static final String RESOURCE_GROUP = SUBSCRIPTION + "/resourceGroups/MYDEVTESTRG";
    private static String namespace;

    @BeforeAll
    static void installCrd() {
        PLANE.installCrd();
        namespace = PLANE.newNamespace("admission");
    }

    static Stream<Path> cases() throws IOException {
        try (var files = Files.walk(Manifest.CASES, 2)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("base.yaml"))
                    .map(Manifest.CASES::relativize)
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    /** A good case comes back as it was sent: no field is unknown, none is defaulted. */
    @ParameterizedTest
    @MethodSource("cases")
    void isAcceptedWhenGoodAndRefusedWhenBad(Path file) {
        var documents = Manifest.in(read(file)).toList();
        var expected = expectation(file);
        if (expected.isEmpty()) {
            Object sent = documents.getLast().get("spec");
            assertEquals(sent, submit(documents).get("spec"));
        } else {
            var refusal = assertThrows(KubernetesClientException.class, () -> submit(documents));
            assertEquals(422, refusal.getCode(), refusal.getMessage());
            assertTrue(refusal.getMessage().contains(expected.get()), refusal.getMessage());
            // Nobody understands what CEL says of its own failure.
            assertFalse(refusal.getMessage().contains("evaluation"), refusal.getMessage());
        }
    }

    @Test
    void everyRuleHasAGoodAndABadCase() throws IOException {
        var files = cases().toList();
        assertAll(files.stream().map(Path::getParent).distinct().map(rule -> () -> {
            var expectations = files.stream()
                    .filter(file -> file.startsWith(rule))
                    .map(AdmissionIT::expectation)
                    .toList();
            assertTrue(expectations.stream().anyMatch(Optional::isEmpty), rule + " has no good case");
            assertTrue(expectations.stream().anyMatch(Optional::isPresent), rule + " has no bad case");
        }));
        var expected = files.stream()
                .map(AdmissionIT::expectation)
                .flatMap(Optional::stream)
                .toList();
        assertAll(AdmissionRules.ALL.stream()
                .map(rule -> () -> assertTrue(
                        expected.stream().anyMatch(rule.message()::contains),
                        "no bad case expects: " + rule.message())));
    }

    private enum Dataset {
        ActualCost,
        AmortizedCost,
        Usage,
        FocusCost,
        PriceSheet,
        ReservationDetails,
        ReservationTransactions,
        ReservationRecommendations
    }

    static Stream<Arguments> scopesAndDatasets() {
        var costs = EnumSet.range(Dataset.ActualCost, Dataset.FocusCost);
        var all = EnumSet.allOf(Dataset.class);
        var account = "/providers/Microsoft.Billing/billingAccounts/";
        var mca = account + "00000000-0000-0000-0000-000000000000:00000000-0000-0000-0000-000000000000_2019-05-31";
        return Stream.of(
                Arguments.of(SUBSCRIPTION, costs),
                Arguments.of(RESOURCE_GROUP, costs),
                Arguments.of(
                        "/providers/Microsoft.Management/managementGroups/finops",
                        EnumSet.range(Dataset.ActualCost, Dataset.Usage)),
                Arguments.of(account + "1234567", all),
                Arguments.of(mca, costs),
                Arguments.of(account + "1234567/departments/12", costs),
                Arguments.of(account + "1234567/enrollmentAccounts/345", costs),
                Arguments.of(mca + "/billingProfiles/ABCD-EFGH-BG7-PGB", all),
                Arguments.of(mca + "/billingProfiles/ABCD-EFGH-BG7-PGB/invoiceSections/IJKL-MNOP-PJA-PGB", costs),
                Arguments.of(mca + "/invoiceSections/IJKL-MNOP-PJA-PGB", costs),
                Arguments.of(mca + "/customers/00000000-0000-0000-0000-000000000000", costs));
    }

    @ParameterizedTest
    @MethodSource("scopesAndDatasets")
    void aScopeHasItsDatasets(String scope, Set<Dataset> datasets) {
        assertAll(Stream.of(scope, scope.toLowerCase() + "/", scope.toUpperCase())
                .flatMap(spelling -> EnumSet.allOf(Dataset.class).stream()
                        .map(dataset -> () -> assertEquals(
                                datasets.contains(dataset),
                                accepts("""
                spec:
                  scope: %s
                  dataset: {type: %s, timeframe: %s}
                """.formatted(
                                                spelling,
                                                dataset,
                                                dataset == Dataset.PriceSheet ? "TheCurrentMonth" : "MonthToDate")),
                                dataset + " at " + spelling))));
    }

    @ParameterizedTest
    @MethodSource("scopesOfTheRestReference")
    void acceptsTheSamplesOfTheRestReference(String scope, int year) {
        submit(List.of(Manifest.of("""
        spec:
          scope: %s
          exportName: TestExport
          identity: {type: SystemAssigned, location: centralus}
          schedule: {recurrence: Weekly, from: "%s-06-01T00:00:00Z", to: "%2$s-10-31T00:00:00Z"}
          format: Csv
          destination:
            storageAccountId: %s/providers/Microsoft.Storage/storageAccounts/ccmeastusdiag182
            container: exports
            rootFolderPath: ad-hoc
          dataset:
            type: ActualCost
            timeframe: MonthToDate
            granularity: Daily
            columns: [Date, MeterId, ResourceId, ResourceLocation, Quantity]
        """.formatted(scope, year, RESOURCE_GROUP))));
    }

    /** As they are, and moved into the future. */
    static Stream<Arguments> scopesOfTheRestReference() {
        return Stream.of(
                        "/providers/Microsoft.Billing/billingAccounts/123456",
                        "/providers/Microsoft.Billing/billingAccounts/12/departments/1234",
                        "/providers/Microsoft.Billing/billingAccounts/100/enrollmentAccounts/456",
                        "/providers/Microsoft.Management/managementGroups/TestMG",
                        RESOURCE_GROUP,
                        SUBSCRIPTION)
                .flatMap(scope -> Stream.of(Arguments.of(scope, 2020), Arguments.of(scope, 2036)));
    }

    /** What the refusal of a bad case says, among other things. */
    private static Optional<String> expectation(Path file) {
        var first = read(file).lines().findFirst().orElseThrow();
        return file.getFileName().toString().startsWith("bad-")
                ? Optional.of(first.substring("# expect: ".length()))
                : Optional.empty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(Manifest.CASES.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean accepts(String patch) {
        try {
            submit(List.of(Manifest.of(patch)));
            return true;
        } catch (KubernetesClientException e) {
            assertEquals(422, e.getCode(), e.getMessage());
            return false;
        }
    }

    /** The last is judged and not kept; what comes before it is the object that it updates. */
    private static GenericKubernetesResource submit(List<GenericKubernetesResource> documents) {
        var judged = PLANE.client()
                .resource(documents.getLast())
                .inNamespace(namespace)
                .dryRun();
        if (documents.size() == 1) {
            return judged.create();
        }
        var before = PLANE.client().resource(documents.getFirst()).inNamespace(namespace);
        before.create();
        try {
            return judged.update();
        } finally {
            before.delete();
        }
    }
}
