package dev.finops.azure.bench;

import dev.finops.azure.controlplane.ControlPlane;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Requests that the API server has counted for the kinds that the operator uses: in a cluster of its own, all are the
 * operator's.
 */
record Requests(long reads, long writes) {
    private static final Pattern COUNTED = Pattern.compile(
            "(?m)^apiserver_request_total\\{.*resource=\"(?:costexports|events|secrets)\".*verb=\"(\\w+)\".*} (\\S+)$");
    private static final Set<String> READS = Set.of("GET", "LIST", "WATCH");

    static Requests of(ControlPlane cluster) {
        long reads = 0;
        long writes = 0;
        for (MatchResult line :
                COUNTED.matcher(cluster.client().raw("/metrics")).results().toList()) {
            long count = Math.round(Double.parseDouble(line.group(2)));
            if (READS.contains(line.group(1))) {
                reads += count;
            } else {
                writes += count;
            }
        }
        return new Requests(reads, writes);
    }
}
