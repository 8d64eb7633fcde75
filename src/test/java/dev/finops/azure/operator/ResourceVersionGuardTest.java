package dev.finops.azure.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceVersionGuardTest {
    /** The client prepends the path of its address, as behind a proxy that serves several clusters. */
    @ParameterizedTest
    @CsvSource({
        "/k8s/clusters/c-1/, /k8s/clusters/c-1/apis/azure.finops.dev/v1alpha1, /apis/azure.finops.dev/v1alpha1",
        "/,                  /apis/azure.finops.dev/v1alpha1,                  /apis/azure.finops.dev/v1alpha1",
        "/k8s,               /k8s-other/apis,                                  /k8s-other/apis"
    })
    void aWatchIsComparedByItsPathBelowTheAddress(String address, String path, String below) {
        assertEquals(below, ResourceVersionGuard.below(address, path));
    }
}
