package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.arm.ArmFailure.Detail;
import dev.finops.azure.document.Json;
import dev.finops.azure.export.status.KnownError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What the table of known errors calls the reason of Azure's words is what the operator makes of them. */
class KnownErrorsAreClassifiedTest {
    @ParameterizedTest
    @EnumSource(
            value = KnownError.class,
            mode = Mode.EXCLUDE,
            names = "BLOBS_NOT_READABLE") // storage's words, not Azure Resource Manager's
    void asTheTableSays(KnownError known) {
        for (Detail said :
                known.examples().stream().filter(said -> said.status() != 0).toList()) { // the others are Entra's
            var body = Json.object();
            body.putObject("error").put("code", said.code()).put("message", said.message());
            ArmResponse answer =
                    new ArmResponse(said.status(), Map.of(), body.toString().getBytes(StandardCharsets.UTF_8));

            assertEquals(
                    known.reason(),
                    ErrorClassifier.of(answer, Duration.ofMinutes(1), Instant.EPOCH)
                            .reason(),
                    said.text());
        }
    }
}
