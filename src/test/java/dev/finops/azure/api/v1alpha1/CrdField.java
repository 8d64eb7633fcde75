package dev.finops.azure.api.v1alpha1;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A field of the checked-in CRD, by its path below spec or status; what is in a list has the path of the list and
 * {@code []}.
 */
public record CrdField(String path, JSONSchemaProps schema, boolean required) {

    static CustomResourceDefinitionVersion version() {
        try {
            String crd = Files.readString(Path.of("crds/costexports.azure.finops.dev.yaml"));
            return Serialization.unmarshal(crd, CustomResourceDefinition.class)
                    .getSpec()
                    .getVersions()
                    .getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In the order of the Java types, an object before what is in it. */
    public static List<CrdField> ofSpec() {
        return below(
                        "",
                        version()
                                .getSchema()
                                .getOpenAPIV3Schema()
                                .getProperties()
                                .get("spec"),
                        CostExportSpec.class)
                .toList();
    }

    public static List<CrdField> ofStatus() {
        return below(
                        "",
                        version()
                                .getSchema()
                                .getOpenAPIV3Schema()
                                .getProperties()
                                .get("status"),
                        CostExportStatus.class)
                .toList();
    }

    private static Stream<CrdField> below(String prefix, JSONSchemaProps schema, Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).flatMap(component -> {
            JSONSchemaProps property = schema.getProperties().get(component.getName());
            String path = prefix + component.getName();
            boolean list = property.getItems() != null;
            Stream<CrdField> inner = element(property).getProperties().isEmpty()
                    ? Stream.empty()
                    : below(path + (list ? "[]." : "."), element(property), type(component));
            return Stream.concat(
                    Stream.of(new CrdField(path, property, schema.getRequired().contains(component.getName()))), inner);
        });
    }

    private static JSONSchemaProps element(JSONSchemaProps schema) {
        return schema.getItems() == null ? schema : schema.getItems().getSchema();
    }

    private static Class<?> type(RecordComponent component) {
        return component.getGenericType() instanceof ParameterizedType list
                ? (Class<?>) list.getActualTypeArguments()[0]
                : component.getType();
    }
}
