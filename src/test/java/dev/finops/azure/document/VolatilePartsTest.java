package dev.finops.azure.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two answers that say the same, and two that do not. */
class VolatilePartsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      AADSTS7000215: no. Trace ID: 11111111-aaaa-bbbb-cccc-111111111100 Correlation ID: 2a Timestamp: 2026-11-30 20:53:13Z | AADSTS7000215: no. Trace ID: 21111111-aaaa-bbbb-cccc-111111111100 Correlation ID: 2b Timestamp: 2026-11-30 20:58:14Z
      no. Timestamp: 2026-11-30T20:53:13.1234567Z           | no. Timestamp: 2026-11-30T21:00:00Z
      no (at 2026-11-30 20:53:13.123 +00:00)                | no (at 2026-12-01 00:00:00.9 +00:00)
      no at 11/30/2026 8:53:13 PM                           | no at 12/1/2026 12:00:00 AM
      no at 11/30/2026 20:53:13 UTC                         | no at 11/30/2026 21:53:13 UTC
      no at Mon, 30 Nov 2026 20:53:13 GMT                   | no at Tue, 01 Dec 2026 00:00:00 GMT
      no at 20:53:13                                        | no at 1:02:03
      no at 1796071993                                      | no at 1796072000
      no at 1796071993123                                   | no at 1796072000456
      no (Request ID: ab-1)                                 | no (Request ID: cd-2)
      no RequestId:11111111-aaaa-bbbb-cccc-111111111111     | no RequestId:21111111-aaaa-bbbb-cccc-111111111111
      no. Tracking ID: 0HN7GQ1A:00000002                    | no. Tracking ID: 0HN7GQ2B:00000009
      no, x-ms-request-id = abc                             | no, x-ms-request-id = def
      no, activity id 'xyz'                                 | no, activity id 'uvw'
      no, ClientRequestId: 'xyz'                            | no, ClientRequestId: 'uvw'
      no 11111111-aaaa-bbbb-cccc-111111111111.              | no 21111111-aaaa-bbbb-cccc-111111111111.
      no [0123456789abcdef0123456789abcdef]                 | no [fedcba98765432100123456789abcdef]
      try again after '17' seconds                          | try again after '3' seconds
      it took 1503 ms                                       | it took 87 ms
      current time '2026-11-30T20:53:13Z'                   | current time '2026-11-30T20:53:14Z'
      """)
    void sayTheSame(String one, String other) {
        assertEquals(VolatileParts.without(one), VolatileParts.without(other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      Application '11111111-aaaa-bbbb-cccc-111111111111' was not found | Application '21111111-aaaa-bbbb-cccc-111111111111' was not found
      scope '/subscriptions/11111111-aaaa-bbbb-cccc-111111111111'      | scope '/subscriptions/21111111-aaaa-bbbb-cccc-111111111111'
      no role at /subscriptions/11111111-aaaa-bbbb-cccc-111111111111   | no role at /subscriptions/21111111-aaaa-bbbb-cccc-111111111111
      AADSTS7000215: no                                                | AADSTS7000222: no
      api-version 2025-03-01 is invalid                                | api-version 2026-03-01 is invalid
      HTTP 401                                                         | HTTP 403
      no export daily-1                                                | no export daily-2
      """)
    void doNotSayTheSame(String one, String other) {
        assertNotEquals(VolatileParts.without(one), VolatileParts.without(other));
    }
}
