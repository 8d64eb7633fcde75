package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubectl reads of a kubeconfig and of the environment. */
class KubeconfigTest {
    @TempDir
    Path directory;

    private Config kubeconfig(String cluster, String user) throws IOException {
        Path file = directory.resolve("kubeconfig");
        Files.writeString(file, """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://api.example.org:6443"%s}}]
        users: [{name: other, user: {tokenFile: none}}, {name: u, user: {%s}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """.formatted(cluster, user));
        return Config.fromKubeconfig(file.toFile());
    }

    @Test
    void theFileOfATokenIsReadAgainAndAgain() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "first\n");
        Config cluster = kubeconfig("", "token: beside, tokenFile: token");

        Kubeconfig.useTokenFile(cluster);

        assertEquals("first", cluster.getOauthTokenProvider().getToken());
        Files.writeString(token, "second");
        assertEquals("second", cluster.getOauthTokenProvider().getToken());
        Files.delete(token);
        assertEquals("second", cluster.getOauthTokenProvider().getToken(), "between two tokens the one before is used");
    }

    @Test
    void aContextWithoutTheFileHasNoProvider() throws IOException {
        Config cluster = kubeconfig("", "token: known");

        Kubeconfig.useTokenFile(cluster);

        assertEquals(null, cluster.getOauthTokenProvider());
        assertEquals("known", cluster.getAutoOAuthToken());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", emptyValue = "", textBlock = """
      HTTPS_PROXY | http://me:secret@proxy:3128 | *.other.example        | http://proxy:3128 | me
      https_proxy | proxy:3128                  | a/b/c, 10.0.0.0/99     | http://proxy:3128 | -
      HTTPS_PROXY | http://proxy:3128           | .example.org           | -                 | -
      HTTPS_PROXY | http://proxy:3128           | *.example.org          | -                 | -
      HTTPS_PROXY | http://proxy:3128           | api.example.org:6443   | -                 | -
      HTTPS_PROXY | http://proxy:3128           | *                      | -                 | -
      HTTP_PROXY  | http://proxy:3128           | none                   | -                 | -
      """)
    void theProxyOfTheEnvironmentIsUsedAsByKubectl(
            String variable, String value, String noProxy, String address, String user) throws IOException {
        Config cluster = kubeconfig("", "token: known");

        Kubeconfig.proxy(cluster, Map.of(variable, value, "NO_PROXY", noProxy));

        assertEquals(address, cluster.getHttpsProxy());
        assertEquals(user, cluster.getProxyUsername());
        assertEquals(0, cluster.getNoProxy().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    void theProxyOfTheKubeconfigIsUsedWhateverTheEnvironmentSays(String scheme) throws IOException {
        Config cluster = kubeconfig(", proxy-url: \"" + scheme + "://of-the-cluster:1\"", "token: known");

        Kubeconfig.proxy(cluster, Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", "*"));

        assertEquals(scheme + "://of-the-cluster:1", cluster.getHttpsProxy());
    }
}
