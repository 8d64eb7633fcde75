package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlPathTest {
    /** The last two are two spellings of one letter: Azure has one of them, and normalizing would name the other. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      /subscriptions/0/resourceGroups/Instruktører(1) | /subscriptions/0/resourceGroups/Instrukt%C3%B8rer(1)
      /subscriptions/0/resourceGroups/İstanbul        | /subscriptions/0/resourceGroups/%C4%B0stanbul
      /providers/Microsoft.Billing/billingAccounts/a:b_2019-05-31 | /providers/Microsoft.Billing/billingAccounts/a:b_2019-05-31
      /exports/a b                                    | /exports/a%20b
      /exports/50%                                    | /exports/50%25
      /exports/a%20b                                  | /exports/a%2520b
      /exports/what?#[x]                              | /exports/what%3F%23%5Bx%5D
      /exports/\uD83D\uDE00                         | /exports/%F0%9F%98%80
      /exports/\u00E9                                | /exports/%C3%A9
      /exports/e\u0301                               | /exports/e%CC%81
      """)
    void eachSegmentIsEncodedOnce(String path, String encoded) {
        assertEquals(encoded, UrlPath.encoded(path));
    }

    @Property
    void decodedItIsThePath(@ForAll String text) {
        String path = "/" + new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        String encoded = UrlPath.encoded(path);

        assertTrue(encoded.chars().allMatch(c -> c > ' ' && c < 127), encoded);
        assertEquals(encoded, URI.create("https://arm.example" + encoded).getRawPath());
        assertEquals(path, URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      https://arm.example/a%20b/ø?$skiptoken=x%2F&y=ü z | https://arm.example/a%20b/%C3%B8?$skiptoken=x%2F&y=%C3%BC%20z
      https://arm.example/plain?a=b                     | https://arm.example/plain?a=b
      """)
    void anAddressOfAzuresIsCompleted(String address, String completed) {
        assertEquals(completed, UrlPath.completed(address));
    }
}
