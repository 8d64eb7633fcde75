package dev.finops.azure.arm;

import dev.finops.azure.time.MonotonicClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Azure's clock, taken from the Date header of its responses, because Azure judges dates by its own clock. Between two
 * responses it advances with the monotonic clock, so a correction of the machine's clock does not move it.
 */
public final class AzureClock implements InstantSource {
    private static final Logger LOG = LoggerFactory.getLogger(AzureClock.class);

    /** The header has whole seconds and the answer takes a while: less is no difference between clocks. */
    private static final Duration NOISE = Duration.ofSeconds(2);

    /**
     * A larger difference is a warning, and a larger jump is believed only when a second answer in a row shows the
     * same.
     */
    private static final Duration ALARMING = Duration.ofMinutes(5);

    /** No clock of Azure's is off by so much: with this machine's there would be no TLS. */
    private static final Duration ABSURD = Duration.ofDays(20 * 365);

    private final InstantSource machine;
    private final InstantSource monotonic;
    private volatile Duration offset = Duration.ZERO;
    private Duration unconfirmed;
    private Instant nextWarning = Instant.MIN;
    private boolean skewLogged;

    /**
     * @param machine the machine's clock, which people and token endpoints see
     * @param monotonic the time that passes, see {@link MonotonicClock}
     */
    public AzureClock(InstantSource machine, InstantSource monotonic) {
        this.machine = machine;
        this.monotonic = monotonic;
    }

    @Override
    public Instant instant() {
        return monotonic.instant().plus(offset);
    }

    /** For ages and intervals of the operator's own, which no Date header may stretch. */
    public InstantSource monotonic() {
        return monotonic;
    }

    /** How far Azure's clock is ahead of the machine's, when that is alarming; zero otherwise. */
    public Duration skew() {
        Duration skew = Duration.between(machine.instant(), instant());
        return skew.abs().compareTo(ALARMING) > 0 ? skew : Duration.ZERO;
    }

    /**
     * @param dateHeader of an answer that Azure itself gave and that is no error
     * @param took how long the call took: Azure stamped the answer at some moment of it
     */
    public void heard(String dateHeader, Duration took) {
        RetryAfter.date(dateHeader)
                .map(date -> Duration.between(monotonic.instant(), date.plusMillis(500)))
                .filter(heard -> heard.abs().compareTo(ABSURD) < 0)
                .ifPresent(least -> heard(new Heard(least, least.plus(took))));
    }

    /** Between which differences an answer leaves the truth. */
    private record Heard(Duration least, Duration most) {
        boolean agreesWith(Duration difference) {
            return difference.compareTo(least.minus(NOISE)) >= 0 && difference.compareTo(most.plus(NOISE)) <= 0;
        }

        Duration nearest(Duration known) {
            return agreesWith(Duration.ZERO) ? Duration.ZERO : agreesWith(known) ? known : least;
        }
    }

    private synchronized void heard(Heard heard) {
        Duration next = heard.nearest(offset);
        Duration jump = next.minus(offset);
        boolean confirmed = unconfirmed != null && heard.agreesWith(unconfirmed);
        if (jump.abs().compareTo(ALARMING) > 0 && !confirmed) {
            unconfirmed = next;
            warnOfJump(jump);
            return;
        }
        unconfirmed = null;
        offset = next;
        warnOfSkew();
    }

    /** At most once in a while: an intermediary may stamp every other answer wrongly. */
    private void warnOfJump(Duration jump) {
        Instant now = monotonic.instant();
        if (!now.isBefore(nextWarning)) {
            nextWarning = now.plus(ALARMING);
            LOG.warn(
                    "The Date header of an answer differs from Azure's clock so far by {}. The operator "
                            + "uses it only if the next answer agrees. "
                            + "If this continues, check proxies and caches on the way to Azure.",
                    jump);
        }
    }

    private void warnOfSkew() {
        boolean skewed = !skew().isZero();
        if (skewed && !skewLogged) {
            LOG.warn(
                    "The clocks of this machine and of Azure differ by {}. The operator uses Azure's clock, but Azure may "
                            + "reject its tokens. Synchronize the clock of the node.",
                    skew());
        }
        skewLogged = skewed;
    }
}
