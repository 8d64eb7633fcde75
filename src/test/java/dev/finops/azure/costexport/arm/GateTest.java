package dev.finops.azure.costexport.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.costexport.export.ExportId;
import dev.finops.azure.costexport.export.Scope;
import dev.finops.azure.costexport.failure.ArmFailure.Detail;
import dev.finops.azure.costexport.failure.ArmFailure.Throttled;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {
  private static final Scope SCOPE = new Scope("/subscriptions/0a");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final SettableClock clock = new SettableClock();
  private final Gate gate = new Gate(clock, 3);

  private static final Identity OWN = new Identity.Own();

  @ParameterizedTest
  @CsvSource({
      "/subscriptions/0A/,                      GET,    true",
      "/subscriptions/0a,                       LIST,   true",
      "/subscriptions/0a/resourceGroups/finops, GET,    true",
      "/subscriptions/0a,                       PUT,    false",
      "/subscriptions/0a,                       DELETE, false",
      "/subscriptions/0a,                       RUN,    false",
      "/subscriptions/0b,                       GET,    false",
      "/providers/Microsoft.Billing/billingAccounts/1, GET, false"})
  void aBucketFreezesAlone(String scope, Operation operation, boolean frozen) {
    gate.freeze(OWN, SCOPE, Operation.LIST, dry(MINUTE));

    assertEquals(frozen ? Optional.of(MINUTE) : Optional.empty(), wait(new Scope(scope), operation));
  }

  @Test
  void scopesWithoutASubscriptionShareTheTenantsQuota() {
    gate.freeze(OWN, new Scope("/providers/Microsoft.Billing/billingAccounts/1"), Operation.PUT, dry(MINUTE));

    assertEquals(Optional.of(MINUTE), wait(new Scope("/providers/Microsoft.Management/managementGroups/x"), Operation.PUT));
  }

  @Test
  void aFrozenBucketThawsWhenItsTimeHasCome() {
    gate.freeze(OWN, SCOPE, Operation.GET, dry(MINUTE));
    clock.pass(Duration.ofSeconds(59));
    assertEquals(Optional.of(Duration.ofSeconds(1)), wait(SCOPE, Operation.GET));

    clock.pass(Duration.ofSeconds(1));
    assertEquals(Optional.empty(), wait(SCOPE, Operation.GET));
  }

  @Test
  void aBucketThatIsDryForNoTimeFreezesForASecond() {
    gate.freeze(OWN, SCOPE, Operation.GET, dry(Duration.ZERO));

    assertEquals(Optional.of(Duration.ofSeconds(1)), wait(SCOPE, Operation.GET));
  }

  @Test
  void aShorterWaitThawsNothing() {
    gate.freeze(OWN, SCOPE, Operation.GET, dry(MINUTE));
    gate.freeze(OWN, SCOPE, Operation.GET, dry(Duration.ofSeconds(1)));

    assertEquals(Optional.of(MINUTE), wait(SCOPE, Operation.GET));
  }

  @Test
  void aScopeTakesSoManyRunsInAnyMinute() {
    for (int run = 0; run < 3; run++) {
      assertEquals(Optional.empty(), wait(SCOPE, Operation.RUN));
      clock.pass(Duration.ofSeconds(10));
    }
    assertEquals(Optional.of(Duration.ofSeconds(30)), wait(SCOPE, Operation.RUN));
    assertEquals(Optional.empty(), wait(new Scope("/subscriptions/0b"), Operation.RUN));

    clock.pass(Duration.ofSeconds(30));
    assertEquals(Optional.empty(), wait(SCOPE, Operation.RUN));
    assertEquals(Optional.of(Duration.ofSeconds(10)), wait(SCOPE, Operation.RUN));
  }

  @Test
  void aRunThatWasHeldBackIsNotCounted() {
    gate.freeze(OWN, SCOPE, Operation.RUN, dry(MINUTE));
    for (int attempt = 0; attempt < 5; attempt++) {
      assertEquals(Optional.of(MINUTE), wait(SCOPE, Operation.RUN));
    }
    clock.pass(MINUTE);

    assertEquals(Optional.empty(), wait(SCOPE, Operation.RUN));
  }

  @Test
  void anIdentityHasItsOwnQuotaAndSharesAScopesPaceOfRuns() {
    Identity other = new Identity.ServicePrincipal("tenant", "client", "secret");
    gate.freeze(OWN, SCOPE, Operation.GET, dry(MINUTE));
    assertEquals(Optional.empty(), gate.admit(other, SCOPE, Operation.GET));

    for (int run = 0; run < 3; run++) {
      assertEquals(Optional.empty(), gate.admitRun(run % 2 == 0 ? OWN : other, new ExportId(SCOPE, "daily"), false));
    }
    assertTrue(gate.admitRun(other, new ExportId(SCOPE, "daily"), false).isPresent());
  }

  private Optional<Duration> wait(Scope scope, Operation operation) {
    return (operation == Operation.RUN ? gate.admitRun(OWN, new ExportId(scope, "daily"), false) : gate.admit(OWN, scope, operation))
        .map(Throttled::retryAfter);
  }

  private static Throttled dry(Duration wait) {
    return new Throttled(new Detail(429, "429", "Too many requests. Please retry.", ""), wait);
  }
}
