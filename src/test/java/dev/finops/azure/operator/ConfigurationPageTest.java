package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/reference/configuration.md names every variable that is read, and its default. */
class ConfigurationPageTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| .* \\|\\s*([^|]*?)\\s*\\|$");

    @Test
    void every_variable_is_documented_and_no_other() throws IOException {
        Set<String> read = new TreeSet<>(Set.of("KUBECONFIG")); // the Kubernetes client's
        Map<String, String> recording = new AbstractMap<>() {
            @Override
            public String get(Object name) {
                read.add(((String) name).toUpperCase(Locale.ROOT)); // those of proxies are read in either case
                return null;
            }

            @Override
            public String getOrDefault(Object name, String fallback) {
                read.add((String) name);
                return fallback;
            }

            @Override
            public Set<Entry<String, String>> entrySet() {
                return Set.of();
            }
        };
        OperatorConfig.of(recording);
        LogConfigurator.check(recording);
        assertEquals(read, documented().keySet());
    }

    @Test
    void the_documented_defaults_are_the_defaults() throws IOException {
        Map<String, String> stated = new HashMap<>();
        documented().forEach((variable, text) -> {
            if (text.matches("`[^`]+`")) {
                stated.put(variable, text.replace("`", ""));
            }
        });
        assertEquals(OperatorConfig.of(Map.of()), OperatorConfig.of(stated));
    }

    private static Map<String, String> documented() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        ROW.matcher(Files.readString(Path.of("docs/reference/configuration.md")))
                .results()
                .forEach(row -> rows.put(row.group(1), row.group(2).strip()));
        return rows;
    }
}
