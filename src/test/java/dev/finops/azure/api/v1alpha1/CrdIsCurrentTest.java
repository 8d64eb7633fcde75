package dev.finops.azure.api.v1alpha1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator.Feature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.util.StringQuotingChecker;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the checked-in CRD with the one of the Java types. */
class CrdIsCurrentTest {
    private static final Path CHECKED_IN = Path.of("crds/costexports.azure.finops.dev.yaml");
    private static final String REWRITE = "mvn test -Dtest=CrdIsCurrentTest -Dcrd.write=true";

    @TempDir
    Path directory;

    @Test
    void checkedInCrdIsTheOneOfTheTypes() throws IOException {
        var current = "# Generated from the Java types by: %s\n%s".formatted(REWRITE, yaml(generated()));

        if (Boolean.getBoolean("crd.write")) {
            Files.writeString(
                    Files.createDirectories(CHECKED_IN.getParent()).resolve(CHECKED_IN.getFileName()), current);
        }
        assertEquals(current, Files.readString(CHECKED_IN), "The CRD is stale; rewrite it with: " + REWRITE);
    }

    private CustomResourceDefinition generated() throws IOException {
        new CRDGenerator()
                .inOutputDir(directory.toFile())
                .forCRDVersions("v1")
                .customResourceClasses(CostExport.class)
                .generate();
        var file = directory.resolve("costexports.azure.finops.dev-v1.yml");
        var crd = Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
        // The generator sorts columns by path; people read them in the order of the annotations.
        var order = Stream.of(CostExport.class.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        crd.getSpec()
                .getVersions()
                .getFirst()
                .getAdditionalPrinterColumns()
                .sort(Comparator.comparing(column -> order.indexOf(column.getName())));
        // The API server drops a priority of 0: with one, each apply would say "configured".
        crd.getSpec().getVersions().getFirst().getAdditionalPrinterColumns().stream()
                .filter(column -> Integer.valueOf(0).equals(column.getPriority()))
                .forEach(column -> column.setPriority(null));
        return crd;
    }

    private static String yaml(CustomResourceDefinition crd) throws IOException {
        var factory = YAMLFactory.builder()
                .enable(Feature.MINIMIZE_QUOTES)
                .disable(Feature.WRITE_DOC_START_MARKER)
                .disable(Feature.SPLIT_LINES)
                .stringQuotingChecker(new QuoteTimes())
                .build();
        return YAMLMapper.builder(factory).build().writeValueAsString(crd);
    }

    /** A bare time is a string to Kubernetes, but not to readers of YAML 1.1. */
    private static final class QuoteTimes extends StringQuotingChecker.Default {
        private static final long serialVersionUID = 1;

        @Override
        public boolean needToQuoteValue(String value) {
            return super.needToQuoteValue(value) || value.matches("\\d{4}-\\d{2}-\\d{2}T.*");
        }
    }
}
