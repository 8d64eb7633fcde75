package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.time.ManualScheduler;
import dev.finops.azure.time.SettableClock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private final SettableClock clock = new SettableClock();
    private final ManualScheduler scheduler = new ManualScheduler(clock);
    private List<String> dead = List.of();
    private final Liveness liveness = new Liveness(scheduler, clock, () -> dead);

    @Test
    void aProcessWhoseSchedulerRunsIsAlive() {
        liveness.start();

        scheduler.pass(Duration.ofHours(1));

        assertEquals(Optional.empty(), liveness.dead());
    }

    @Test
    void aSchedulerThatRunsNothingForAMinuteIsDead() {
        liveness.start();

        clock.pass(Duration.ofSeconds(60));
        assertEquals(Optional.empty(), liveness.dead());
        clock.pass(Duration.ofSeconds(1));

        assertEquals(Optional.of("the scheduler is dead: it has run nothing for 61 s"), liveness.dead());
        scheduler.pass(Duration.ofSeconds(1));
        assertEquals(Optional.empty(), liveness.dead(), "it was only late");
    }

    @Test
    void anEventSourceThatStoppedIsNamed() {
        liveness.start();
        dead = List.of("costexport");

        assertEquals(Optional.of("event sources are dead: costexport"), liveness.dead());
    }

    @Test
    void healthzSaysWhatIsDead() throws IOException, InterruptedException {
        dead = List.of("costexport");
        try (ManagementServer server = new ManagementServer(0, liveness::dead, () -> true, () -> "");
                HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/healthz"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertEquals("503 event sources are dead: costexport", answer.statusCode() + " " + answer.body());
        }
    }
}
