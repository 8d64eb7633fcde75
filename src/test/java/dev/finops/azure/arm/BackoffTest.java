package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finops.azure.api.v1alpha1.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private static final ArmFailure.Detail DETAIL = new ArmFailure.Detail(0, "", "", "");
    private static final ArmFailure NETWORK = new ArmFailure.Indeterminate(DETAIL, Reason.ARM_UNREACHABLE, null);
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(15));

    /** Adds nothing by chance. */
    private static final RandomGenerator LEAST = () -> 0;

    @ParameterizedTest
    @CsvSource({"1, PT5S", "2, PT10S", "3, PT20S", "6, PT2M40S", "7, PT5M", "1000, PT5M", "0, PT5S"})
    void anOutageIsAskedAgainTwiceAsLateEachTimeUpToFiveMinutes(int failures, Duration wait) {
        assertEquals(wait, BACKOFF.after(NETWORK, failures, LEAST));
    }

    @ParameterizedTest
    @CsvSource({"1, PT1M", "16, PT1M", "17, PT15M", "500, PT15M"})
    void aMissingRightIsAskedAgainEachMinuteAndAfterSixteenTimesSlowly(int failures, Duration wait) {
        assertEquals(
                wait, BACKOFF.after(new ArmFailure.Forbidden(DETAIL, Reason.AUTHORIZATION_FAILED), failures, LEAST));
    }

    @ParameterizedTest
    @CsvSource({"PT1S, PT20S", "PT2H, PT2H"})
    void aTimeThatAzureNamedIsKept(Duration named, Duration afterThreeFailures) {
        assertEquals(named, BACKOFF.after(new ArmFailure.Throttled(DETAIL, named), 3, LEAST));
        assertEquals(
                afterThreeFailures,
                BACKOFF.after(new ArmFailure.Indeterminate(DETAIL, Reason.ARM_UNAVAILABLE, named), 3, LEAST));
    }

    @ParameterizedTest
    @CsvSource({"1, PT5S", "2, PT10S", "100, PT1M"})
    void noTimeAtAllIsNotTakenAtItsWord(int failures, Duration wait) {
        assertEquals(wait, BACKOFF.after(new ArmFailure.Throttled(DETAIL, Duration.ZERO), failures, LEAST));
    }

    @Test
    void aRefusalIsTriedAgainOnceADay() {
        assertEquals(Duration.ofHours(24), BACKOFF.terminal());
        assertEquals(
                Duration.ofHours(24), BACKOFF.after(new ArmFailure.Rejected(DETAIL, Reason.INVALID_REQUEST), 1, LEAST));
    }

    @Property
    void retryMaxBoundsWhatAzureDidNotName(
            @ForAll("unnamed") ArmFailure failure,
            @ForAll @IntRange(min = 1) int failures,
            @ForAll @IntRange(min = 1, max = 10_000) int maxMillis,
            @ForAll long seed) {
        Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(maxMillis));
        Duration wait = backoff.after(failure, failures, new Random(seed));
        Duration bound = failure instanceof ArmFailure.Rejected ? backoff.terminal() : backoff.max();

        assertTrue(wait.isPositive());
        assertTrue(
                wait.compareTo(bound.multipliedBy(11).dividedBy(10)) <= 0,
                wait + " is more than " + bound + " and a tenth");
    }

    @Property
    void comesNeitherSoonerThanAskedNorMuchLater(
            @ForAll @IntRange(min = 1, max = 86_400) int seconds, @ForAll long seed) {
        Duration asked = Duration.ofSeconds(seconds);
        Duration wait = BACKOFF.after(new ArmFailure.Throttled(DETAIL, asked), 1, new Random(seed));

        assertTrue(wait.compareTo(asked) >= 0
                && wait.compareTo(asked.multipliedBy(11).dividedBy(10)) <= 0);
    }

    @Provide
    Arbitrary<ArmFailure> unnamed() {
        return Arbitraries.of(List.of(
                NETWORK,
                new ArmFailure.Forbidden(DETAIL, Reason.AUTHORIZATION_FAILED),
                new ArmFailure.Forbidden(DETAIL, Reason.SCOPE_LOCKED),
                new ArmFailure.ScopeNotFound(DETAIL),
                new ArmFailure.ResourceNotFound(DETAIL),
                new ArmFailure.Conflict(DETAIL),
                new ArmFailure.Rejected(DETAIL, Reason.INVALID_REQUEST)));
    }
}
