package dev.finops.azure.export.plan;

import static dev.finops.azure.export.document.Specs.FOCUS;
import static dev.finops.azure.export.document.Specs.with;
import static dev.finops.azure.export.plan.ReconcileStates.absent;
import static dev.finops.azure.export.plan.ReconcileStates.edited;
import static dev.finops.azure.export.plan.ReconcileStates.fresh;
import static dev.finops.azure.export.plan.ReconcileStates.got;
import static dev.finops.azure.export.plan.ReconcileStates.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportSpec;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.export.document.ExportField;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.export.document.SasToken;
import dev.finops.azure.export.document.Specs;
import dev.finops.azure.export.plan.Observation.Present;
import dev.finops.azure.export.status.StatusReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a SAS token goes to Azure, and when not. */
class SasTokenSyncTest {
    private static final CostExportSpec PARTNER = with(
            with(with(FOCUS, "destination.storageAccountId", null), "destination.storageAccountName", "partner"),
            "destination.sasTokenSecretRef",
            Map.of("name", "sas", "key", "token"));
    private static final String FIELDS = "ss=b&srt=sco&sp=rwdlac&spr=https&se=2027-06-01T00:00:00Z&sig=";
    private static final SasToken ONE = SasToken.of(FIELDS + "one");
    private static final SasToken OTHER = SasToken.of(FIELDS + "other");

    @Test
    void theExportIsCreatedWithIt() {
        ReconcileState recorded = recorded(absent(fresh(PARTNER)).with(known(ONE)));
        Step.Create create = assertInstanceOf(Step.Create.class, ReconcileStates.next(recorded));

        assertEquals(ONE.value(), token(create.body()));
        assertEquals(ONE.hash(), recorded.status().sasTokenHash());
    }

    @Test
    void anIntentKeepsNoToken() {
        assertFalse(recorded(absent(fresh(PARTNER)).with(known(ONE))).toString().contains("sig="));
    }

    @Test
    void itIsNotSentAgainWhileTheSecretIsTheSame() {
        assertInstanceOf(Step.Done.class, ReconcileStates.next(applied(ONE)));
    }

    @Test
    void anotherOneIsSentAndSaysWhatForAndNotWhat() {
        Step.Update update = assertInstanceOf(
                Step.Update.class, ReconcileStates.next(applied(ONE).with(known(OTHER))));

        assertEquals(Step.Cause.SECRET, update.cause());
        assertEquals(OTHER.value(), token(update.body()));
        assertEquals("destination.sasTokenSecretRef: *** → ***", Planner.describe(update.differences()));
        ReconcileState answered = StateTransitions.put(
                applied(ONE).with(known(OTHER)), update.desired(), update.differences(), List.of(), shown(PARTNER));
        assertEquals(OTHER.hash(), answered.status().sasTokenHash());
    }

    @Test
    void anotherUpdateRepeatsTheMaskThatAzureShows() {
        ReconcileState s = edited(applied(ONE), with(PARTNER, "description", "new"));
        Step.Update update = assertInstanceOf(Step.Update.class, ReconcileStates.next(recorded(s)));

        assertEquals("********", token(update.body()));
    }

    @Test
    void itGoesAlongWhereAzureShowsNone() {
        ReconcileState s = recorded(edited(applied(ONE), with(PARTNER, "description", "new")));
        Step.Update update =
                assertInstanceOf(Step.Update.class, ReconcileStates.next(got(s, unmasked(shown(PARTNER)))));

        assertEquals(ONE.value(), token(update.body()));
    }

    @Test
    void itGoesToAnotherAccountAlsoWhenItIsTheSame() {
        ReconcileState s = edited(applied(ONE), with(PARTNER, "destination.storageAccountName", "another"));
        Step.Update update = assertInstanceOf(Step.Update.class, ReconcileStates.next(s));

        assertEquals(ONE.value(), token(update.body()));
    }

    @Test
    void itIsTakenOutWithItsAccount() {
        CostExportSpec own =
                with(FOCUS, "destination.storageAccountId", FOCUS.destination().storageAccountId());
        ReconcileState s = recorded(edited(applied(ONE), own).with(ResolvedSecrets.NONE));
        Step.Update update = assertInstanceOf(Step.Update.class, ReconcileStates.next(s));

        assertNull(ExportField.SAS_TOKEN.documentPath().in(update.body()));
        assertNull(ExportField.STORAGE_ACCOUNT_NAME.documentPath().in(update.body()));
        assertNull(StateTransitions.put(s, update.desired(), update.differences(), List.of(), Specs.accepted(own))
                .status()
                .sasTokenHash());
    }

    @Test
    void oneThatAzureCouldNotDeliverWithIsNotSent() {
        SasToken readOnly = SasToken.of(FIELDS.replace("sp=rwdlac", "sp=r") + "x");
        Outcome.Stuck created = assertInstanceOf(
                Outcome.Stuck.class, rest(absent(fresh(PARTNER)).with(known(readOnly))));
        Outcome.Stuck rotated =
                assertInstanceOf(Outcome.Stuck.class, rest(applied(ONE).with(known(readOnly))));

        assertEquals(
                List.of(Reason.INVALID_REQUEST, Reason.INVALID_REQUEST), List.of(created.reason(), rotated.reason()));
        assertTrue(created.message().contains("permissions (sp) lack wdlac"), created.message());
    }

