package dev.finops.azure.chaos;

import static dev.finops.azure.api.v1alpha1.Annotations.PAUSED;
import static dev.finops.azure.api.v1alpha1.Annotations.RUN_REQUESTED_AT;

import dev.finops.azure.api.v1alpha1.CostExportStatus;
import dev.finops.azure.simulator.AzureSimulator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What people do to CostExports and to their exports, noted, so that it can be done again to others. */
final class People {
    /** After five corrections within an hour an export is contested, and that is another matter. */
    private static final int PORTAL_EDITS = 4;

    private interface Deed {
        void to(Population.Member member, AzureSimulator azure);
    }

    private record Done(String name, Deed deed) {}

    private final Population population;
    private final AzureSimulator azure;
    private final List<Done> done = new ArrayList<>();
    private final Map<String, Integer> portalEdits = new HashMap<>();

    People(Population population, AzureSimulator azure) {
        this.population = population;
        this.azure = azure;
    }

    static String request(int number) {
        return "request-" + number;
    }

    void editSpec(Random random, int number) {
        String columns = random.nextBoolean() ? "[Date, Quantity]" : "[Date, Quantity, UnitPrice]";
        String name = anybody(random);
        CostExportStatus status = population.members().get(name).export.status();
        if (status != null && status.exportId() != null && status.eTag() == null) {
            return; // by contract a create that was not confirmed before a crash is somebody else's once the spec
            // differs
        }
        does(
                name,
                (member, _) -> member.export.change(
                        "{description: edit %d, dataset: {columns: %s}}".formatted(number, columns)));
    }

    void askForRun(Random random) {
        String name = anybody(random);
        CostExportStatus status = population.members().get(name).export.status();
        if (status == null || status.exportId() == null) {
            return; // an adoption takes the requests that it finds as handled, and faults decide when it comes
        }
        does(name, (member, _) -> {
            if (!member.observes() && !member.isPaused()) {
                member.export.annotate(RUN_REQUESTED_AT, request(++member.requests));
            }
        });
    }

    void pause(Random random) {
        does(random, (member, _) -> member.export.annotate(PAUSED, "true"));
    }

    void resumeAll() {
        population.members().forEach((name, member) -> {
            if (!member.isPaused()) {
                does(name, (resumed, _) -> resumed.export.withoutAnnotation(PAUSED));
            }
        });
    }

    /** Of a field that the spec states, or of one that is Azure's and stays as it was edited. */
    void editInPortal(Random random, int number) {
        String name = anybody(random);
        boolean stated = random.nextBoolean();
        if (population.members().get(name).export.existsInAzure()
                && portalEdits.merge(name, 1, Integer::sum) <= PORTAL_EDITS) {
            does(
                    name,
                    (member, _) -> member.export.editInPortal(properties -> {
                        if (stated) {
                            properties.put("exportDescription", "portal " + number);
                        } else {
                            properties.put(
                                    "dataOverwriteBehavior",
                                    number % 2 == 0 ? "OverwritePreviousReport" : "CreateNewReport");
                        }
                    }));
        }
    }

    void doTheSame(Population others, AzureSimulator theirs) {
        done.forEach(act -> act.deed.to(others.members().get(act.name), theirs));
    }

    private void does(Random random, Deed deed) {
        does(anybody(random), deed);
    }

    private void does(String name, Deed deed) {
        deed.to(population.members().get(name), azure);
        done.add(new Done(name, deed));
    }

    private String anybody(Random random) {
        List<String> names = List.copyOf(population.members().keySet());
        return names.get(random.nextInt(names.size()));
    }
}
