package dev.finops.azure.costexport.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PackedTest {
  @Property
  void whatWasPackedComesOut(@ForAll byte[] text) {
    assertArrayEquals(text, Packed.of(text).text());
  }
}
