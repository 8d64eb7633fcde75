package dev.finops.azure.export.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.arm.ArmFailure.Detail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page is the table of the code. */
class AzureErrorsPageTest {
    private static final Path PAGE = Path.of("docs/reference/azure-errors.md");
    private static final String REWRITE = "mvn test -Dtest=AzureErrorsPageTest -Dpages.write=true";
    private static final String HEAD = """
      # What Azure answers, why, and what to do

      [//]: # (Generated from KnownError.java by: %s)

      Conditions and Events say the same, after Azure's own words, with ids and commands filled in; what the operator does not know stays in
      capitals. Of the rows that fit, the first counts; of a run that Azure does not start the reason is `RunDenied` or `RunRefused`. All reasons:
      [conditions](conditions.md).

      | reason | Azure says | why | what to do |
      |---|---|---|---|
      """.formatted(REWRITE);

    @Test
    void isCurrent() throws IOException {
        String current = HEAD
                + Arrays.stream(KnownError.values())
                        .map(AzureErrorsPageTest::row)
                        .collect(Collectors.joining());

        if (Boolean.getBoolean("pages.write")) {
            Files.writeString(PAGE, current);
        }
        assertEquals(current, Files.readString(PAGE), "The page is stale; rewrite it with: " + REWRITE);
    }

    private static String row(KnownError known) {
        String said = known.examples().isEmpty()
                ? "anything else"
                : known.examples().stream().map(AzureErrorsPageTest::said).collect(Collectors.joining("<br>"));
        String place = known.place() == KnownError.Place.ANYWHERE ? "" : " (" + known.place() + ")";
        return "| `%s` | %s%s | %s | %s |\n"
                .formatted(
                        reason(known),
                        said,
                        place,
                        known.cause(),
                        Remedy.filled(
                                known.remedy(),
                                Map.of(
                                        "apply",
                                        "kubectl -n NAMESPACE annotate costexport NAME --overwrite "
                                                + "azure.finops.dev/apply-requested-at=\"$(date)\"",
                                        "assignee",
                                        "--assignee CLIENT_ID",
                                        "principal",
                                        "$(az ad sp show --id CLIENT_ID --query id --output tsv)",
                                        "tenant",
                                        "$(az account show --query tenantId --output tsv)",
                                        "credentials",
                                        "the operator's environment, or in the Secret",
                                        "sas-secret",
                                        "the Secret")));
    }

    private static Reason reason(KnownError known) {
        return !known.place().ofRun()
                ? known.reason()
                : known.reason() == Reason.INVALID_REQUEST ? Reason.RUN_REFUSED : Reason.RUN_DENIED;
    }

    private static String said(Detail detail) {
        return detail.message().isEmpty() ? "`" + detail.code() + "`" : "“" + detail.text() + "”";
    }
}
