package dev.finops.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.simulator.RunOutcome.Delivered;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/**
 * Writes what a completed run delivers, its manifest last. Parts have the names of their format, and text in all of
 * them.
 */
final class Delivery {

    private static final int PARTS = 2;

    /** A part as the manifest describes it. */
    private record Part(String name, int rows, byte[] content) {}

    private final Run.Simulated run;
    private final RunFiles files;
    private final BlobSink blobs;
    private final String account;
    private final String container;

    Delivery(Run.Simulated run, BlobSink blobs) {
        this.run = run;
        this.blobs = blobs;
        files = new RunFiles(run);
        account = files.setting("deliveryInfo.destination.resourceId")
                .map(id -> id.replaceFirst("/$", "").replaceFirst(".*/", ""))
                .or(() -> files.setting("deliveryInfo.destination.storageAccount"))
                .orElseThrow();
        container = files.setting("deliveryInfo.destination.container").orElseThrow();
    }

    void write() {
        var delivered = ((RunOutcome.Completed) run.outcome()).delivered();
        int count = delivered instanceof Delivered.NoData ? 0 : files.single() ? 1 : PARTS;
        var parts = IntStream.range(0, count).mapToObj(this::part).toList();
        written(parts, delivered).forEach(part -> put(part.name, part.content));
        if (files.overwrites()) blobs.delete(account, container, files.month(), files.folder());
        switch (delivered) {
            case Delivered.NoManifest() -> {}
            case Delivered.LateManifest(var after) ->
                CompletableFuture.delayedExecutor(after.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(() -> putManifest(parts));
            default -> putManifest(parts);
        }
    }

    private static List<Part> written(List<Part> parts, Delivered delivered) {
        var written = new ArrayList<>(parts);
        switch (delivered) {
            case Delivered.LastPartMissing() -> written.removeLast();
            case Delivered.LastPartTruncated() -> {
                var last = written.removeLast();
                written.add(new Part(last.name, last.rows, Arrays.copyOf(last.content, last.content.length / 2)));
            }
            default -> {}
        }
        return written;
    }

    private Part part(int number) {
        int rows = 100 + Math.floorMod(run.id().hashCode() + number, 100);
        var text = IntStream.range(0, rows)
                .mapToObj(row -> run.range().from() + "," + row + ",0.25,EUR\n")
                .collect(Collectors.joining("", "Date,ResourceId,Cost,Currency\n", ""));
        var content = text.getBytes(StandardCharsets.UTF_8);
        return new Part(files.part(number), rows, files.gzipped() ? gzip(content) : content);
    }

    private void putManifest(List<Part> parts) {
        files.manifest().ifPresent(path -> put(path, manifest(parts).toString().getBytes(StandardCharsets.UTF_8)));
    }

    private ObjectNode manifest(List<Part> parts) {
        var manifest = Json.object().put("manifestVersion", files.old() ? "2021-01-01" : "2024-04-01");
        manifest.put(
                        "byteCount",
                        parts.stream().mapToLong(part -> part.content.length).sum())
                .put("blobCount", parts.size())
                .put("dataRowCount", parts.stream().mapToInt(Part::rows).sum());
        if (files.old()) manifest.put("dataFormat", "csv");
        else describe(manifest);
        var list = manifest.putArray("blobs");
        for (var part : parts) {
            var blob = list.addObject()
                    .put("blobName", part.name)
                    .put("byteCount", part.content.length)
                    .put("dataRowCount", part.rows);
            if (files.old()) blob.put("headerRowCount", 1);
        }
        return manifest;
    }

    private void describe(ObjectNode manifest) {
        manifest.putObject("exportConfig")
                .put("exportName", run.export().name())
                .put("resourceId", run.export().id())
                .put(
                        "dataVersion",
                        files.setting("definition.dataSet.configuration.dataVersion")
                                .orElse("2021-10-01"))
                .put("apiVersion", "2025-03-01")
                .put("type", files.setting("definition.type").orElse(null))
                .put("timeFrame", files.setting("definition.timeframe").orElse(null))
                .put(
                        "granularity",
                        files.setting("definition.dataSet.granularity").orElse(null));
        manifest.putObject("deliveryConfig")
                .put("partitionData", true)
                .put("dataOverwriteBehavior", files.overwrites() ? "OverwritePreviousReport" : "CreateNewReport")
                .put("fileFormat", files.setting("format").orElse("Csv"))
                .put("compressionMode", files.setting("compressionMode").orElse("None"))
                .put(
                        "containerUri",
                        files.setting("deliveryInfo.destination.resourceId").orElse(null))
                .put(
                        "rootFolderPath",
                        files.setting("deliveryInfo.destination.rootFolderPath").orElse(""));
        manifest.putObject("runInfo")
                .put("executionType", run.scheduled() ? "Scheduled" : "OnDemand")
                .put("submittedTime", Run.SEVEN_DIGITS.format(run.submitted()))
                .put("runId", run.id())
                .put("startDate", run.range().from() + "T00:00:00")
                .put("endDate", run.range().to() + "T00:00:00Z");
    }

    private void put(String name, byte[] content) {
        blobs.write(account, container, name, content);
    }

    private static byte[] gzip(byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
