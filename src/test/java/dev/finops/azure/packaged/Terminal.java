package dev.finops.azure.packaged;

import dev.finops.azure.controlplane.ControlPlane;
import dev.finops.azure.controlplane.Server;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A person's shell, with kubectl and helm, for the cluster and against it. */
public record Terminal(Path kubeconfig) {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\n(.*?)^```$");

    /** As the cluster's administrator. */
    public static Terminal of(ControlPlane cluster) {
        return new Terminal(cluster.kubeconfig());
    }

    /** What it printed, errors included; an error when a command of it ends with one. */
    public String run(String script) {
        Chart.Result result = attempt(script);
        if (result.exit() != 0) {
            throw new AssertionError("ended with " + result.exit() + ":\n" + script + "\n" + result.output());
        }
        return result.output();
    }

    /** The same, whatever came of it. */
    public Chart.Result attempt(String script) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
        Map<String, String> environment = builder.environment();
        environment.putAll(Map.of(
                "KUBECONFIG",
                kubeconfig.toString(),
                "HOME",
                kubeconfig.resolveSibling("home").toString(),
                "KUBECTL_KUBERC",
                "false",
                "PATH",
                Chart.TOOLS + ":" + Server.binaries() + ":" + environment.get("PATH")));
        return Chart.run(builder);
    }

    /** The commands below a heading of a page, as they stand there. */
    public static String commands(String page, String heading) {
        return String.join("", blocks(page, heading));
    }

    /** The same, one for each block. */
    public static List<String> blocks(String page, String heading) {
        String text = Chart.text(page);
        int begin = text.indexOf("\n## " + heading + "\n");
        if (begin < 0) {
            throw new AssertionError(page + " has no heading " + heading);
        }
        int end = text.indexOf("\n## ", begin + 1);
        List<String> blocks = BLOCK.matcher(text.substring(begin, end < 0 ? text.length() : end))
                .results()
                .map(block -> block.group(1))
                .toList();
        if (blocks.isEmpty()) {
            throw new AssertionError(page + " has no commands below " + heading);
        }
        return blocks;
    }
}
