package dev.finops.azure.costexport.plan;

import static dev.finops.azure.costexport.export.Specs.FOCUS;
import static dev.finops.azure.costexport.export.Specs.with;
import static dev.finops.azure.costexport.plan.Situations.absent;
import static dev.finops.azure.costexport.plan.Situations.edited;
import static dev.finops.azure.costexport.plan.Situations.fresh;
import static dev.finops.azure.costexport.plan.Situations.got;
import static dev.finops.azure.costexport.plan.Situations.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec;
import dev.finops.azure.costexport.export.Field;
import dev.finops.azure.costexport.export.ObservedExport;
import dev.finops.azure.costexport.export.SasToken;
import dev.finops.azure.costexport.export.Specs;
import dev.finops.azure.costexport.failure.Reason;
import dev.finops.azure.costexport.plan.Observation.Present;
import dev.finops.azure.costexport.report.Report;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a SAS token goes to Azure, and when not. */
class SasDeliveryTest {
  private static final CostExportSpec PARTNER = with(with(with(FOCUS, "destination.storageAccountId", null), "destination.storageAccountName", "partner"),
      "destination.sasTokenSecretRef", Map.of("name", "sas", "key", "token"));
  private static final String FIELDS = "ss=b&srt=sco&sp=rwdlac&spr=https&se=2027-06-01T00:00:00Z&sig=";
  private static final SasToken ONE = SasToken.of(FIELDS + "one");
  private static final SasToken OTHER = SasToken.of(FIELDS + "other");

  @Test
  void theExportIsCreatedWithIt() {
    Situation recorded = recorded(absent(fresh(PARTNER)).with(known(ONE)));
    Step.Create create = assertInstanceOf(Step.Create.class, Planner.next(recorded));

    assertEquals(ONE.value(), token(create.body()));
    assertEquals(ONE.hash(), recorded.status().sasTokenHash());
  }

  @Test
  void anIntentKeepsNoToken() {
    assertFalse(recorded(absent(fresh(PARTNER)).with(known(ONE))).toString().contains("sig="));
  }

  @Test
  void itIsNotSentAgainWhileTheSecretIsTheSame() {
    assertInstanceOf(Step.Rest.class, Planner.next(applied(ONE)));
  }

  @Test
  void anotherOneIsSentAndSaysWhatForAndNotWhat() {
    Step.Update update = assertInstanceOf(Step.Update.class, Planner.next(applied(ONE).with(known(OTHER))));

    assertEquals(Step.Cause.SECRET, update.cause());
    assertEquals(OTHER.value(), token(update.body()));
    assertEquals("destination.sasTokenSecretRef: *** → ***", Planner.describe(update.differences()));
    Situation answered = Answered.put(applied(ONE).with(known(OTHER)), update.desired(), update.differences(), List.of(), shown(PARTNER));
    assertEquals(OTHER.hash(), answered.status().sasTokenHash());
  }

  @Test
  void anotherUpdateRepeatsTheMaskThatAzureShows() {
    Situation s = edited(applied(ONE), with(PARTNER, "description", "new"));
    Step.Update update = assertInstanceOf(Step.Update.class, Planner.next(recorded(s)));

    assertEquals("********", token(update.body()));
  }

  @Test
  void itGoesAlongWhereAzureShowsNone() {
    Situation s = recorded(edited(applied(ONE), with(PARTNER, "description", "new")));
    Step.Update update = assertInstanceOf(Step.Update.class, Planner.next(got(s, unmasked(shown(PARTNER)))));

    assertEquals(ONE.value(), token(update.body()));
  }

  @Test
  void itGoesToAnotherAccountAlsoWhenItIsTheSame() {
    Situation s = edited(applied(ONE), with(PARTNER, "destination.storageAccountName", "another"));
    Step.Update update = assertInstanceOf(Step.Update.class, Planner.next(s));

    assertEquals(ONE.value(), token(update.body()));
  }

  @Test
  void itIsTakenOutWithItsAccount() {
    CostExportSpec own = with(FOCUS, "destination.storageAccountId", FOCUS.destination().storageAccountId());
    Situation s = recorded(edited(applied(ONE), own).with(Secrets.NONE));
    Step.Update update = assertInstanceOf(Step.Update.class, Planner.next(s));

    assertNull(Field.SAS_TOKEN.armPath().in(update.body()));
    assertNull(Field.STORAGE_ACCOUNT_NAME.armPath().in(update.body()));
    assertNull(Answered.put(s, update.desired(), update.differences(), List.of(), Specs.accepted(own)).status().sasTokenHash());
  }

