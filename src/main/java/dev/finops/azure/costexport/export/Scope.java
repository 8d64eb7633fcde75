package dev.finops.azure.costexport.export;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ARM id at which costs are collected, as it was spelled, without the slash at its end.
 *
 * <p>ARM ids mean the same in any letter case, and Azure itself answers some without their leading slash
 * (docs/azure.md, "Ids"); {@link #key()} is equal for all spellings.
 */
public record Scope(String path) {
  private static final Pattern SUBSCRIPTION = Pattern.compile("^/subscriptions/([^/]+)", Pattern.CASE_INSENSITIVE);

  public Scope {
    Objects.requireNonNull(path, "scope");
    path = "/" + Paths.strip(path);
  }

  public String key() {
    return path.toLowerCase(Locale.ROOT);
  }

  /** The subscription whose ARM quota a call at this scope uses, or {@code tenant} for billing scopes and management groups. */
  public String quotaOwner() {
    Matcher subscription = SUBSCRIPTION.matcher(path);
    return subscription.find() ? subscription.group(1).toLowerCase(Locale.ROOT) : "tenant";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Scope scope && scope.key().equals(key());
  }

  @Override
  public int hashCode() {
    return key().hashCode();
  }

  @Override
  public String toString() {
    return path;
  }
}
