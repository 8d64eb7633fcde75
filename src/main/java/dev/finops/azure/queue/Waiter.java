package dev.finops.azure.queue;

/**
 * Who wants something that there is too little of.
 *
 * @param key has one place in a line, however often it asks
 * @param namespace those of different namespaces take turns
 * @param wake called when its turn has come; it must come back soon, or its turn passes. Must not block
 */
public record Waiter(String key, String namespace, Priority urgency, Runnable wake) {
    public Waiter as(Priority other) {
        return new Waiter(key, namespace, other, wake);
    }
}
