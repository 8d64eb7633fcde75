package dev.finops.azure.operator;

import dev.finops.azure.arm.AzureConnection;
import dev.finops.azure.arm.Backoff;
import dev.finops.azure.arm.ProxySettings;
import dev.finops.azure.document.InvisibleCharacters;
import dev.finops.azure.document.Timestamps;
import dev.finops.azure.export.plan.ApiVersion;
import dev.finops.azure.export.plan.Settings;
import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The configuration from environment variables (docs/reference/configuration.md). A wrong value stops the start. */
record OperatorConfig(
        Set<String> watchNamespaces,
        Optional<String> watchSelector,
        AzureConnection azure,
        ProxySettings proxy,
        String blobEndpointTemplate,
        Settings settings,
        boolean leaderElection,
        Optional<String> leaseNamespace,
        String leaseName,
        int httpPort,
        boolean exportMetrics) {

    private static final Pattern NAMES = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern LEASE = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,253}");
    private static final Pattern AUDIENCE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://\\S+|[0-9A-Fa-f-]{36}");
    private static final Pattern BLOB_ENDPOINT = Pattern.compile("https://\\S*\\{account}\\S*");
    private static final Pattern API_VERSION = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(-preview)?");

    /** The variable that is wrong, what it is, and what it may be, in one line. */
    static final class Wrong extends RuntimeException {
        Wrong(String variable, String value, String expected) {
            super(variable + "=" + value + ": " + expected, null, false, false);
        }
    }

    static OperatorConfig of(Map<String, String> environment) {
        Reader read = new Reader(environment);
        Duration retryInitial = read.duration("RETRY_INITIAL", "5s");
        Duration retryMax = read.duration("RETRY_MAX", "15m");
        if (retryMax.compareTo(retryInitial) < 0) {
            throw new Wrong("RETRY_MAX", read.text("RETRY_MAX").orElse("15m"), "must not be less than RETRY_INITIAL");
        }
        kubeconfig(read);
        Backoff backoff = new Backoff(retryInitial, retryMax);
        ApiVersion apiVersion = read.value(
                "EXPORTS_API_VERSION",
                ApiVersion.COMPLETE,
                ApiVersion::new,
                text -> API_VERSION.matcher(text).matches(),
                "an api-version such as " + ApiVersion.COMPLETE);
        Settings settings = new Settings(
                apiVersion,
                read.duration("OBSERVE_INTERVAL", "5m"),
                read.duration("RUN_POLL_INTERVAL", "30s"),
                backoff,
                read.text("AZURE_CLIENT_ID"));
        Set<String> namespaces = Arrays.stream(
                        read.text("WATCH_NAMESPACES").orElse("").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
        namespaces.forEach(
                name -> read.matching("WATCH_NAMESPACES", name, NAMES, "names of namespaces, separated by commas"));
        Optional<String> selector = read.text("WATCH_SELECTOR");
        String lease =
                "costexport-operator-" + Integer.toHexString(Arrays.hashCode(new Object[] {namespaces, selector}));
        return new OperatorConfig(
                namespaces,
                selector,
                azure(read, apiVersion, retryMax),
                proxy(environment, "HTTPS_PROXY", "HTTP_PROXY"),
                blobEndpointTemplate(read),
                settings,
                read.flag("LEADER_ELECTION"),
                read.text("LEASE_NAMESPACE")
                        .map(name -> read.matching("LEASE_NAMESPACE", name, NAMES, "the name of a namespace")),
                read.matching(
                        "LEASE_NAME",
                        read.text("LEASE_NAME").orElse(lease),
                        LEASE,
                        "the name of a lease: lower-case letters, digits, '-' and '.'"),
                read.number("HTTP_PORT", 8080, 0, 65535),
                read.flag("EXPORT_METRICS", "true"));
    }

    /** A list of files, of which kubectl leaves out those that are missing; at least one has to be there. */
    private static void kubeconfig(Reader read) {
        Optional<String> files = read.text("KUBECONFIG")
                .filter(list -> Arrays.stream(list.split(File.pathSeparator))
                        .noneMatch(file -> !file.isEmpty() && Files.isReadable(Path.of(file))));
        if (files.isPresent()) {
            throw new Wrong("KUBECONFIG", files.get(), "is not a file that can be read");
        }
    }

    /**
     * @param variables in capitals or not, of which the first that is set counts
     * @return with the exemptions of NO_PROXY
     */
    static ProxySettings proxy(Map<String, String> environment, String... variables) {
        Reader read = new Reader(environment);
        String exempt = read.anyCase("NO_PROXY").orElse("");
        for (String variable : variables) {
            Optional<String> address = read.anyCase(variable);
            if (address.isPresent()) {
                return ProxySettings.of(address.get(), exempt)
                        .orElseThrow(() -> new Wrong(
                                variable,
                                address.get().replaceFirst("[^/]*@", "***@"),
                                "must be the address of a proxy, such as "
                                        + "http://proxy.example.org:3128 or socks5://proxy.example.org:1080"));
            }
        }
        return ProxySettings.of("", exempt).orElseThrow();
    }

    private static AzureConnection azure(Reader read, ApiVersion apiVersion, Duration retryMax) {
        URI endpoint = read.uri("AZURE_RESOURCE_MANAGER_ENDPOINT").orElse(URI.create("https://management.azure.com"));
        if (!endpoint.getPath().isEmpty()) {
            throw new Wrong(
                    "AZURE_RESOURCE_MANAGER_ENDPOINT", endpoint.toString(), "must be an https address without a path");
        }
        Duration throttleWait = retryMax.compareTo(Duration.ofMinutes(1)) < 0 ? retryMax : Duration.ofMinutes(1);
        AzureConnection azure = new AzureConnection(
                endpoint,
                read.matching(
                        "AZURE_RESOURCE_MANAGER_AUDIENCE",
                        read.text("AZURE_RESOURCE_MANAGER_AUDIENCE").orElse("https://management.azure.com"),
                        AUDIENCE,
                        "an address or the id of an application"),
                apiVersion.name(),
                read.text("AZURE_TENANT_ID")
                        .map(id -> read.matching("AZURE_TENANT_ID", id, ID, "the id or the domain of a tenant")),
                read.text("AZURE_CLIENT_ID")
                        .map(id -> read.matching("AZURE_CLIENT_ID", id, ID, "the id of an application")),
                read.secret("AZURE_CLIENT_SECRET"),
                read.file("AZURE_FEDERATED_TOKEN_FILE"),
                read.uri("AZURE_AUTHORITY_HOST"),
                read.flag("AZURE_DISABLE_INSTANCE_DISCOVERY"),
                read.number("RUNS_PER_MINUTE", 10, 1, 1000),
                throttleWait);
        boolean serviceIdentity =
                azure.clientSecret().isPresent() || azure.federatedTokenFile().isPresent();
        if (serviceIdentity && azure.tenantId().isEmpty()) {
            throw new Wrong("AZURE_TENANT_ID", "", "is needed with AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE");
        }
        if (serviceIdentity && azure.clientId().isEmpty()) {
            throw new Wrong("AZURE_CLIENT_ID", "", "is needed with AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE");
        }
        return azure;
    }

    private static String blobEndpointTemplate(Reader read) {
        String template = read.text("AZURE_BLOB_ENDPOINT_TEMPLATE").orElse("https://{account}.blob.core.windows.net");
        return read.matching(
                "AZURE_BLOB_ENDPOINT_TEMPLATE",
                template,
                BLOB_ENDPOINT,
                "an https address with {account} where the account's name goes");
    }

    private record Reader(Map<String, String> environment) {

        Optional<String> text(String variable) {
            return Optional.ofNullable(environment.get(variable))
                    .map(InvisibleCharacters::stripped)
                    .filter(text -> !text.isEmpty());
        }

        /** Never shown. */
        Optional<String> secret(String variable) {
            Optional<String> text = text(variable);
            text.flatMap(InvisibleCharacters::first).ifPresent(where -> {
                throw new Wrong(variable, "***", "has an invisible character, " + where);
            });
            return text;
        }

        Optional<String> anyCase(String variable) {
            return text(variable).or(() -> text(variable.toLowerCase(Locale.ROOT)));
        }

        <T> T value(
                String variable,
                String fallback,
                Function<String, T> reader,
                Function<String, Boolean> valid,
                String expected) {
            String text = text(variable).orElse(fallback);
            if (!valid.apply(text)) {
                throw new Wrong(variable, text, "must be " + expected);
            }
            return reader.apply(text);
        }

        String matching(String variable, String text, Pattern pattern, String expected) {
            if (!pattern.matcher(text).matches()) {
                throw new Wrong(variable, text, "must be " + expected);
            }
            return text;
        }

        Optional<Path> file(String variable) {
            return text(variable).map(text -> {
                try {
                    if (Files.isReadable(Path.of(text))) {
                        return Path.of(text);
                    }
                } catch (InvalidPathException wrong) {
                    // said below
                }
                throw new Wrong(variable, text, "is not a file that can be read");
            });
        }

        boolean flag(String variable) {
            return flag(variable, "false");
        }

        boolean flag(String variable, String fallback) {
            return value(variable, fallback, Boolean::valueOf, Set.of("true", "false")::contains, "true or false");
        }

        int number(String variable, int fallback, int least, int most) {
            return value(
                    variable,
                    String.valueOf(fallback),
                    Integer::valueOf,
                    text -> text.matches("\\d{1,9}")
                            && Integer.parseInt(text) >= least
                            && Integer.parseInt(text) <= most,
                    "a number from " + least + " to " + most);
        }

        Duration duration(String variable, String fallback) {
            return value(
                    variable,
                    fallback,
                    text -> Timestamps.duration(text).orElseThrow(),
                    text -> Timestamps.duration(text)
                            .filter(Duration::isPositive)
                            .isPresent(),
                    "a duration such as 500ms, 30s, 5m or 1h");
        }

        Optional<URI> uri(String variable) {
            return text(variable).map(text -> {
                try {
                    URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
                    if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
                        return uri;
                    }
                } catch (URISyntaxException wrong) {
                    // said below
                }
                throw new Wrong(variable, text, "must be an https address");
            });
        }
    }
}
