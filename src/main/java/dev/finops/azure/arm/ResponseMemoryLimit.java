package dev.finops.azure.arm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Limits the memory of all response bodies in flight. When it is used up, one response continues and the others wait
 * with what they have, so one always completes and none fails because of the others.
 */
final class ResponseMemoryLimit {
    private final long limit;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private long used;

    /** The one response that continues beyond the limit. */
    private Share beyond;

    ResponseMemoryLimit(long limit) {
        this.limit = limit;
    }

    private record Waiting(Share share, int bytes, Sinks.Empty<Void> admitted) {}

    Share share() {
        return new Share();
    }

    synchronized long used() {
        return used;
    }

    /** What one answer holds. */
    final class Share {
        private long held;

        /** Completes when there is room for so many bytes more. */
        Mono<Void> take(int bytes) {
            synchronized (ResponseMemoryLimit.this) {
                if (admits(this, bytes)) {
                    return Mono.empty();
                }
                Sinks.Empty<Void> admitted = Sinks.empty();
                queue.add(new Waiting(this, bytes, admitted));
                return admitted.asMono();
            }
        }

        /** The answer is complete, or given up. */
        void release() {
            List<Sinks.Empty<Void>> admitted = new ArrayList<>();
            synchronized (ResponseMemoryLimit.this) {
                queue.removeIf(waiting -> waiting.share == this);
                used -= held;
                held = 0;
                beyond = beyond == this ? null : beyond;
                while (!queue.isEmpty() && admits(queue.peek().share, queue.peek().bytes)) {
                    admitted.add(queue.remove().admitted);
                }
            }
            admitted.forEach(Sinks.Empty::tryEmitEmpty);
        }
    }

    private boolean admits(Share share, int bytes) {
        boolean fits = used + bytes <= limit;
        if (!fits && beyond != null && beyond != share) {
            return false;
        }
        beyond = fits ? beyond : share;
        used += bytes;
        share.held += bytes;
        return true;
    }
}
