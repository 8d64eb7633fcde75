package dev.finops.azure.operator;

import dev.finops.azure.time.Callbacks;
import dev.finops.azure.time.Scheduler;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when the API server is behind its earlier resource version, as after a restore of etcd from a
 * backup: a watch from a future resource version receives nothing, possibly for hours, and the cache is wrong. Checked
 * whenever a watch is opened.
 */
final class ResourceVersionGuard implements Interceptor {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceVersionGuard.class);
    private static final Pattern WATCH = Pattern.compile("(?=.*\\bwatch=true).*\\bresourceVersion=(\\d+).*");
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /**
     * By the path of what is watched: the resource version that a watch has begun from, as long as nobody has compared
     * it.
     */
    private final Map<String, Long> begun = new ConcurrentHashMap<>();

    void start(KubernetesClient kubernetes, Scheduler scheduler) {
        scheduler.after(INTERVAL, () -> {
            Callbacks.runAll(begun.entrySet().stream()
                    .map(watch -> (Runnable) () -> compare(kubernetes, watch.getKey(), watch.getValue()))
                    .toList());
            start(kubernetes, scheduler);
        });
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        String query = request.uri().getRawQuery();
        Matcher watch = WATCH.matcher(query == null ? "" : query);
        if (watch.matches()) {
            begun.put(request.uri().getPath(), Long.valueOf(watch.group(1)));
        }
    }

    /** The client prepends the path of the API server's address. */
    static String below(String address, String path) {
        String prefix = address.replaceFirst("/$", "");
        return path.startsWith(prefix + "/") ? path.substring(prefix.length()) : path;
    }

    private void compare(KubernetesClient kubernetes, String path, long version) {
        try {
            var list = kubernetes
                    .getKubernetesSerialization()
                    .unmarshal(
                            kubernetes.raw(below(kubernetes.getMasterUrl().getPath(), path) + "?limit=1"),
                            GenericKubernetesResourceList.class);
            long now = Long.parseLong(list.getMetadata().getResourceVersion());
            if (now < version) {
                LOG.warn(
                        "The API server is at resource version {}, and was at {}: it was restored from a "
                                + "backup. The operator ends, and its next process reads all objects anew.",
                        now,
                        version);
                Runtime.getRuntime().halt(1);
            }
            begun.remove(path, version);
        } catch (RuntimeException unanswered) {
            LOG.debug("{} is compared later", path, unanswered);
        }
    }
}
