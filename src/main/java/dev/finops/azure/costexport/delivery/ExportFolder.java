package dev.finops.azure.costexport.delivery;

import dev.finops.azure.costexport.api.v1alpha1.CostExportSpec.Destination;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where an export delivers.
 *
 * @param path in the container: the root folder and the export's name
 */
public record ExportFolder(String account, String container, String path) {
  // What these are made of decides to which host a token is sent.
  private static final String ACCOUNT = "[a-z0-9]{3,24}";
  private static final String CONTAINER = "[A-Za-z0-9$-]{3,63}";

  public ExportFolder {
    account = account.toLowerCase(Locale.ROOT);
    if (!account.matches(ACCOUNT)) {
      throw new IllegalArgumentException("not the name of a storage account: " + account);
    }
    if (!container.matches(CONTAINER)) {
      throw new IllegalArgumentException("not the name of a container: " + container);
    }
  }

  public static ExportFolder of(Destination destination, String exportName) {
    String account = destination.storageAccountId() == null ? destination.storageAccountName()
        : strip(destination.storageAccountId()).replaceFirst(".*/", "");
    String root = destination.rootFolderPath() == null ? "" : destination.rootFolderPath();
    String path = Stream.of(strip(root), exportName).filter(part -> !part.isEmpty()).collect(Collectors.joining("/"));
    return new ExportFolder(account, destination.container(), path);
  }

  /** @param template with {@code {account}} where the account's name goes */
  String endpoint(String template) {
    return template.replace("{account}", account);
  }

  @Override
  public String toString() {
    return "container " + container + " of storage account " + account;
  }

  private static String strip(String path) {
    return path.replaceAll("^/+|/+$", "");
  }
}
