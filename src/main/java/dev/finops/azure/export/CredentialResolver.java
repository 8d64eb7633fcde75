package dev.finops.azure.export;

import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.api.v1alpha1.CostExportSpec.SasTokenSecretRef;
import dev.finops.azure.arm.identity.AzureIdentity;
import dev.finops.azure.document.InvisibleCharacters;
import dev.finops.azure.export.document.SasToken;
import dev.finops.azure.export.plan.ResolvedSecrets;
import dev.finops.azure.export.plan.ResolvedSecrets.Sas;
import dev.finops.azure.kube.SecretCache;
import dev.finops.azure.kube.SecretCache.Content;
import dev.finops.azure.kube.SecretCache.Name;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Resolves the identity of an object and the Secrets that the object depends on.
 *
 * @param identity empty without credentials
 */
public record CredentialResolver(Optional<AzureIdentity> identity, ResolvedSecrets secrets) {
    private static final String TENANT = "AZURE_TENANT_ID";
    private static final String CLIENT = "AZURE_CLIENT_ID";
    private static final String SECRET = "AZURE_CLIENT_SECRET";
    private static final List<String> KEYS = List.of(TENANT, CLIENT, SECRET);
    private static final Pattern ID_CHARACTERS = Pattern.compile("[A-Za-z0-9.-]");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,253}");

    /** @param last the last identity of the object: its Secret may be deleted before the export that needs it */
    public static CredentialResolver of(CostExport object, SecretCache secrets, Optional<AzureIdentity> last) {
        ResourceID reader = ResourceID.fromResource(object);
        String namespace = object.getMetadata().getNamespace();
        var named = object.getSpec().credentialsSecretRef();
        Name name = new Name(namespace, named == null ? ResolvedSecrets.OF_NAMESPACE : named.name());
        SasTokenSecretRef token = object.getSpec().destination().sasTokenSecretRef();
        secrets.retain(
                reader,
                token == null
                        ? Set.of(name)
                        : Stream.of(name, new Name(namespace, token.name())).collect(Collectors.toSet()));
        Sas sas = sas(token, namespace, secrets, reader);
        Content content = secrets.read(name, reader);
        boolean gone = !(content instanceof Content.Found);
        if (gone && last.isPresent() && object.getMetadata().getDeletionTimestamp() != null) {
            return new CredentialResolver(last, new ResolvedSecrets(Optional.empty(), clientId(last), sas));
        }
        if (content instanceof Content.Absent && named == null) {
            return new CredentialResolver(
                    Optional.of(new AzureIdentity.Own()), new ResolvedSecrets(Optional.empty(), Optional.empty(), sas));
        }
        Optional<String> fault = fault(name, content);
        Optional<AzureIdentity> identity =
                fault.isPresent() ? Optional.empty() : Optional.of(identity(((Content.Found) content).values()));
        return new CredentialResolver(identity, new ResolvedSecrets(fault, clientId(identity), sas));
    }

    private static Optional<String> clientId(Optional<AzureIdentity> identity) {
        return identity.flatMap(known -> known instanceof AzureIdentity.ServicePrincipal principal
                ? Optional.of(principal.clientId())
                : Optional.empty());
    }

    private static AzureIdentity identity(Map<String, String> values) {
        return new AzureIdentity.ServicePrincipal(
                InvisibleCharacters.removed(values.get(TENANT)),
                InvisibleCharacters.removed(values.get(CLIENT)),
                values.get(SECRET));
    }

    private static Optional<String> fault(Name name, Content content) {
        return switch (content) {
            case Content.Absent absent ->
                Optional.of(name + ", which spec.credentialsSecretRef names, does not exist. Create it with the keys "
                        + String.join(", ", KEYS) + ".");
            case Content.Forbidden forbidden -> Optional.of(forbidden(name));
            case Content.Found(var values) ->
                KEYS.stream()
                        .filter(key -> values.getOrDefault(key, "").isEmpty())
                        .findFirst()
                        .map(key ->
                                name + " has no key " + key + ". It needs the keys " + String.join(", ", KEYS) + ".")
                        .or(() -> List.of(TENANT, CLIENT).stream()
                                .filter(key -> !ID.matcher(InvisibleCharacters.removed(values.get(key)))
                                        .matches())
                                .findFirst()
                                .map(key -> key + " in " + name + " is not an id" + wrong(values.get(key))
                                        + ". Write the GUID without quotes."))
                        .or(() -> InvisibleCharacters.first(values.get(SECRET))
                                .map(where -> invisible(SECRET, name, where)));
        };
    }

    private static Sas sas(SasTokenSecretRef ref, String namespace, SecretCache secrets, ResourceID reader) {
        if (ref == null) {
            return new Sas.NotNamed();
        }
        Name name = new Name(namespace, ref.name());
        return switch (secrets.read(name, reader)) {
            case Content.Absent absent ->
                new Sas.Missing(name
                        + ", which spec.destination.sasTokenSecretRef names, does not exist. Create it with the key "
                        + ref.key());
            case Content.Forbidden forbidden -> new Sas.Missing(forbidden(name));
            case Content.Found(var values)
            when values.getOrDefault(ref.key(), "").isEmpty() ->
                new Sas.Missing(name + " has no key " + ref.key()
                        + ", which spec.destination.sasTokenSecretRef names. Add the key.");
            case Content.Found(var values) ->
                InvisibleCharacters.first(values.get(ref.key()))
                        .<Sas>map(where -> new Sas.Missing(invisible(ref.key(), name, where)))
                        .orElseGet(() -> new Sas.Known(SasToken.of(values.get(ref.key()))));
        };
    }

    /** Where it is, and never what it is in. */
    private static String invisible(String key, Name name, String where) {
        return key + " in " + name + " has an invisible character, " + where + ". Write the value again without it.";
    }

    /** The first character that no id has. */
    private static String wrong(String id) {
        int[] characters = InvisibleCharacters.removed(id).codePoints().toArray();
        return IntStream.range(0, characters.length)
                .filter(i -> !ID_CHARACTERS
                        .matcher(Character.toString(characters[i]))
                        .matches())
                .mapToObj(i -> ": it has " + InvisibleCharacters.named(characters[i], i + 1))
                .findFirst()
                .orElse("");
    }

    private static String forbidden(Name name) {
        return "The operator has no permission to read " + name
                + ". Grant its service account the verb get on this Secret.";
    }
}
