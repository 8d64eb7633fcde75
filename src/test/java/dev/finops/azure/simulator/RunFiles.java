package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** Which blobs a completed run writes, by the versions and the overwrite mode of its export. */
record RunFiles(Run.Simulated run) {

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyyMMddHHmm").withZone(ZoneOffset.UTC);

    String part(int number) {
        if (single()) return month() + run.export().name() + "_" + run.id() + extension();
        int first = run.behaviour().is(Choice.PartNumbers.FROM_ONE) ? 1 : 0;
        return folder() + "part_" + (first + number) + "_0001" + extension();
    }

    /** None for the single file of the old versions. */
    Optional<String> manifest() {
        return single() ? Optional.empty() : Optional.of(folder() + (old() ? "_manifest.json" : "manifest.json"));
    }

    /** What a run that overwrites leaves nothing else in. */
    String month() {
        return setting("deliveryInfo.destination.rootFolderPath")
                        .map(path -> path.replaceAll("^/|/$", "") + "/")
                        .orElse("")
                + run.export().name() + "/" + run.range().folder() + "/";
    }

    String folder() {
        return month() + (old() || overwrites() ? "" : MINUTE.format(run.submitted()) + "/") + run.id() + "/";
    }

    boolean overwrites() {
        return setting("dataOverwriteBehavior").orElse("").equalsIgnoreCase("OverwritePreviousReport");
    }

    boolean old() {
        return run.export().store() == ApiVersion.Store.OLD;
    }

    boolean single() {
        return old() && !settings().path("partitionData").asBoolean();
    }

    boolean gzipped() {
        return setting("compressionMode").orElse("").equalsIgnoreCase("gzip");
    }

    Optional<String> setting(String path) {
        return Json.text(settings(), path);
    }

    private ObjectNode settings() {
        return run.export().properties();
    }

    private String extension() {
        boolean snappy = setting("compressionMode").orElse("").equalsIgnoreCase("snappy");
        if (setting("format").orElse("").equalsIgnoreCase("Parquet")) return snappy ? ".snappy.parquet" : ".parquet";
        return gzipped() ? ".csv.gz" : ".csv";
    }
}
