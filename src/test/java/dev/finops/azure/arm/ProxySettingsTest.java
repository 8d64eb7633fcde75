package dev.finops.azure.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.finops.azure.arm.ProxySettings.Server;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxySettingsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
      http://proxy.example.org:3128                | http://proxy.example.org:3128   | -    | -
      http://proxy.example.org:3128/               | http://proxy.example.org:3128   | -    | -
      HTTP://proxy.example.org                     | http://proxy.example.org:80     | -    | -
      proxy.example.org:3128                       | http://proxy.example.org:3128   | -    | -
      https://proxy.example.org                    | http://proxy.example.org:443    | -    | -
      http://10.0.0.7:8080                         | http://10.0.0.7:8080            | -    | -
      http://[fd00::7]:8080                        | http://[fd00::7]:8080           | -    | -
      http://me:secret@proxy.example.org:3128      | http://proxy.example.org:3128   | me   | secret
      me:secret@proxy.example.org:3128             | http://proxy.example.org:3128   | me   | secret
      http://me@proxy.example.org:3128             | http://proxy.example.org:3128   | me   | -
      http://corp%5Cme:p%40ss%3Aw+rd@p.example:1   | http://p.example:1              | corp\\me | p@ss:w+rd
      http://me:p@ss:w#rd?%@p.example:1            | http://p.example:1              | me   | p@ss:w#rd?%
      socks5://proxy.example.org                   | socks5://proxy.example.org:1080 | -    | -
      socks5h://me:secret@proxy.example.org:9      | socks5://proxy.example.org:9    | me   | secret
      """)
    void anAddressIsReadInEachForm(String text, String address, String user, String password) {
        Server server = ProxySettings.of(text, "").orElseThrow().server().orElseThrow();

        assertEquals(address, server.address());
        assertEquals(Optional.ofNullable(user), server.user());
        assertEquals(Optional.ofNullable(password), server.password());
        assertFalse(server.toString().contains("secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://proxy:1",
                "http://",
                "http://proxy:0",
                "http://proxy:65536",
                "http://proxy:999999",
                "a b",
                "http://:3128",
                "https://me:secret@proxy.example.org"
            })
    void anAddressThatCannotBeUsedIsNone(String text) {
        assertEquals(Optional.empty(), ProxySettings.of(text, ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
      management.azure.com                | management.azure.com      | 443  | true
      azure.com                           | management.azure.com      | 443  | true
      .azure.com                          | management.azure.com      | 443  | true
      .azure.com                          | azure.com                 | 443  | false
      *.azure.com                         | management.azure.com      | 443  | true
      *.azure.com                         | azure.com                 | 443  | false
      zure.com                            | management.azure.com      | 443  | false
      MANAGEMENT.Azure.Com                | management.AZURE.com      | 443  | true
      management.azure.com                | management.azure.com.     | 443  | true
      azure.com:443                       | management.azure.com      | 443  | true
      azure.com:8443                      | management.azure.com      | 443  | false
      *                                   | management.azure.com      | 443  | true
      a.example, .b.example ,azure.com    | management.azure.com      | 443  | true
      a.example .b.example azure.com      | management.azure.com      | 443  | true
      https://management.azure.com        | management.azure.com      | 443  | true
      management.*.com                    | management.azure.com      | 443  | true
      *.blob.*                            | x.blob.core.windows.net   | 443  | true
      10.0.0.0/8                          | 10.1.2.3                  | 443  | true
      10.0.0.0/8                          | 11.1.2.3                  | 443  | false
      10.1.0.0/12                         | 10.15.2.3                 | 443  | true
      10.1.0.0/12                         | 10.16.2.3                 | 443  | false
      0.0.0.0/0                           | 10.16.2.3                 | 443  | true
      10.1.2.3                            | 10.1.2.3                  | 443  | true
      10.1.2.3:8443                       | 10.1.2.3                  | 8443 | true
      10.1.2.3:8443                       | 10.1.2.3                  | 443  | false
      10.0.0.0/8                          | ten.example               | 443  | false
      fd00::/8                            | fd12::1                   | 443  | true
      fd00::/8                            | [fd12::1]                 | 443  | true
      fd12::1                             | fd12::1                   | 443  | true
      [fd12::1]:8443                      | fd12::1                   | 8443 | true
      [fd12::1]:8443                      | fd12::1                   | 443  | false
      other.example                       | localhost                 | 443  | true
      other.example                       | 127.0.0.1                 | 443  | true
      other.example                       | 127.8.8.8                 | 443  | true
      other.example                       | ::1                       | 443  | true
      other.example                       | management.azure.com      | 443  | false
      10.0.0.0/99,a b:c:d,:443,[,/,*., .  | management.azure.com      | 443  | false
      bücher.example                      | xn--bcher-kva.example     | 443  | true
      """)
    void aHostIsExemptAsForKubectl(String noProxy, String host, int port, boolean exempt) {
        ProxySettings proxy = ProxySettings.of("http://proxy:3128", noProxy).orElseThrow();

        assertEquals(exempt, proxy.to(host, port).isEmpty());
    }

    @Test
    void withoutAnAddressNoProxyIsUsed() {
        assertEquals(Optional.empty(), ProxySettings.of("", "a").orElseThrow().to("management.azure.com", 443));
        assertEquals(Optional.empty(), ProxySettings.NONE.to("management.azure.com", 443));
    }

    @Property
    void noValueOfNoProxyEndsTheStart(@ForAll String noProxy, @ForAll String host) {
        ProxySettings.of("http://proxy:3128", noProxy).orElseThrow().to(host, 443);
    }
}
