package dev.finops.azure.costexport.arm;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Azure's clock, from the Date header of its answers: Azure judges what is past by its own. */
public final class AzureClock implements InstantSource {
  private static final Logger LOG = LoggerFactory.getLogger(AzureClock.class);

  /** The header has whole seconds and the answer takes a while: less is no difference between clocks. */
  private static final Duration NOISE = Duration.ofSeconds(2);
  private static final Duration ALARMING = Duration.ofMinutes(5);

  /** No clock of Azure's is off by so much: with this machine's there would be no TLS. */
  private static final Duration ABSURD = Duration.ofDays(20 * 365);

  private final InstantSource local;
  private volatile Duration offset = Duration.ZERO;

  public AzureClock(InstantSource local) {
    this.local = local;
  }

  @Override
  public Instant instant() {
    return local.instant().plus(offset);
  }

  /** How far Azure's clock is ahead, when that is alarming; zero otherwise. */
  public Duration skew() {
    Duration skew = offset;
    return skew.abs().compareTo(ALARMING) > 0 ? skew : Duration.ZERO;
  }

  void heard(String dateHeader) {
    RetryAfter.date(dateHeader).map(date -> Duration.between(local.instant(), date.plusMillis(500)))
        .filter(heard -> heard.abs().compareTo(ABSURD) < 0).ifPresent(heard -> {
      Duration next = heard.abs().compareTo(NOISE) > 0 ? heard : Duration.ZERO;
      boolean changed = next.minus(offset).abs().compareTo(NOISE) > 0;
      if (changed) {
        offset = next;
        if (!skew().isZero()) {
          LOG.warn("this machine's clock and Azure's differ by {}; Azure's is used, but tokens may be refused: mend the clock", next);
        }
      }
    });
  }
}
