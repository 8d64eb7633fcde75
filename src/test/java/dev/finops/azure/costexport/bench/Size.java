package dev.finops.azure.costexport.bench;

import java.time.Duration;

/**
 * How much the benchmark does.
 *
 * @param starts of the operator, of which the median counts
 * @param exports that are applied at once, and then looked at
 * @param quota exports in one subscription, more than its bucket has
 * @param first of the exports of a large estate, during whose creation others are changed
 * @param many of them in the end
 * @param scopes that they are in
 * @param rest how long it is looked at rest
 * @param polls of each scope: 288 make a day
 * @param pollsOfMany of each scope of the large estate
 */
record Size(int starts, int exports, int quota, int first, int many, int scopes, Duration rest, int polls, int pollsOfMany) {
  static final Size FULL = new Size(5, 1000, 600, 5000, 10_000, 10, Duration.ofMinutes(5), 288, 36);
  static final Size SMALL = new Size(1, 20, 20, 20, 40, 2, Duration.ofSeconds(3), 3, 3);
}
