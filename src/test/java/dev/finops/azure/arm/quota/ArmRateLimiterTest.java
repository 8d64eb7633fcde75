package dev.finops.azure.arm.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.arm.ArmFailure.Throttled;
import dev.finops.azure.arm.ArmResponse;
import dev.finops.azure.arm.Operation;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.document.Scope;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import dev.finops.azure.time.ManualScheduler;
import dev.finops.azure.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.converter.ConvertWith;
import org.junit.jupiter.params.converter.TypedArgumentConverter;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArmRateLimiterTest {
    private static final Operation LIST = new Operation("list", Operation.Kind.READ);
    private static final Operation GET = new Operation("get", Operation.Kind.READ);
    private static final Operation HISTORY = new Operation("history", Operation.Kind.READ);
    private static final Operation PUT = new Operation("put", Operation.Kind.WRITE);
    private static final Operation DELETE = new Operation("delete", Operation.Kind.DELETE);
    private static final Operation RUN = new Operation("run", Operation.Kind.WRITE, true);

    private static final class ByName extends TypedArgumentConverter<String, Operation> {
        ByName() {
            super(String.class, Operation.class);
        }

        @Override
        protected Operation convert(String name) {
            return operations()
                    .filter(operation -> operation.name().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Stream<Operation> operations() {
        return Stream.of(LIST, GET, HISTORY, PUT, DELETE, RUN);
    }

    private static final Scope SCOPE = new Scope("/subscriptions/0a");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final AzureIdentity OWN = new AzureIdentity.Own();
    private static final AzureIdentity OTHER = new AzureIdentity.ServicePrincipal("tenant", "client", "secret");
    private static final String ENTITY = "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after";
    private static final String TENANT = "x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after";

    private final SettableClock clock = new SettableClock();
    private final ManualScheduler scheduler = new ManualScheduler(clock);
    private final ArmRateLimiter rateLimiter = new ArmRateLimiter(clock, scheduler, 3);

    @ParameterizedTest
    @CsvSource({
        "/subscriptions/0A/,                      GET,    true",
        "/subscriptions/0a,                       LIST,   true",
        "/subscriptions/0a/resourceGroups/finops, GET,    true",
        "/subscriptions/0a,                       PUT,    false",
        "/subscriptions/0a,                       DELETE, false",
        "/subscriptions/0a,                       RUN,    false",
        "/subscriptions/0b,                       GET,    false",
        "/providers/Microsoft.Billing/billingAccounts/1, GET, false"
    })
    void aBucketFreezesAlone(String scope, @ConvertWith(ByName.class) Operation operation, boolean frozen) {
        refuse(SCOPE, LIST, ENTITY);

        assertEquals(frozen, isClosed(OWN, new Scope(scope), operation));
        assertEquals(false, isClosed(OTHER, new Scope(scope), operation));
    }

    @ParameterizedTest
    @CsvSource({"/subscriptions/0a, GET,  true", "/subscriptions/0b, LIST, true", "/subscriptions/0b, PUT,  false"})
    void theTenantsBucketIsThatOfAllScopes(
            String scope, @ConvertWith(ByName.class) Operation operation, boolean frozen) {
        assertEquals(
                Optional.empty(),
                wait(OWN, new Scope("/subscriptions/0b"), operation),
                "a bucket that is known before");
        refuse(SCOPE, LIST, TENANT);

        assertEquals(frozen, isClosed(OWN, new Scope(scope), operation));
        assertEquals(frozen, isClosed(OWN, new Scope(scope + "-new"), operation));
        assertEquals(false, isClosed(OTHER, new Scope(scope), operation));
    }

    /** A life of years sees many subscriptions and applications, most of them no more there. */
    @Test
    void whoHasGoneIsNotRemembered() {
        for (int i = 0; i < 2000; i++) {
            AzureIdentity passing = new AzureIdentity.ServicePrincipal("tenant", "client-" + i, "secret");
            Scope scope = new Scope("/subscriptions/passing-" + i);
            for (Operation operation : List.of(LIST, PUT, RUN)) {
                assertEquals(false, isClosed(passing, scope, operation));
            }
            refuse(scope, RUN, ENTITY);
            clock.pass(MINUTE.multipliedBy(3));
        }

        assertTrue(rateLimiter.size() < 400, () -> rateLimiter.size() + " are kept");
    }

    @Test
    void runsAreRefusedAtTheirScope() {
        refuse(SCOPE, RUN, ENTITY);

        assertTrue(isClosed(OWN, SCOPE, RUN));
        assertEquals(false, isClosed(OWN, SCOPE, PUT));
        assertEquals(false, isClosed(OWN, new Scope("/subscriptions/0a/resourceGroups/finops"), RUN));
    }

    @Test
    void aRunThatTheSubscriptionRefusesClosesItsWrites() {
        rateLimiter.onThrottled(
                OWN,
                SCOPE,
                RUN,
                new Throttled(
                        new Detail(429, "SubscriptionRequestsThrottled", "Number of 'write' requests …", ""), MINUTE),
                answer("retry-after", "60"));

        assertTrue(isClosed(OWN, SCOPE, PUT));
        assertTrue(isClosed(OWN, SCOPE, RUN));
    }

    @Test
    void scopesWithoutASubscriptionShareTheTenantsQuota() {
        refuse(new Scope("/providers/Microsoft.Billing/billingAccounts/1"), PUT, ENTITY);

        assertTrue(isClosed(OWN, new Scope("/providers/Microsoft.Management/managementGroups/x"), PUT));
    }

    @ParameterizedTest
    @CsvSource({
        "LIST,   " + ENTITY + ", read",
        "PUT,    " + TENANT + ", write",
        "DELETE, " + ENTITY + ", delete",
        "RUN,    " + ENTITY + ", run",
        "RUN,    " + TENANT + ", write"
    })
    void theTimeThatAzureKeepsCallsBackIsCountedOnce(
            @ConvertWith(ByName.class) Operation operation, String header, String kind) {
        refuse(SCOPE, operation, header);
        assertEquals(Duration.ZERO, throttled(kind));
        clock.pass(Duration.ofSeconds(20));
        refuse(new Scope("/subscriptions/0b"), operation, header);
        clock.pass(Duration.ofSeconds(25));
        assertEquals(Duration.ofSeconds(45), throttled(kind));
        clock.pass(MINUTE);
        assertEquals(Duration.ofSeconds(80), throttled(kind));
        assertEquals(
                Duration.ofSeconds(80),
                rateLimiter.throttled().values().stream()
                        .map(ThrottledTime::total)
                        .reduce(Duration.ZERO, Duration::plus),
                "only of this kind");

        clock.pass(MINUTE);
        refuse(SCOPE, operation, header);
        clock.pass(Duration.ofSeconds(1));
        assertEquals(Duration.ofSeconds(81), throttled(kind), "open in between");
    }

    @Test
    void whoIsKeptBackIsToldInAzuresWords() {
        refuse(SCOPE, PUT, ENTITY);

        Throttled kept = rateLimiter
                .tryAcquire(OWN, SCOPE, PUT, caller("daily", Priority.CREATE))
                .orElseThrow();
        assertEquals("Too many requests. Please retry.", kept.detail().message());
        assertTrue(kept.retryAfter().compareTo(MINUTE) >= 0, () -> kept.toString());
    }

    @Test
    void whoWaitsForItsTurnIsToldWhatItWaitsFor() {
        Throttled last = null;
        for (int call = 0; call <= 200; call++) {
            last = rateLimiter
                    .tryAcquire(OWN, SCOPE, PUT, caller("daily-" + call, Priority.CREATE))
                    .orElse(null);
        }

        assertTrue(last.keptBack());
        assertEquals(
                "other calls go first: Azure Resource Manager takes 200 calls to write at once and 10 "
                        + "more a second (0a)",
                last.detail().text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "DefaultQuota:0", "Default:120, Sub:0"})
    void whatAzureSaysIsLeftCounts(String none) {
        rateLimiter.onResponse(OWN, SCOPE, PUT, answer(200, "x-ms-ratelimit-remaining-subscription-writes", none));

        assertTrue(isClosed(OWN, SCOPE, PUT));
        assertEquals(false, isClosed(OWN, SCOPE, GET));
    }

    /** Recorded: every operation of exports is charged to the reads. */
    @ParameterizedTest
    @MethodSource("operations")
    void theCounterThatAnAnswerNamesIsCharged(Operation operation) {
        rateLimiter.onResponse(OWN, SCOPE, operation, answer(200, "x-ms-ratelimit-remaining-subscription-reads", "0"));

        assertTrue(isClosed(OWN, SCOPE, operation));
        assertTrue(isClosed(OWN, SCOPE, GET), "one bucket for both");
        clock.pass(MINUTE);
        rateLimiter.onResponse(
                OWN, SCOPE, operation, answer(200, "x-ms-ratelimit-remaining-subscription-writes", "100"));
        Operation other = operation == GET ? LIST : GET;
        rateLimiter.onResponse(OWN, SCOPE, other, answer(200, "x-ms-ratelimit-remaining-subscription-reads", "0"));
        assertEquals(false, isClosed(OWN, SCOPE, operation), "the last answer to such a call counts");
    }

    @ParameterizedTest
    @CsvSource({"PUT, WRITE", "RUN, WRITE", "DELETE, DELETE"})
    void untilAnAnswerNamesACounterBothAreCharged(
            @ConvertWith(ByName.class) Operation operation, ArmRateLimiter.Kind documented) {
        assertEquals(Optional.empty(), wait(OWN, SCOPE, operation));

        assertEquals(195, (int) rateLimiter.minRemaining(documented));
        assertEquals(244, (int) rateLimiter.minRemaining(ArmRateLimiter.Kind.READ));
    }

    @Test
    void readsAreChargedOnce() {
        assertEquals(Optional.empty(), wait(OWN, SCOPE, LIST));

        assertEquals(244, (int) rateLimiter.minRemaining(ArmRateLimiter.Kind.READ));
    }

    /**
     * 600 creates as recorded answers charge them: 245 at once and 24 more a second, where the documented bucket of
     * writes would take 41 s.
     */
    @Test
    void manyCreatesGoAsFastAsTheCounterThatIsCharged() {
        List<String> waiting = new ArrayList<>();
        Map<String, Instant> sent = new HashMap<>();
        for (int export = 0; export < 600; export++) {
            create("export-" + export, waiting, sent);
        }
        rateLimiter.onResponse(OWN, SCOPE, PUT, answer(201, "x-ms-ratelimit-remaining-subscription-reads", "54"));
        Instant start = clock.instant();
        while (sent.size() < 600) {
            scheduler.pass(Duration.ofMillis(100));
            List.copyOf(waiting).forEach(key -> {
                waiting.remove(key);
                create(key, waiting, sent);
            });
            assertTrue(
                    Duration.between(start, clock.instant()).compareTo(Duration.ofSeconds(20)) < 0,
                    () -> sent.size() + " are sent");
        }
    }

    private void create(String key, List<String> called, Map<String, Instant> sent) {
        if (rateLimiter
                .tryAcquire(OWN, SCOPE, PUT, new Waiter(key, "finops", Priority.CREATE, () -> called.add(key)))
                .isEmpty()) {
            sent.put(key, clock.instant());
        }
    }

    /**
     * Which bucket an answer closes: what has nothing left, else the narrowest that it names; a retry header with calls
     * left closes nothing.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      429 | entity-retry-after: 60                                                                                             | true  | false
      429 | tenant-retry-after: 60                                                                                             | true  | true
      429 | client-retry-after: 60                                                                                             | true  | true
      429 | entity-retry-after: 60; tenant-retry-after: 60                                                                     | true  | false
      429 | entity-retry-after: 60; tenant-retry-after: 60; entity-requests: 0; tenant-requests: 199                           | true  | false
      429 | entity-retry-after: 60; tenant-retry-after: 60; entity-requests: 29; tenant-requests: 0                            | true  | true
      429 | entity-retry-after: 60; tenant-retry-after: 60; entity-requests: DefaultQuota:0; tenant-requests: DefaultQuota:199 | true  | false
      429 | entity-retry-after: 60; tenant-retry-after: 60; entity-requests: 0; tenant-requests: 0                             | true  | true
      429 | tenant-retry-after: 60; tenant-requests: 199                                                                       | true  | false
      200 | entity-retry-after: 60; tenant-retry-after: 60; entity-requests: 29; tenant-requests: 199                          | false | false
      200 | entity-retry-after: 60; tenant-retry-after: 60                                                                     | false | false
      200 | entity-retry-after: 60; entity-requests: DefaultQuota:7; qpu-remaining: QueriesPerHour:577                         | false | false
      200 | entity-retry-after: 60; entity-requests: 0; tenant-requests: 199                                                   | true  | false
      200 | tenant-retry-after: 60; tenant-requests: DefaultQuota:0                                                            | true  | true
      """)
    void anAnswerClosesTheBucketThatIsEmpty(int status, String headers, boolean here, boolean elsewhere) {
        Map<String, String> named = Stream.of(headers.split("; "))
                .map(header -> header.split(": "))
                .collect(Collectors.toMap(
                        header -> (header[0].endsWith("-requests") ? "x-ms-ratelimit-remaining-" : "x-ms-ratelimit-")
                                + "microsoft.costmanagement-" + header[0],
                        header -> header[1]));
        ArmResponse answer = new ArmResponse(status, named, new byte[0]);
        rateLimiter.onResponse(OWN, SCOPE, LIST, answer);
        if (status == 429) {
            rateLimiter.onThrottled(
                    OWN, SCOPE, LIST, new Throttled(new Detail(429, "429", "Too many requests", ""), MINUTE), answer);
        }

        assertEquals(here, isClosed(OWN, SCOPE, LIST));
        assertEquals(here, isClosed(OWN, new Scope("/subscriptions/0a/resourceGroups/finops"), GET));
        assertEquals(elsewhere, isClosed(OWN, new Scope("/subscriptions/0b"), LIST));
        assertEquals(false, isClosed(OWN, SCOPE, PUT), "reads alone");
        assertEquals(false, isClosed(OTHER, SCOPE, LIST));
        scheduler.pass(MINUTE.multipliedBy(2));
        assertEquals(false, isClosed(OWN, SCOPE, LIST));
    }

    @Test
    void aServiceThatIsUnavailableIsLeftAloneWhereItSaidSo() {
        rateLimiter.unavailable(
                OWN, SCOPE, PUT, new Detail(503, "ServiceUnavailable", "The provider registers.", ""), MINUTE);

        assertEquals(Optional.of(MINUTE), wait(OWN, SCOPE, PUT));
        assertEquals(false, isClosed(OWN, SCOPE, GET));
        assertEquals(false, isClosed(OWN, new Scope("/subscriptions/0a/resourceGroups/finops"), PUT));
        scheduler.pass(MINUTE.plusSeconds(1));
        assertEquals(false, isClosed(OWN, SCOPE, PUT));
    }

    @Test
    void aScopeTakesSoManyRunsInAnyMinute() {
        for (int run = 0; run < 3; run++) {
            assertEquals(Optional.empty(), wait(OWN, SCOPE, RUN));
            clock.pass(Duration.ofSeconds(10));
        }
        assertEquals(Optional.of(Duration.ofSeconds(30)), wait(OWN, SCOPE, RUN));
        assertEquals(Optional.empty(), wait(OWN, new Scope("/subscriptions/0b"), RUN));

        clock.pass(Duration.ofSeconds(30));
        assertEquals(Optional.empty(), wait(OWN, SCOPE, RUN));
        assertEquals(Optional.of(Duration.ofSeconds(10)), wait(OWN, SCOPE, RUN));
    }

    @Test
    void aRunThatWasHeldBackIsNotCounted() {
        refuse(SCOPE, RUN, ENTITY);
        for (int attempt = 0; attempt < 5; attempt++) {
            assertEquals(Optional.of(MINUTE), wait(OWN, SCOPE, RUN));
        }
        clock.pass(MINUTE);

        assertEquals(Optional.empty(), wait(OWN, SCOPE, RUN));
    }

    @Test
    void identitiesShareAScopesPaceOfRuns() {
        for (int run = 0; run < 3; run++) {
            assertEquals(Optional.empty(), wait(run % 2 == 0 ? OWN : OTHER, SCOPE, RUN));
        }
        assertTrue(wait(OTHER, SCOPE, RUN).isPresent());
    }

    /** One wake that throws. */
    @Test
    void whoStandsInLineIsWokenWhateverBecomesOfTheOthers() {
        drain(PUT);
        List<String> woken = new ArrayList<>();
        for (int waiting = 0; waiting < 5; waiting++) {
            String key = "waiting-" + waiting;
            boolean faulty = waiting == 0;
            assertTrue(rateLimiter
                    .tryAcquire(OWN, SCOPE, PUT, new Waiter(key, "finops", Priority.CREATE, () -> {
                        woken.add(key);
                        if (faulty) {
                            throw new IllegalStateException("a fault");
                        }
                    }))
                    .isPresent());
        }

        scheduler.pass(Duration.ofSeconds(2));

        assertEquals(List.of("waiting-0", "waiting-1", "waiting-2", "waiting-3", "waiting-4"), woken);
        assertEquals(0, rateLimiter.waiting(ArmRateLimiter.Kind.WRITE));
        assertEquals(0, scheduler.size(), "nobody waits, and no timer is left");
    }

    /** The timer itself fails once. */
    @Test
    void aTimerThatCouldNotBeSetIsSetByTheNextWhoComes() {
        drain(PUT);
        scheduler.refuses(true);
        assertThrows(
                IllegalStateException.class,
                () -> rateLimiter.tryAcquire(OWN, SCOPE, PUT, caller("first", Priority.CREATE)));
        scheduler.refuses(false);
        List<String> woken = new ArrayList<>();
        rateLimiter.tryAcquire(OWN, SCOPE, PUT, new Waiter("next", "finops", Priority.CREATE, () -> woken.add("next")));

        scheduler.pass(Duration.ofSeconds(2));

        assertEquals(List.of("next"), woken);
    }

    private void drain(Operation operation) {
        for (int call = 0;
                rateLimiter
                        .tryAcquire(OWN, SCOPE, operation, caller("drain", Priority.CREATE))
                        .isEmpty();
                call++) {
            assertTrue(call < 1000);
        }
        scheduler.pass(Duration.ofMillis(150));
        rateLimiter.tryAcquire(OWN, SCOPE, operation, caller("drain", Priority.CREATE));
    }

    private Duration throttled(String kind) {
        return rateLimiter.throttled().get(kind).total();
    }

    private void refuse(Scope scope, Operation operation, String header) {
        rateLimiter.onThrottled(
                OWN,
                scope,
                operation,
                new Throttled(new Detail(429, "429", "Too many requests. Please retry.", ""), MINUTE),
                answer(header, "60"));
    }

    private boolean isClosed(AzureIdentity identity, Scope scope, Operation operation) {
        return wait(identity, scope, operation).isPresent();
    }

    private Optional<Duration> wait(AzureIdentity identity, Scope scope, Operation operation) {
        return rateLimiter
                .tryAcquire(identity, scope, operation, caller("daily", Priority.RUN))
                .map(Throttled::retryAfter);
    }

    private static Waiter caller(String key, Priority urgency) {
        return new Waiter(key, "finops", urgency, () -> {});
    }

    private static ArmResponse answer(String header, String value) {
        return answer(429, header, value);
    }

    private static ArmResponse answer(int status, String header, String value) {
        return new ArmResponse(status, Map.of(header, value), new byte[0]);
    }
}
