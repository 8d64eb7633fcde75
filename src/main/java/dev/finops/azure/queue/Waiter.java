package dev.finops.azure.queue;

/**
 * A caller that may have to wait.
 *
 * @param key has one place in a queue, however often it calls
 * @param namespace those of different namespaces take turns
 * @param wake called when the waiter can go; it must come back soon, or it loses its place. Must not block
 */
public record Waiter(String key, String namespace, Priority priority, Runnable wake) {
    public Waiter as(Priority other) {
        return new Waiter(key, namespace, other, wake);
    }
}
