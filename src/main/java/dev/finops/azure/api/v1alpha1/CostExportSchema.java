package dev.finops.azure.api.v1alpha1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;

/** What annotations cannot say about the schema. It works when the CRD is generated, never at run time. */
public final class CostExportSchema implements SchemaCustomizer.Customizer {

    /** The fields stay strings in Java: there, a value that only a newer CRD knows must do no harm. */
    private static final Map<String, List<String>> ENUMS = Map.ofEntries(
            Map.entry(
                    "spec.dataset.type",
                    List.of(
                            "ActualCost",
                            "AmortizedCost",
                            "Usage",
                            "FocusCost",
                            "PriceSheet",
                            "ReservationDetails",
                            "ReservationTransactions",
                            "ReservationRecommendations")),
            Map.entry(
                    "spec.dataset.timeframe",
                    List.of(
                            "MonthToDate",
                            "BillingMonthToDate",
                            "TheLastMonth",
                            "TheLastBillingMonth",
                            "WeekToDate",
                            "TheCurrentMonth",
                            "TheLast7Days",
                            "Custom")),
            Map.entry("spec.dataset.granularity", List.of("Daily", "Monthly")),
            Map.entry("spec.schedule.recurrence", List.of("Daily", "Weekly", "Monthly", "Annually")),
            Map.entry("spec.format", List.of("Csv", "Parquet")),
            Map.entry("spec.compressionMode", List.of("None", "Gzip", "Snappy")),
            Map.entry("spec.dataOverwriteBehavior", List.of("OverwritePreviousReport", "CreateNewReport")),
            Map.entry("spec.identity.type", List.of("None", "SystemAssigned")),
            Map.entry("spec.managementPolicy", List.of("Manage", "Observe")),
            Map.entry("spec.adoptionPolicy", List.of("Refuse", "Adopt")),
            Map.entry("spec.deletionPolicy", List.of("Delete", "Orphan")));

    @Override
    public JSONSchemaProps apply(JSONSchemaProps root, String input, KubernetesSerialization serialization) {
        root.setDescription("A Cost Management export that Azure should have, and what is known of it.");
        root.setRequired(List.of("spec"));
        root.getProperties().remove("unread"); // known in this process alone
        at(root, "spec").setDescription("What Azure should have. A field that is not stated is Azure's.");
        ENUMS.forEach((path, values) -> at(root, path)
                .setEnum(values.stream().map(CostExportSchema::json).toList()));
        at(root, "spec.closedMonth.rerunOnDays").setXKubernetesListType("set");

        var status = at(root, "status");
        status.setDescription("What is known of the export.");
        // kstatus takes an object without a Ready condition for a ready one.
        status.setDefault(serialization.unmarshal("""
        {"conditions": [{"type": "Ready", "status": "Unknown", "reason": "Pending",
          "message": "Waiting for the operator", "lastTransitionTime": "1970-01-01T00:00:00Z"}]}
        """, JsonNode.class));
        var conditions = at(root, "status.conditions");
        conditions.setXKubernetesListType("map");
        conditions.setXKubernetesListMapKeys(List.of("type"));

        for (var rule : AdmissionRules.ALL) {
            at(root, rule.path())
                    .getXKubernetesValidations()
                    .add(new ValidationRuleBuilder()
                            .withRule(rule.cel())
                            .withMessage(rule.message())
                            .build());
        }
        return root;
    }

    private static JSONSchemaProps at(JSONSchemaProps schema, String path) {
        for (var field : path.split("[.]")) {
            schema = field.isEmpty() ? schema : schema.getProperties().get(field);
        }
        return schema;
    }

    private static JsonNode json(String text) {
        return JsonNodeFactory.instance.textNode(text);
    }
}
