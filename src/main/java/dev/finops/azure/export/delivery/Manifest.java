package dev.finops.azure.export.delivery;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finops.azure.arm.BoundedJson;
import dev.finops.azure.document.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a run says that it delivered: {@code manifest.json} (2024-04-01) or {@code _manifest.json} (2021-01-01), of
 * which
 * the older knows neither run nor data version (docs/azure.md, "Delivered blobs").
 *
 * @param runId null when not stated, as are {@code dataVersion} and {@code rows}
 */
record Manifest(String runId, String dataVersion, Long rows, List<Blob> blobs) {
    /** Some tens of thousands of blobs; a terabyte of cost data has a thousand. */
    static final int MAX_BYTES = 8 * 1024 * 1024;

    /** Azure's limit for a blob's name, in characters. */
    private static final int MAX_NAME = 1024;

    /** What is told in a status is no longer. */
    private static final int MAX_WORD = 64;

    /**
     * @param name path from the container's root
     * @param bytes null when not stated, as is {@code rows}
     */
    record Blob(String name, Long bytes, Long rows) {}

    /** Not a manifest; the message says why, without quoting it. */
    static final class Malformed extends Exception {
        Malformed(String message) {
            super(message);
        }
    }

    static Manifest read(byte[] json) throws Malformed {
        if (json.length > MAX_BYTES) {
            throw new Malformed("it is larger than " + MAX_BYTES + " bytes");
        }
        JsonNode manifest = tree(json);
        List<Blob> blobs = blobs(manifest);
        Long rows = count(manifest, "dataRowCount");
        return new Manifest(
                manifest.path("runInfo").path("runId").textValue(),
                word(manifest.path("exportConfig").path("dataVersion")),
                rows != null ? rows : sum(blobs.stream().map(Blob::rows).toList()),
                blobs);
    }

    private static JsonNode tree(byte[] json) throws Malformed {
        try {
            JsonNode tree = BoundedJson.read(json);
            if (tree.isObject()) {
                return tree;
            }
        } catch (StreamConstraintsException endless) {
            throw new Malformed("it has more parts than a manifest has");
        } catch (IOException notJson) {
            throw new Malformed("it is not JSON");
        }
        throw new Malformed("it is not a JSON object");
    }

    private static List<Blob> blobs(JsonNode manifest) throws Malformed {
        JsonNode listed = manifest.path("blobs");
        if (isAbsent(listed)
                && manifest.has("blobCount")
                && Objects.requireNonNullElse(count(manifest, "blobCount"), 0L) == 0) {
            return List.of();
        }
        if (!listed.isArray()) {
            throw new Malformed("it has no list of blobs");
        }
        List<Blob> blobs = new ArrayList<>();
        for (JsonNode blob : listed) {
            String name = blob.path("blobName").asText("").replaceFirst("^/+", "");
            if (name.isEmpty()) {
                throw new Malformed("it lists a blob without blobName");
            }
            if (name.length() > MAX_NAME) {
                throw new Malformed("it lists a blob whose name is longer than " + MAX_NAME + " characters");
            }
            blobs.add(new Blob(name, count(blob, "byteCount"), count(blob, "dataRowCount")));
        }
        return List.copyOf(blobs);
    }

    private static String word(JsonNode value) {
        return value.isTextual() ? Json.shortened(value.textValue(), MAX_WORD) : null;
    }

    /** Null when absent or null. */
    private static Long count(JsonNode node, String name) throws Malformed {
        JsonNode value = node.path(name);
        if (isAbsent(value)) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new Malformed("its " + name + " is not a count");
        }
        return value.longValue();
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    /** Null when one of them is unknown. */
    private static Long sum(List<Long> counts) {
        return counts.contains(null)
                ? null
                : Long.valueOf(counts.stream().mapToLong(Long::longValue).sum());
    }
}