  @Test
  void oneThatAzureCouldNotDeliverWithIsNotSent() {
    SasToken readOnly = SasToken.of(FIELDS.replace("sp=rwdlac", "sp=r") + "x");
    Verdict.Stuck created = assertInstanceOf(Verdict.Stuck.class, rest(absent(fresh(PARTNER)).with(known(readOnly))));
    Verdict.Stuck rotated = assertInstanceOf(Verdict.Stuck.class, rest(applied(ONE).with(known(readOnly))));

    assertEquals(List.of(Reason.INVALID_REQUEST, Reason.INVALID_REQUEST), List.of(created.reason(), rotated.reason()));
    assertTrue(created.message().contains("permissions (sp) lack wdlac"), created.message());
  }

  @Test
  void aMissingSecretIsNamedAndBreaksNoExportThatHasItsToken() {
    Secrets gone = new Secrets(Optional.empty(), Optional.empty(), new Secrets.Sas.Missing("Secret finance/sas is not there"));
    Verdict.Failing failing = assertInstanceOf(Verdict.Failing.class, rest(absent(fresh(PARTNER)).with(gone)));
    assertEquals(Reason.CREDENTIALS_MISSING, failing.failure().reason());
    assertTrue(failing.failure().detail().text().contains("finance/sas"));

    Situation s = applied(ONE).with(gone);
    Verdict.Settled settled = assertInstanceOf(Verdict.Settled.class, rest(s));
    var conditions = Report.of(s, settled).status().conditions();
    assertEquals("True", Conditions.find(conditions, Conditions.READY).orElseThrow().status());
    assertEquals("CredentialsMissing", Conditions.find(conditions, Conditions.SYNCED).orElseThrow().reason());
  }

  @Test
  void anAdoptedExportKeepsTheOneThatItHas() {
    Situation s = got(fresh(PARTNER), shown(PARTNER)).with(known(ONE));
    Situation adopted = recorded(s);

    assertEquals("Adopted", adopted.status().origin());
    assertInstanceOf(Step.Rest.class, Planner.next(adopted));
  }

  @Test
  void anAdoptedExportThatIsChangedGetsItWithTheChange() {
    Situation s = got(fresh(with(PARTNER, "adoptionPolicy", "Adopt")), Specs.edited(shown(PARTNER), "properties.definition.timeframe", "\"TheLastMonth\"")).with(known(ONE));
    Step.Update update = assertInstanceOf(Step.Update.class, Planner.next(recorded(s)));

    assertEquals(ONE.value(), token(update.body()));
  }

  @Test
  void itIsSentWhenAPutIsAskedFor() {
    Step.Update update = assertInstanceOf(Step.Update.class, Planner.next(Situations.annotated(applied(ONE), "azure.finops.dev/apply-requested-at", "now")));

    assertEquals(ONE.value(), token(update.body()));
  }

  @Test
  void oneThatAzureRefusedIsNotSentAgainAndAnotherOneIs() {
    Situation s = applied(ONE).with(known(OTHER));
    Verdict refused = new Verdict.Stuck(Reason.INVALID_REQUEST, Planner.refused(s, "Please ensure the SAS token is valid"), List.of(), Verdict.Stuck.By.AZURE);
    Situation standing = Situations.reported(s, refused);

    Situation ofTheFirstRelease = standing.with(Legible.of(status(standing, draft -> draft.refusal = null).status()));
    for (Situation each : List.of(standing, ofTheFirstRelease)) {
      assertInstanceOf(Verdict.Stuck.class, rest(each));
      assertInstanceOf(Step.Update.class, Planner.next(each.with(known(SasToken.of(FIELDS + "third")))));
    }
  }

  private static Situation applied(SasToken token) {
    Situation s = status(recorded(absent(fresh(PARTNER)).with(known(token))), draft -> {
      draft.eTag = shown(PARTNER).eTag();
      draft.apiVersion = Situations.SETTINGS.apiVersion().name();
    });
    Situation seen = got(s, shown(PARTNER));
    return seen.with(Report.of(seen, Planner.settled(seen, (Present) seen.observation())).status());
  }

  private static Situation recorded(Situation s) {
    return s.with(assertInstanceOf(Step.Record.class, Planner.next(s)).status());
  }

  private static Verdict rest(Situation s) {
    return assertInstanceOf(Step.Rest.class, Planner.next(s)).verdict();
  }

  private static Secrets known(SasToken token) {
    return new Secrets(Optional.empty(), Optional.empty(), new Secrets.Sas.Known(token));
  }

  /** As Azure shows it: the token is masked. */
  private static ObservedExport shown(CostExportSpec spec) {
    return Specs.edited(Specs.accepted(spec), Field.SAS_TOKEN.armPath().path(), "\"********\"");
  }

  private static ObservedExport unmasked(ObservedExport export) {
    return Specs.edited(export, Field.SAS_TOKEN.armPath().path(), "null");
  }

  private static String token(ObjectNode body) {
    return Field.SAS_TOKEN.armPath().in(body).asText();
  }
}
