package dev.finops.azure.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * With Roles, for the namespaces that are named, and a proxy that is nowhere: neither the API server nor loopback is
 * asked through it.
 */
class LeastPrivilegeInNamespacesIT extends LeastPrivilege {

    @Override
    String[] chartSettings() {
        return new String[] {
            "--set",
            "watchNamespaces={" + namespace + "}",
            "--set",
            "rbac.secretNames={azure-finops-credentials,named,sas}",
            "--set",
            "proxy.https=http://127.0.0.1:1"
        };
    }

    @Test
    void aSecretThatIsNotNamedIsNotRead() {
        String message = export("curious", "credentialsSecretRef: {name: " + WITHHELD + "}")
                .await("Ready", "False", "CredentialsMissing")
                .message();

        assertTrue(message.contains("has no permission to read Secret " + namespace + "/" + WITHHELD), message);
    }

    @Test
    void nothingIsGrantedInTheWholeCluster() {
        assertEquals(
                List.of("ServiceAccount", "Role", "Role", "RoleBinding", "RoleBinding"),
                rights().map(object -> object.path("kind").asText()).toList());
    }
}
