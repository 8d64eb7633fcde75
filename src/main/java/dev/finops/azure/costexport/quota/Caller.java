package dev.finops.azure.costexport.quota;

/**
 * Who wants something that there is too little of.
 *
 * @param key has one place in a line, however often it asks
 * @param namespace those of different namespaces take turns
 * @param wake called when its turn has come; it must come back soon, or its turn passes. Must not block
 */
public record Caller(String key, String namespace, Urgency urgency, Runnable wake) {
  public Caller as(Urgency other) {
    return new Caller(key, namespace, other, wake);
  }
}
