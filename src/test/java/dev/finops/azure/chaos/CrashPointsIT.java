package dev.finops.azure.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finops.azure.chaos.Tripwire.Point;
import dev.finops.azure.controlplane.ControlPlane;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sample of what {@code make chaos} does at all points: the operator is killed before and after each write to Azure.
 */
class CrashPointsIT {

    @BeforeAll
    static void theResourceIsKnown() {
        ControlPlane.shared().installCrd();
    }

    @ParameterizedTest
    @EnumSource(names = {"CREATE", "UPDATE", "RUN", "DELETE"})
    void theEndIsTheSame(Scenario scenario) {
        try (Trials trials = new Trials(
                ControlPlane.shared(), scenario, Path.of("target/operator-logs"), OperatorCommand.OF_THE_JAR)) {
            List<Point> points = trials.points().stream()
                    .filter(point -> point.call().what().matches("azure (PUT|RUN|DELETE)"))
                    .toList();
            assertEquals(2, points.size());
            points.forEach(
                    point -> assertEquals(Optional.empty(), trials.at(point).failure(), point::toString));
        }
    }
}
