package dev.finops.azure.arm;

import java.net.IDN;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts that are called without the proxy, as kubectl and other Go programs read {@code NO_PROXY}. An entry that
 * cannot
 * be read matches nothing: the variable belongs to every program of the machine.
 */
public record NoProxy(List<Rule> rules) {
    private static final Pattern ENTRY =
            Pattern.compile("(?:https?://)?(\\[[^\\]]+]|[^:]+|[^:]*:[^/]*:[^/]*)(?::(\\d{1,5}))?/?");
    private static final Pattern NETWORK = Pattern.compile("(?:https?://)?\\[?([0-9A-Fa-f:.]+)]?/(\\d{1,3})");
    private static final int ANY_PORT = -1;

    sealed interface Rule {
        boolean matches(String host, Optional<InetAddress> address, int port);
    }

    record Everything() implements Rule {
        @Override
        public boolean matches(String host, Optional<InetAddress> address, int port) {
            return true;
        }
    }

    /** Addresses of a network; a single address is one of full length. */
    record Network(InetAddress network, int bits, int port) implements Rule {
        @Override
        public boolean matches(String host, Optional<InetAddress> address, int called) {
            return (port == ANY_PORT || port == called)
                    && address.filter(this::contains).isPresent();
        }

        private boolean contains(InetAddress address) {
            byte[] one = network.getAddress();
            byte[] other = address.getAddress();
            if (one.length != other.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * {@code example.org} is the host and those below it; {@code .example.org} and {@code *.example.org} are those
     * below it.
     */
    record Domain(String suffix, boolean itself, int port) implements Rule {
        @Override
        public boolean matches(String host, Optional<InetAddress> address, int called) {
            return (port == ANY_PORT || port == called)
                    && (host.endsWith(suffix) || itself && host.equals(suffix.substring(1)));
        }
    }

    /** An asterisk elsewhere, which other programs read as any characters. */
    record Glob(Pattern pattern, int port) implements Rule {
        @Override
        public boolean matches(String host, Optional<InetAddress> address, int called) {
            return (port == ANY_PORT || port == called) && pattern.matcher(host).matches();
        }
    }

    static NoProxy of(String text) {
        return new NoProxy(Arrays.stream(text.toLowerCase(Locale.ROOT).split("[,;\\s]+"))
                .filter(entry -> !entry.isEmpty())
                .flatMap(entry -> rule(entry).stream())
                .toList());
    }

    /** This machine is always called without a proxy. */
    boolean matches(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT).replaceAll("^\\[|[].]$", "");
        Optional<InetAddress> address = address(name);
        return name.equals("localhost")
                || address.filter(InetAddress::isLoopbackAddress).isPresent()
                || rules.stream().anyMatch(rule -> rule.matches(name, address, port));
    }

    private static Optional<Rule> rule(String entry) {
        if (entry.equals("*")) {
            return Optional.of(new Everything());
        }
        Matcher network = NETWORK.matcher(entry);
        if (network.matches()) {
            int bits = Integer.parseInt(network.group(2));
            return address(network.group(1))
                    .filter(address -> bits <= address.getAddress().length * 8)
                    .map(address -> new Network(address, bits, ANY_PORT));
        }
        Optional<InetAddress> single = address(entry.replaceAll("^\\[|]$", ""));
        if (single.isPresent()) {
            return single.map(address -> new Network(address, address.getAddress().length * 8, ANY_PORT));
        }
        Matcher named = ENTRY.matcher(entry);
        if (!named.matches()) {
            return Optional.empty();
        }
        String host = named.group(1).replaceAll("^\\[|]$", "");
        int port = named.group(2) == null ? ANY_PORT : Integer.parseInt(named.group(2));
        Optional<InetAddress> address = address(host);
        return address.isPresent()
                ? address.map(known -> new Network(known, known.getAddress().length * 8, port))
                : domain(host, port);
    }

    private static Optional<Rule> domain(String host, int port) {
        String below = host.startsWith("*.") ? host.substring(1) : host;
        if (below.contains("*")) {
            String pattern = Arrays.stream(host.split("\\*", -1))
                    .map(Pattern::quote)
                    .reduce((one, other) -> one + ".*" + other)
                    .orElse("");
            return Optional.of(new Glob(Pattern.compile(pattern), port));
        }
        boolean itself = !below.startsWith(".");
        return below.equals(".")
                ? Optional.empty()
                : Optional.of(new Domain("." + ascii(itself ? below : below.substring(1)), itself, port));
    }

    private static String ascii(String name) {
        try {
            return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException notAName) {
            return name; // matches nothing
        }
    }

    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }
}
