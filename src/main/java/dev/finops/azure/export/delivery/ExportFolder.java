package dev.finops.azure.export.delivery;

import dev.finops.azure.api.v1alpha1.CostExportSpec.Destination;
import dev.finops.azure.document.LetterCase;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where an export delivers.
 *
 * @param path in the container: the root folder and the export's name
 */
public record ExportFolder(String account, String container, String path) {
    private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9]{3,24}");
    private static final Pattern CONTAINER = Pattern.compile("[A-Za-z0-9$-]{3,63}");

    public static ExportFolder of(Destination destination, String exportName) {
        String account = destination.storageAccountId() == null
                ? destination.storageAccountName()
                : strip(destination.storageAccountId()).replaceFirst(".*/", "");
        String root = destination.rootFolderPath() == null ? "" : destination.rootFolderPath();
        String path = Stream.of(strip(root), exportName)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("/"));
        return new ExportFolder(account, destination.container(), path);
    }

    /**
     * Equal for two that are one: names of accounts and containers mean the same in any letter case, folders do not.
     */
    public String key() {
        return LetterCase.fold(account + "/" + container) + "/" + path;
    }

    /**
     * @param template with {@code {account}} where the account's name goes; it decides to which host a token is sent
     * @throws StorageErrorClassifier when account or container have no name that storage would give
     */
    String endpoint(String template) {
        String host = account == null ? "" : account.toLowerCase(Locale.ROOT);
        if (!ACCOUNT.matcher(host).matches()
                || container == null
                || !CONTAINER.matcher(container).matches()) {
            throw new StorageErrorClassifier("there is no " + this);
        }
        return template.replace("{account}", host);
    }

    @Override
    public String toString() {
        return "container " + container + " of storage account " + account;
    }

    private static String strip(String path) {
        return path.replaceAll("^/+|/+$", "");
    }
}
