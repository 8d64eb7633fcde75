package dev.finops.azure.costexport.operator;

import dev.finops.azure.costexport.reconcile.SasExpiries;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** When the SAS token of each destination that has one expires: partners' exports alone, a few. */
final class SasExpiryMetric implements SasExpiries {
  private final MultiGauge gauge;
  private final Map<String, Instant> expiries = new ConcurrentHashMap<>();

  SasExpiryMetric(MeterRegistry registry) {
    gauge = MultiGauge.builder("costexport.sas.token.expiry.timestamp").baseUnit("seconds")
        .description("When the SAS token of an export's destination expires").register(registry);
  }

  @Override
  public void expires(String object, Optional<Instant> at) {
    Instant before = at.isPresent() ? expiries.put(object, at.get()) : expiries.remove(object);
    if (!at.equals(Optional.ofNullable(before))) {
      gauge.register(expiries.entrySet().stream().map(known -> MultiGauge.Row.of(tags(known.getKey()), known.getValue().getEpochSecond())).toList(), true);
    }
  }

  private static Tags tags(String object) {
    String[] name = object.split("/", 2);
    return Tags.of("namespace", name[0], "name", name[1]);
  }
}
