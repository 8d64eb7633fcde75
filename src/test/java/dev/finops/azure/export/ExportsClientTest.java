package dev.finops.azure.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.http.HttpRequest;
import dev.finops.azure.arm.ApiVersionCheck;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.arm.CannedResponse;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.queue.Priority;
import dev.finops.azure.queue.Waiter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** What is sent to Azure, without a server. */
class ExportsClientTest {
    /** What a subscription takes at once. */
    private static final int BURST = 250;

    private static final Waiter CALLER = new Waiter("uid", "finance", Priority.CHANGE, () -> {});

    private final List<String> sent = new ArrayList<>();
    private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-30T10:00:00Z"));
    private final AzureClock azureClock = new AzureClock(clock, clock);
    private final ApiVersionCheck apiVersion = new ApiVersionCheck(ExportsClients.API_VERSION);
    private final List<String> outcomes = new ArrayList<>();

    @Test
    void aRequestLineIsAscii() {
        ExportsClient client = client(request -> new CannedResponse.Reply(404, "", ""));
        Scope scope = new Scope("/subscriptions/0/resourceGroups/Instruktører(1)");
        ExportId export = new ExportId(scope, "å%20 b");

        client.list(scope, CALLER, any -> any);
        client.get(export, CALLER);
        client.put(export, Json.object(), CALLER);
        client.run(export, null, CALLER);
        client.runHistory(export, CALLER);
        client.delete(export, CALLER);

        String exports =
                "https://arm.example/subscriptions/0/resourceGroups/Instrukt%C3%B8rer(1)/providers/Microsoft.CostManagement/exports";
        String one = exports + "/%C3%A5%2520%20b";
        assertEquals(
                List.of(
                        "GET " + exports + "?$expand=runHistory&api-version=2025-03-01",
                        "GET " + one + "?$expand=runHistory&api-version=2025-03-01",
                        "PUT " + one + "?api-version=2025-03-01",
                        "POST " + one + "/run?api-version=2025-03-01",
                        "GET " + one + "/runHistory?api-version=2025-03-01",
                        "DELETE " + one + "?api-version=2025-03-01"),
                sent);
    }

    @Test
    void anotherPageIsAskedForInAscii() {
        Scope scope = new Scope("/subscriptions/0");
        ExportsClient client = client(request -> new CannedResponse.Reply(
                200,
                "{\"value\":[]" + (sent.size() == 1 ? ",\"nextLink\":\"https://arm.example/ø%20?$skiptoken=ü\"" : "")
                        + "}",
                ""));

        assertInstanceOf(ArmResult.Ok.class, client.list(scope, CALLER, any -> any));

        assertEquals("GET https://arm.example/%C3%B8%20?$skiptoken=%C3%BC", sent.getLast());
    }

    /** Queued again between its pages, it would begin anew each time, and never end while others call. */
    @Test
    void aListThatHasBegunIsNotQueuedBetweenItsPages() {
        int pages = 3;
        ExportsClient client = client(request -> new CannedResponse.Reply(
                200,
                sent.size() % pages == 0
                        ? "{\"value\":[]}"
                        : "{\"value\":[],\"nextLink\":\"https://arm.example/more\"}",
                ""));

        ArmResult<?> list = client.list(new Scope("/subscriptions/0"), CALLER, any -> any);
        while (list instanceof ArmResult.Ok && sent.size() < 2 * BURST) {
            list = client.list(new Scope("/subscriptions/0"), CALLER, any -> any);
        }

        assertTrue(assertInstanceOf(
                        ArmFailure.Throttled.class,
                        assertInstanceOf(ArmResult.Failed.class, list).failure())
                .keptBack());
        assertEquals(0, sent.size() % pages, "the list that is kept back has not begun");
    }

    /** Each call is counted by the rate limiter, the second one after a 401 as well. */
    @Test
    void theSecondRequestIsAdmittedByTheRateLimiter() {
        ExportsClient client = client(request -> sent.size() > BURST - 1
                ? new CannedResponse.Reply(
                        401, "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"no\"}}", "")
                : new CannedResponse.Reply(404, "", ""));
        ExportId export = new ExportId(new Scope("/subscriptions/0"), "daily");
        List<ArmFailure> failures = new ArrayList<>();

        while (sent.size() < BURST && failures.size() < BURST) {
            failures.add(assertInstanceOf(ArmResult.Failed.class, client.get(export, CALLER))
                    .failure());
        }

        assertTrue(
                assertInstanceOf(ArmFailure.Throttled.class, failures.getLast()).keptBack(),
                failures.getLast()::toString);
    }

    /** What an intermediary stamps upon its own error pages is not Azure's time. */
    @ParameterizedTest
    @CsvSource({"200, 12:00", "502, 10:00", "404, 10:00", "429, 10:00"})
    void onlyGoodAnswersSetTheClock(int status, String time) {
        ExportsClient client = client(_ ->
                new CannedResponse.Reply(status, "{\"value\": []}", Map.of("Date", "Mon, 30 Nov 2026 12:00:00 GMT")));
        for (int scopes = 0; scopes < 3; scopes++) {
            client.list(new Scope("/subscriptions/" + scopes), CALLER, any -> any);
        }

        assertEquals(time, azureClock.instant().toString().substring(11, 16));
    }

    @Test
    void aRejectedApiVersionIsOneFaultOfTheOperator() {
        List<String> answers = new ArrayList<>(List.of(
                error(
                        "InvalidApiVersionParameter",
                        "The api-version '2025-03-01' is invalid. The supported versions are '2030-01-01'."),
                error("RBACAccessDenied", "no"),
                "{}"));
        ExportsClient client = client(request -> new CannedResponse.Reply(
                sent.size() > 2 ? 404 : 400, sent.size() > 2 ? error("NotFound", "no") : answers.removeFirst(), ""));
        ExportId export = new ExportId(new Scope("/subscriptions/0"), "daily");

        assertFalse(apiVersion.rejected());
        client.get(export, CALLER);
        assertTrue(apiVersion.rejected());
        client.get(export, CALLER);
        assertTrue(apiVersion.rejected(), "a caller without a role does not know");
        client.get(export, CALLER);
        assertFalse(apiVersion.rejected(), "an absence is an answer in that version");
        assertEquals(List.of("get ApiVersionRejected", "get AuthorizationFailed", "get NotFound"), outcomes);
    }

    private static String error(String code, String message) {
        return "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}".formatted(code, message);
    }

    private ExportsClient client(Function<HttpRequest, CannedResponse.Reply> azure) {
        return ExportsClients.client(
                request -> {
                    sent.add(request.getHttpMethod() + " " + request.getUrl());
                    return Mono.just(new CannedResponse(request, azure.apply(request)));
                },
                clock,
                azureClock,
                apiVersion,
                (operation, outcome, _) -> outcomes.add(operation + " " + outcome));
    }
}
