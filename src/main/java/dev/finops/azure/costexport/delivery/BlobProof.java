package dev.finops.azure.costexport.delivery;

import com.azure.core.http.HttpClient;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Delivery;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.Run;
import dev.finops.azure.costexport.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.costexport.delivery.ExportContainer.NotThere;
import dev.finops.azure.costexport.delivery.Manifest.Blob;
import dev.finops.azure.costexport.delivery.Manifest.Malformed;
import dev.finops.azure.costexport.export.Times;
import dev.finops.azure.costexport.failure.Reason;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks whether what a completed run delivered is in the storage account: reads the run's manifest and asks for the size of
 * each blob that it lists. Cost data itself is never read.
 */
public final class BlobProof {
  private static final int MAX_BLOBS = 10_000;
  private static final Pattern MANIFEST = Pattern.compile("(.*/)?_?manifest\\.json");
  private static final Pattern PERIOD_FOLDER = Pattern.compile("(?:.*/)?\\d{8}-\\d{8}/");
  private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("yyyyMM").withZone(ZoneOffset.UTC);

  private final HttpClient http;
  private final String endpointTemplate;
  private final InstantSource clock;

  /** @param endpointTemplate as {@code https://{account}.blob.core.windows.net} */
  public BlobProof(HttpClient http, String endpointTemplate, InstantSource clock) {
    this.http = http;
    this.endpointTemplate = endpointTemplate;
    this.clock = clock;
  }

  /**
   * @param run a completed one
   * @param overwritable a newer run exists that may have replaced what this one delivered
   */
  public Proof of(Run run, ExportFolder folder, Access access, boolean overwritable) {
    try {
      Proof proof = look(run, folder, ExportContainer.at(http, folder.endpoint(endpointTemplate), folder.container(), access));
      boolean gone = proof instanceof Proof.Failed(var reason, _) && reason != Reason.SIZE_MISMATCH;
      return gone && overwritable ? new Proof.Superseded(run.id()) : proof;
    } catch (StorageFault fault) {
      return new Proof.Unreachable("Storage account " + folder.account() + " cannot be asked: " + fault.getMessage());
    }
  }

  private Proof look(Run run, ExportFolder folder, ExportContainer container) {
    String path = run.manifestFile();
    try {
      path = path == null ? find(run, folder, container).orElse(null) : path.replaceFirst("^/+", "");
      if (path == null) {
        return withoutManifest(run, folder, container);
      }
      return judge(run, path, Manifest.read(container.read(path, Manifest.MAX_BYTES)), folder, container);
    } catch (NotThere gone) {
      String what = path == null ? "The manifest of run " + run.id() : "The manifest " + path;
      return new Proof.Failed(Reason.MANIFEST_MISSING, what + " is not in " + folder + " (" + gone.getMessage() + ").");
    } catch (Malformed malformed) {
      return new Proof.Failed(Reason.MANIFEST_MISSING, "The manifest " + path + " in " + folder + " cannot be read: " + malformed.getMessage() + ".");
    }
  }

  /** Runs of older api-versions do not name their manifest, but both layouts put it below a folder named after the run. */
  private static Optional<String> find(Run run, ExportFolder folder, ExportContainer container) throws NotThere {
    return container.find(prefix(run, folder), name -> names(name, run) && MANIFEST.matcher(name).matches());
  }

  /** The folder of the period that the run's file is in, else those of the month in which its period begins. */
  private static String prefix(Run run, ExportFolder folder) {
    Matcher file = PERIOD_FOLDER.matcher(run.fileName() == null ? "" : run.fileName());
    if (file.lookingAt()) {
      return file.group().replaceFirst("^/+", "");
    }
    String month = Optional.ofNullable(run.timePeriod()).map(TimePeriod::from).flatMap(Times::start).map(MONTH::format).orElse("");
    return folder.path() + "/" + month;
  }

  /** A run that is not partitioned writes one file named after it and, with the older api-versions, no manifest. */
  private Proof withoutManifest(Run run, ExportFolder folder, ExportContainer container) throws NotThere {
    String file = run.fileName() == null ? "" : run.fileName().replaceFirst("^/+", "");
    if (!names(file.substring(file.lastIndexOf('/') + 1), run)) {
      return new Proof.Failed(Reason.MANIFEST_MISSING,
          "No manifest of run " + run.id() + " is under " + prefix(run, folder) + " in " + folder + ".");
    }
    return check(run, null, new Manifest(run.id(), null, null, List.of(new Blob(file, null, null))), folder, container);
  }

  private Proof judge(Run run, String path, Manifest manifest, ExportFolder folder, ExportContainer container) throws NotThere {
    if (manifest.blobs().size() > MAX_BLOBS) {
      return new Proof.Unreachable("The manifest " + path + " lists more than " + MAX_BLOBS + " blobs, which are not checked.");
    }
    return check(run, path, manifest, folder, container);
  }

  private Proof check(Run run, String path, Manifest manifest, ExportFolder folder, ExportContainer container) throws NotThere {
    List<Blob> blobs = manifest.blobs();
    Map<String, Long> sizes = container.sizes(blobs.stream().map(Blob::name).distinct().toList());
    List<Blob> missing = blobs.stream().filter(blob -> !sizes.containsKey(blob.name())).toList();
    if (!missing.isEmpty()) {
      return new Proof.Failed(Reason.BLOB_MISSING, missing.size() + " of " + blobs.size() + " blobs of run " + run.id()
          + " are not in " + folder + ", the first is " + missing.getFirst().name() + ".");
    }
    List<Blob> wrong = blobs.stream().filter(blob -> blob.bytes() != null && !blob.bytes().equals(sizes.get(blob.name()))).toList();
    if (!wrong.isEmpty()) {
      Blob first = wrong.getFirst();
      return new Proof.Failed(Reason.SIZE_MISMATCH, wrong.size() + " of " + blobs.size() + " blobs of run " + run.id()
          + " in " + folder + " have another size than the manifest says, the first is " + first.name() + ": " + sizes.get(first.name())
          + " instead of " + first.bytes() + " bytes.");
    }
    long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
    return new Proof.Proven(new Delivery(run.id(), path, blobs.size(), bytes, manifest.rows(), manifest.dataVersion(), Times.write(clock.instant())));
  }

  private static boolean names(String path, Run run) {
    return path.toLowerCase(Locale.ROOT).contains(run.id().toLowerCase(Locale.ROOT));
  }
}