    @Test
    void aMissingSecretIsNamedAndBreaksNoExportThatHasItsToken() {
        ResolvedSecrets gone = new ResolvedSecrets(
                Optional.empty(), Optional.empty(), new ResolvedSecrets.Sas.Missing("Secret finance/sas is not there"));
        Outcome.Failing failing = assertInstanceOf(
                Outcome.Failing.class, rest(absent(fresh(PARTNER)).with(gone)));
        assertEquals(Reason.CREDENTIALS_MISSING, failing.failure().reason());
        assertTrue(failing.failure().detail().text().contains("finance/sas"));

        ReconcileState s = applied(ONE).with(gone);
        Outcome.Settled settled = assertInstanceOf(Outcome.Settled.class, rest(s));
        var conditions = StatusReport.of(s, settled).status().conditions();
        assertEquals(
                "True",
                Conditions.find(conditions, Conditions.READY).orElseThrow().status());
        assertEquals(
                "CredentialsMissing",
                Conditions.find(conditions, Conditions.SYNCED).orElseThrow().reason());
    }

    @Test
    void anAdoptedExportKeepsTheOneThatItHas() {
        ReconcileState s = got(fresh(PARTNER), shown(PARTNER)).with(known(ONE));
        ReconcileState adopted = recorded(s);

        assertEquals("Adopted", adopted.status().origin());
        assertInstanceOf(Step.Done.class, ReconcileStates.next(adopted));
    }

    @Test
    void anAdoptedExportThatIsChangedGetsItWithTheChange() {
        ReconcileState s = got(
                        fresh(with(PARTNER, "adoptionPolicy", "Adopt")),
                        Specs.edited(shown(PARTNER), "properties.definition.timeframe", "\"TheLastMonth\""))
                .with(known(ONE));
        Step.Update update = assertInstanceOf(Step.Update.class, ReconcileStates.next(recorded(s)));

        assertEquals(ONE.value(), token(update.body()));
    }

    @Test
    void itIsSentWhenAPutIsAskedFor() {
        Step.Update update = assertInstanceOf(
                Step.Update.class,
                ReconcileStates.next(
                        ReconcileStates.annotated(applied(ONE), "azure.finops.dev/apply-requested-at", "now")));

        assertEquals(ONE.value(), token(update.body()));
    }

    @Test
    void oneThatAzureRefusedIsNotSentAgainAndAnotherOneIs() {
        ReconcileState s = applied(ONE).with(known(OTHER));
        Outcome refused = new Outcome.Stuck(
                Reason.INVALID_REQUEST,
                "Please ensure the SAS token is valid" + RetryGuard.circumstances(s),
                List.of(),
                Outcome.Stuck.By.AZURE);
        ReconcileState standing = ReconcileStates.reported(s, refused);

        ReconcileState ofTheFirstRelease = standing.with(StatusSanitizer.of(
                status(standing, draft -> draft.refusal = null).status()));
        for (ReconcileState each : List.of(standing, ofTheFirstRelease)) {
            assertInstanceOf(Outcome.Stuck.class, rest(each));
            assertInstanceOf(Step.Update.class, ReconcileStates.next(each.with(known(SasToken.of(FIELDS + "third")))));
        }
    }

    private static ReconcileState applied(SasToken token) {
        ReconcileState s = status(recorded(absent(fresh(PARTNER)).with(known(token))), draft -> {
            draft.eTag = shown(PARTNER).eTag();
            draft.apiVersion = ReconcileStates.SETTINGS.apiVersion().name();
        });
        ReconcileState seen = got(s, shown(PARTNER));
        return seen.with(StatusReport.of(seen, Planner.settled(seen, (Present) seen.observation()))
                .status());
    }

    private static ReconcileState recorded(ReconcileState s) {
        return s.with(assertInstanceOf(Step.WriteStatus.class, ReconcileStates.next(s))
                .status());
    }

    private static Outcome rest(ReconcileState s) {
        return assertInstanceOf(Step.Done.class, ReconcileStates.next(s)).outcome();
    }

    private static ResolvedSecrets known(SasToken token) {
        return new ResolvedSecrets(Optional.empty(), Optional.empty(), new ResolvedSecrets.Sas.Known(token));
    }

    /** As Azure shows it: the token is masked. */
    private static ObservedExport shown(CostExportSpec spec) {
        return Specs.edited(
                Specs.accepted(spec), ExportField.SAS_TOKEN.documentPath().path(), "\"********\"");
    }

    private static ObservedExport unmasked(ObservedExport export) {
        return Specs.edited(export, ExportField.SAS_TOKEN.documentPath().path(), "null");
    }

    private static String token(ObjectNode body) {
        return ExportField.SAS_TOKEN.documentPath().in(body).asText();
    }
}
