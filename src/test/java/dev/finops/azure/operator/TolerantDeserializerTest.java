package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finops.azure.api.v1alpha1.CostExport;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TolerantDeserializerTest {
    private final KubernetesSerialization json = TolerantDeserializer.serialization();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      spec.destination             | {destination: [a, {b: c}], scope: /subscriptions/a}
      spec.destination             | {destination: here, scope: /subscriptions/a}
      spec.schedule.suspend        | {schedule: {suspend: {from: now}}, scope: /subscriptions/a}
      spec.closedMonth.rerunOnDays | {closedMonth: {rerunOnDays: [2, last]}, scope: /subscriptions/a}
      spec.backfill.months         | {backfill: {months: 3000000000}, scope: /subscriptions/a}
      spec.description             | {description: {de: Kosten}, scope: /subscriptions/a}
      """)
    void aMemberOfAnotherFormIsNotedAndTheOthersAreRead(String path, String spec) {
        CostExport object = read("{spec: " + spec + "}");

        assertEquals(path, object.getUnread().replaceFirst("[.]\\d+$", ""));
        assertEquals("/subscriptions/a", object.getSpec().scope());
        assertEquals("given", object.getMetadata().getAnnotations().get("mine"));
        assertEquals(
                path,
                json.unmarshal(json.asJson(object), CostExport.class)
                        .getUnread()
                        .replaceFirst("[.]\\d+$", ""),
                "it is kept");
    }

    @Test
    void noAnnotationSaysThatAMemberIsNotRead() {
        assertNull(read("{spec: {scope: /subscriptions/a}}").getUnread());
    }

    @Test
    void aPolicyOfAnotherFormIsNotTheDefault() {
        assertEquals(
                "{\"after\":\"30d\"}",
                read("{spec: {deletionPolicy: {after: 30d}}}").getSpec().deletionPolicy());
    }

    @Test
    void ofAStatusWhatCannotBeReadIsLeftOut() {
        CostExport object = read("{status: {backfill: {total: 3000000000, months: {}}, runs: none, pendingRun: soon, "
                + "exportId: /a, lastRun: {id: b, error: 7}}}");

        assertEquals(Map.of("mine", "given"), object.getMetadata().getAnnotations());
        assertEquals("/a", object.getStatus().exportId());
        assertNull(object.getStatus().backfill().total());
        assertNull(object.getStatus().runs());
        assertNull(object.getStatus().pendingRun());
        assertEquals("b", object.getStatus().lastRun().id());
    }

    @Test
    void metadataIsAsStrictAsEver() {
        assertThrows(
                IllegalArgumentException.class,
                () -> json.unmarshal(
                        "---\n{kind: CostExport, apiVersion: azure.finops.dev/v1alpha1, metadata: {annotations: [a]}}",
                        CostExport.class));
    }

    private CostExport read(String more) {
        return json.unmarshal(
                "---\n{kind: CostExport, apiVersion: azure.finops.dev/v1alpha1, metadata: {name: a, "
                        + "annotations: {mine: given}}, "
                        + more.substring(1),
                CostExport.class);
    }
}
