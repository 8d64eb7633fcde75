package dev.finops.azure.export;

import com.azure.core.credential.AccessToken;
import com.azure.core.http.HttpClient;
import dev.finops.azure.arm.ApiVersionCheck;
import dev.finops.azure.arm.ArmClient;
import dev.finops.azure.arm.ArmPipeline;
import dev.finops.azure.arm.AzureClock;
import dev.finops.azure.arm.AzureConnection;
import dev.finops.azure.arm.Timeouts;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.arm.quota.ArmRateLimiter;
import dev.finops.azure.time.ManualScheduler;
import dev.finops.azure.time.SettableClock;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Clients of an Azure at {@code https://arm.example}, with a token that every scope accepts and a rate limiter of their own. */
public final class ExportsClients {
    public static final String ENDPOINT = "https://arm.example";
    public static final String API_VERSION = "2025-03-01";

    private static final AzureConnection AZURE = new AzureConnection(
            URI.create(ENDPOINT),
            ENDPOINT,
            API_VERSION,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            10,
            Duration.ofMinutes(1));

    private ExportsClients() {}

    /** @param azure what the client sends its requests to */
    public static ExportsClient client(HttpClient azure, InstantSource clock) {
        return client(azure, clock, new AzureClock(clock, clock), new ApiVersionCheck(API_VERSION), (_, _, _) -> {});
    }

    static ExportsClient client(
            HttpClient azure,
            InstantSource clock,
            AzureClock azureClock,
            ApiVersionCheck apiVersion,
            ArmClient.CallListener listener) {
        ArmPipeline pipeline = new ArmPipeline(
                azure,
                () -> request -> Mono.fromSupplier(() -> new AccessToken("token", OffsetDateTime.MAX)),
                ENDPOINT,
                "test",
                Timeouts.USUAL.call(),
                () -> 0);
        return new ExportsClient(new ArmClient(
                AZURE,
                pipeline,
                new AzureIdentity.Own(),
                new ArmRateLimiter(clock, new ManualScheduler(new SettableClock()), 10),
                azureClock,
                "test",
                apiVersion,
                listener,
                Supplier::get));
    }
}
