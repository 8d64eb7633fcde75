package dev.finops.azure.costexport.quota;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * So many at work at a time, the most urgent first. Nobody waits here: who finds no free place stands in line and is woken when one
 * is. A place that is lent while its holder waits for something else is taken back without asking, so that nobody waits for that either.
 */
public final class Places {
  /** How long a place is kept for who was woken. */
  static final Duration KEPT = Duration.ofSeconds(10);

  private final int count;
  private final Line line = new Line();
  private final Map<String, Instant> kept = new HashMap<>();
  private int taken;

  public Places(int count) {
    this.count = count;
  }

  /** Whether there is a place, which is taken; else it is to be asked for {@link #next}. */
  public synchronized boolean enter(Caller caller, Instant now) {
    passed(now);
    if (kept.remove(caller.key()) != null || line.isEmpty() && taken + kept.size() < count) {
      taken++;
      return true;
    }
    line.join(caller);
    return false;
  }

  /** Gives the place back, also for as long as it is lent. */
  public synchronized void leave() {
    taken--;
  }

  public synchronized void takeBack() {
    taken++;
  }

  /** Those for whom there is a place now. */
  public synchronized List<Caller> next(Instant now) {
    passed(now);
    List<Caller> next = new ArrayList<>();
    while (!line.isEmpty() && taken + kept.size() < count) {
      Caller caller = line.take();
      kept.put(caller.key(), now.plus(KEPT));
      next.add(caller);
    }
    return next;
  }

  public synchronized int waiting() {
    return line.size();
  }

  private void passed(Instant now) {
    kept.values().removeIf(until -> until.isBefore(now));
  }
}
