package dev.finops.azure.arm;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The proxy between the operator and the servers that it calls.
 *
 * @param server empty when every server is called directly
 */
public record ProxySettings(Optional<Server> server, NoProxy exempt) {
    public static final ProxySettings NONE = new ProxySettings(Optional.empty(), NoProxy.of(""));

    /** {@code user:password@} may have any character but a slash, percent-encoded or not. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(?:([a-z0-9+]+)://)?(?:([^/]*)@)?(\\[[0-9a-f:.]+]|[^:/@\\s]+)(?::(\\d{1,5}))?(?:/.*)?",
            Pattern.CASE_INSENSITIVE);

    /** How the proxy is spoken to. */
    public enum Protocol {
        HTTP(80),
        SOCKS5(1080);

        private final int port;

        Protocol(int port) {
            this.port = port;
        }
    }

    /** @param user without a password as well; both empty when the proxy needs no login */
    public record Server(Protocol protocol, String host, int port, Optional<String> user, Optional<String> password) {
        /** Without user and password. */
        public String address() {
            return (protocol == Protocol.HTTP ? "http://" : "socks5://")
                    + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }

        /** Without the password. */
        @Override
        public String toString() {
            return address() + user.map(name -> " as " + name).orElse("");
        }
    }

    /** Empty when the address is not one of a proxy that the operator can use. */
    public static Optional<ProxySettings> of(String address, String exempt) {
        NoProxy rules = NoProxy.of(exempt);
        return address.isEmpty()
                ? Optional.of(new ProxySettings(Optional.empty(), rules))
                : server(address).map(server -> new ProxySettings(Optional.of(server), rules));
    }

    /** The proxy that a server is called through. */
    public Optional<Server> to(String host, int port) {
        return server.filter(proxy -> !exempt.matches(host, port));
    }

    private static Optional<Server> server(String address) {
        Matcher parts = ADDRESS.matcher(address);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String scheme = parts.group(1) == null ? "http" : parts.group(1).toLowerCase(Locale.ROOT);
        Optional<Protocol> protocol = switch (scheme) {
            case "http", "https" -> Optional.of(Protocol.HTTP);
            case "socks5", "socks5h" -> Optional.of(Protocol.SOCKS5);
            default -> Optional.empty();
        };
        String login = parts.group(2);
        if (protocol.isEmpty() || scheme.equals("https") && login != null) {
            return Optional.empty(); // TLS was requested, so the password must not be sent in the clear
        }
        int standard = scheme.equals("https") ? 443 : protocol.get().port;
        int port = parts.group(4) == null ? standard : Integer.parseInt(parts.group(4));
        if (port < 1 || port > 65535) {
            return Optional.empty();
        }
        String[] userAndPassword = login == null ? new String[0] : login.split(":", 2);
        return Optional.of(new Server(
                protocol.get(),
                parts.group(3).replaceAll("^\\[|]$", ""),
                port,
                decoded(userAndPassword, 0),
                decoded(userAndPassword, 1)));
    }

    private static Optional<String> decoded(String[] parts, int index) {
        if (parts.length <= index) {
            return Optional.empty();
        }
        try {
            return Optional.of(URLDecoder.decode(parts[index].replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notEncoded) {
            return Optional.of(parts[index]);
        }
    }
}
