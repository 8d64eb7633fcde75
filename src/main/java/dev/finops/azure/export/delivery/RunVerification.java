package dev.finops.azure.export.delivery;

import dev.finops.azure.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.api.v1alpha1.Reason;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.delivery.ExportContainer.NotThere;
import dev.finops.azure.export.delivery.Manifest.Blob;
import dev.finops.azure.export.delivery.Manifest.Malformed;
import dev.finops.azure.export.plan.DeliveryResult;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The verification of one run in one container. */
record RunVerification(Run run, ExportFolder folder, ExportContainer container, boolean overwritable, Instant now) {
    private static final int MAX_BLOBS = 10_000;
    private static final Pattern MANIFEST = Pattern.compile("(.*/)?_?manifest\\.json");
    private static final Pattern PERIOD_FOLDER = Pattern.compile("(?:.*/)?\\d{8}-\\d{8}/");
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("yyyyMM").withZone(ZoneOffset.UTC);

    /** @throws StorageErrorClassifier when the account does not say */
    DeliveryResult proof() {
        try {
            Optional<String> manifest = run.manifestFile() == null ? find() : Optional.of(relative(run.manifestFile()));
            return manifest.isPresent() ? proofBy(manifest.get()) : proofWithoutManifest();
        } catch (NotThere gone) {
            return gone(
                    Reason.MANIFEST_MISSING,
                    "The manifest of run " + run.id() + " is not in " + folder + ": " + gone.getMessage());
        }
    }

    /** Older api-versions do not name the manifest, but every layout puts it below a folder named after the run. */
    private Optional<String> find() throws NotThere {
        return container.find(
                searched(), name -> namesRun(name) && MANIFEST.matcher(name).matches());
    }

    /** The folder of the period that the run's file is in, else those of the month in which its period begins. */
    private String searched() {
        Matcher file = PERIOD_FOLDER.matcher(relative(run.fileName()));
        if (file.lookingAt()) {
            return file.group();
        }
        return folder.path() + "/"
                + Optional.ofNullable(run.timePeriod())
                        .map(TimePeriod::from)
                        .flatMap(Timestamps::start)
                        .map(MONTH::format)
                        .orElse("");
    }

    private DeliveryResult proofBy(String path) throws NotThere {
        Manifest manifest;
        try {
            manifest = Manifest.read(container.read(path, Manifest.MAX_BYTES));
        } catch (Malformed malformed) {
            return new DeliveryResult.Failed(
                    Reason.MANIFEST_MISSING,
                    "The manifest " + path + " in " + folder + " cannot be read: " + malformed.getMessage() + ".");
        }
        if (overwritable && manifest.runId() != null && !manifest.runId().equalsIgnoreCase(run.id())) {
            return new DeliveryResult.Superseded(run.id());
        }
        if (manifest.blobs().size() > MAX_BLOBS) {
            return new DeliveryResult.Unreachable(
                    "The manifest " + path + " lists more than " + MAX_BLOBS + " blobs, which are not checked.");
        }
        return proofOf(manifest, path);
    }

    /** A run that is not partitioned writes one file named after it and, with older api-versions, no manifest. */
    private DeliveryResult proofWithoutManifest() throws NotThere {
        String file = relative(run.fileName());
        if (!namesRun(file.substring(file.lastIndexOf('/') + 1))) {
            return gone(
                    Reason.MANIFEST_MISSING,
                    "No manifest of run " + run.id() + " is below " + searched() + " in " + folder + ".");
        }
        return proofOf(new Manifest(run.id(), null, null, List.of(new Blob(file, null, null))), null);
    }

    private DeliveryResult proofOf(Manifest manifest, String path) throws NotThere {
        List<Blob> blobs = manifest.blobs();
        Map<String, Long> sizes =
                container.sizes(blobs.stream().map(Blob::name).distinct().toList());
        List<Blob> missing =
                blobs.stream().filter(blob -> !sizes.containsKey(blob.name())).toList();
        if (!missing.isEmpty()) {
            return gone(
                    Reason.BLOB_MISSING,
                    missing.size() + " of " + blobs.size() + " blobs of run " + run.id() + " are not in " + folder
                            + ", the first is " + missing.getFirst().name() + ".");
        }
        List<Blob> wrong = blobs.stream()
                .filter(blob -> blob.bytes() != null && !blob.bytes().equals(sizes.get(blob.name())))
                .toList();
        if (!wrong.isEmpty()) {
            Blob first = wrong.getFirst();
            return new DeliveryResult.Failed(
                    Reason.SIZE_MISMATCH,
                    wrong.size() + " of " + blobs.size() + " blobs of run " + run.id() + " in " + folder
                            + " have another size than the manifest says, the first is " + first.name() + ": "
                            + sizes.get(first.name()) + " instead of "
                            + first.bytes() + " bytes.");
        }
        long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
        return new DeliveryResult.Verified(new Delivery(
                run.id(), path, blobs.size(), bytes, manifest.rows(), manifest.dataVersion(), Timestamps.write(now)));
    }

    /** What is not there may have been replaced. */
    private DeliveryResult gone(Reason reason, String message) {
        return overwritable ? new DeliveryResult.Superseded(run.id()) : new DeliveryResult.Failed(reason, message);
    }

    private boolean namesRun(String path) {
        return path.toLowerCase(Locale.ROOT).contains(run.id().toLowerCase(Locale.ROOT));
    }

    private static String relative(String path) {
        return path == null ? "" : path.replaceFirst("^/+", "");
    }
}
