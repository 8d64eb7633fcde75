package dev.finops.azure.system;

import static dev.finops.azure.simulator.Operation.PUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.simulator.Journal.Call;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Several operators with one lease. Each is an application of its own to Azure, so that its writes are known from the
 * others'.
 */
class LeadershipIT extends SystemTest {
    private static final int EXPORTS = 80;

    private int member;

    private record Member(OperatorProcess process, String application) {
        boolean leads() {
            return process.log().contains("holds the lease");
        }
    }

    @Override
    Map<String, String> settings() {
        return Map.of(
                "LEADER_ELECTION",
                "true",
                "LEASE_NAMESPACE",
                namespace,
                "LEASE_NAME",
                "shared",
                "OBSERVE_INTERVAL",
                "10m");
    }

    @BeforeAll
    @Override
    void startOperator() {}

    private Member join() {
        String application = UUID.randomUUID().toString();
        String secret = "hush-" + ++member;
        azure.entra().application(application, secret);
        return new Member(
                launch(Map.of("AZURE_CLIENT_ID", application, "AZURE_CLIENT_SECRET", secret))
                        .awaitReady(),
                application);
    }

    private List<Call> writes(int since, Member member) {
        return azure.journal().since(since).stream()
                .filter(call -> call.operation().writes() && call.caller().equals(member.application))
                .toList();
    }

    @Test
    void aLeaderThatWasStoppedForLongerThanItsLeaseWritesNothingWhenItWakesAndNothingIsDoneTwice() throws Exception {
        Member leader = join();
        eventually(() -> assertTrue(leader.leads()));
        Member second = join();
        int mark = azure.journal().mark();
        List<LiveExport> exports = IntStream.range(0, EXPORTS)
                .mapToObj(i -> export("frozen-" + i, ""))
                .toList();
        eventually(() -> assertTrue(writes(mark, leader).size() > 5));
        leader.process.freeze();
        eventually(() -> assertTrue(second.leads()));
        exports.forEach(LiveExport::awaitReady);
        int woke = azure.journal().mark();
        exports.forEach(export -> export.change("description: changed")); // work for it, if it took it
        leader.process.thaw();

        assertEquals(1, leader.process.await());
        assertTrue(
                leader.process.log().contains("lost the lease " + namespace + "/shared and ends"),
                leader.process.log());
        eventually(() -> assertEquals(EXPORTS, writes(woke, second).size()));
        assertEquals(List.of(), writes(woke, leader));
        assertEquals(
                Map.of(),
                azure.journal().since(mark).subList(0, woke - mark).stream()
                        .filter(call -> call.operation() == PUT && call.status() < 300)
                        .collect(Collectors.groupingBy(Call::path, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .filter(puts -> puts.getValue() > 1)
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));

        second.process.kill();
        Member third = join();
        eventually(() -> assertTrue(third.leads()));
        export("after-the-kill", "").awaitReady();
        assertEquals(1, writes(woke, third).size(), "the new leader does nothing that is done already");
    }
}
