package dev.finops.azure.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.ObjectInputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shape of docs/design.md: a pure core that decides, a thin shell that acts. */
class ArchitectureTest {
    private static final String BASE = "dev.finops.azure";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(BASE);

    /** Plain functions over records: documents, plans and statuses. */
    private static final String[] CORE = {
        BASE + ".document..",
        BASE + ".export.document..",
        BASE + ".export.plan..",
        BASE + ".export.runs..",
        BASE + ".export.status.."
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.fabric8..",
                "io.javaoperatorsdk..",
                "com.azure..",
                "reactor..",
                "io.netty..",
                "java.net..",
                "java.io..",
                "java.nio.file..",
                "org.slf4j..",
                BASE + ".export",
                BASE + ".export.scope..",
                BASE + ".export.delivery..",
                BASE + ".operator.."
            })
    void theCoreKnowsNothingOf(String outside) {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(outside)
                .check(CLASSES);
    }

    /** A decision reads what a call ended with. It never calls. */
    @Test
    void theCoreKnowsOnlyTheFailuresOfCallsAndTheirBackoff() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(BASE + ".arm..").and(not(nameMatching(".*\\.(ArmFailure|Backoff)(\\$.*)?"))))
                .check(CLASSES);
    }

    @Test
    void documentsKnowOnlyTheApi() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".document..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(BASE + "..")
                        .and(not(resideInAnyPackage(BASE + ".document..", BASE + ".api.."))))
                .check(CLASSES);
    }

    @Test
    void theArmClientKnowsNoKind() {
        noClasses()
                .that()
                .resideInAnyPackage(BASE + ".arm..", BASE + ".kube..", BASE + ".queue..", BASE + ".time..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BASE + ".export..", BASE + ".operator..")
                .check(CLASSES);
    }

    @Test
    void kubernetesAndAzureAreApart() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".kube..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BASE + ".arm..", "com.azure..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(
                        BASE + ".arm..", BASE + ".document..", BASE + ".export.scope..", BASE + ".export.delivery..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..", BASE + ".kube..")
                .check(CLASSES);
    }

    @Test
    void onlyTheOperatorKnowsKinds() {
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE + ".export..", BASE + ".operator..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE + ".export..")
                .check(CLASSES);
    }

    @Test
    void theCoreIsToldTheTimeAndItsLuck() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .orShould()
                .callMethod(OffsetDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(ThreadLocalRandom.class, "current")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(CLASSES);
    }

    @Test
    void nobodyAsksTheMachineForTheTime() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }

    /** A machine in Turkey has another lower case than one in Ireland. */
    @Test
    void textsAreTheSameInAllLocales() {
        noClasses()
                .should()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .orShould()
                .callMethod(Locale.class, "getDefault")
                .check(CLASSES);
    }

    @Test
    void theTypesOfTheResourceKnowNothingElseOfUs() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".api..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(BASE + "..").and(not(resideInAnyPackage(BASE + ".api.."))))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("com.azure..", "io.javaoperatorsdk..")
                .check(CLASSES);
    }

    @Test
    void onlyTheShellKnowsTheOperatorSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE + ".export", BASE + ".kube..", BASE + ".operator..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.javaoperatorsdk..")
                .check(CLASSES);
    }

    @Test
    void onlyTheEdgesKnowAzuresLibraries() {
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE + ".arm..", BASE + ".export", BASE + ".export.delivery..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.azure..")
                .check(CLASSES);
    }

    /**
     * What somebody writes into a CostExport, a Secret or an answer is never run, nor named as a class.
     * PingingHttpClientFactory makes proxies of the JDK's own builders.
     */
    @Test
    void nothingThatIsReadIsRun() {
        noClasses()
                .should()
                .callMethod(Class.class, "forName", String.class)
                .orShould()
                .callMethod(ClassLoader.class, "loadClass", String.class)
                .orShould()
                .callMethod(Runtime.class, "exec", String.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ProcessBuilder.class.getName())
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("javax.script..", "javax.naming..", "java.rmi..", "javax.management..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ObjectInputStream.class)
                .because("a class or a command that is named by what is read would be the reader's")
                .check(CLASSES);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(BASE + ".operator.PingingHttpClientFactory")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect..")
                .check(CLASSES);
    }

    /** JSON with types in it would make objects of any class. */
    @Test
    void jsonMakesNoClassOfItsOwnChoice() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson.databind.jsontype..")
                .orShould()
                .dependOnClassesThat()
                .haveSimpleName("JsonTypeInfo")
                .orShould(callMethodWhere(target(nameMatching("(activate|enable)DefaultTyping.*"))))
                .check(CLASSES);
    }

    /** No trust manager, no host name verifier, no TLS context of our own: the JVM's check is the check. */
    @Test
    void nobodyChecksCertificatesOtherwiseThanTheJvm() {
        noClasses()
                .should()
                .implement(TrustManager.class)
                .orShould()
                .implement(HostnameVerifier.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.handler.ssl..")
                .orShould(callMethodWhere(target(nameMatching(
                        "(with)?(TrustCerts|DisableHostnameVerification)|set(Trust|Endpoint).*|getInsecure.*|secure"))))
                .check(CLASSES);
    }

    @Test
    void dataFlowsOneWay() {
        slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
        slices().matching(BASE + ".export.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
