package dev.finops.azure.costexport.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

/** A pretended Azure on loopback: Cost Management exports behind ARM, and the token endpoint, on one HTTPS server. */
public final class AzureSimulator implements AutoCloseable {

    private static final String TENANT = "8d0f7b1e-6a55-4c0b-9a3e-2f1d4c5b6a79";
    private static final String CLIENT = "c0ffee00-1111-4222-8333-444455556666";

    static {
        // Otherwise each answer's body waits for the client to acknowledge the headers.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /**
     * @param port 0 for any free one
     * @param directory where certificate and trust store go; a temporary one that ends with the simulator when empty
     */
    public record Settings(int port, Optional<Path> directory, InstantSource clock, Behaviour behaviour) {

        public static Settings defaults() {
            return new Settings(0, Optional.empty(), InstantSource.system(), Behaviour.defaults());
        }

        public Settings withPort(int value) {
            return new Settings(value, directory, clock, behaviour);
        }

        public Settings withDirectory(Path value) {
            return new Settings(port, Optional.of(value), clock, behaviour);
        }

        public Settings withClock(InstantSource value) {
            return new Settings(port, directory, value, behaviour);
        }

        public Settings withBehaviour(Behaviour value) {
            return new Settings(port, directory, clock, value);
        }
    }

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final URI endpoint;
    private final InstantSource clock;
    private final AtomicReference<Behaviour> behaviour;
    private final Optional<Path> temporary;
    private final Certificates certificates;
    private final String clientSecret = UUID.randomUUID().toString();
    private final Journal journal = new Journal();
    private final Faults faults = new Faults();
    private final ExportStore exports;
    private final ExportsApi api;
    private final Entra entra;
    private final Surroundings surroundings;

    private AzureSimulator(Settings settings) throws IOException {
        temporary = settings.directory.isPresent() ? Optional.empty() : Optional.of(Files.createTempDirectory("azure-simulator"));
        certificates = Certificates.create(settings.directory.or(() -> temporary).orElseThrow());
        clock = settings.clock;
        behaviour = new AtomicReference<>(settings.behaviour);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificates.server()));
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        endpoint = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
        exports = new ExportStore(clock, behaviour::get);
        api = new ExportsApi(exports, clock, behaviour::get, TENANT);
        entra = new Entra(endpoint, TENANT, clock, behaviour::get);
        entra.application(CLIENT, clientSecret);
        surroundings = new Surroundings(endpoint, TENANT, entra, behaviour);
    }

    public static AzureSimulator start() {
        return start(Settings.defaults());
    }

    public static AzureSimulator start(Settings settings) {
        try {
            var simulator = new AzureSimulator(settings);
            simulator.server.start();
            return simulator;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** ARM and token endpoint. */
    public URI endpoint() {
        return endpoint;
    }

    public String tenantId() {
        return TENANT;
    }

    public String clientId() {
        return CLIENT;
    }

    public String clientSecret() {
        return clientSecret;
    }

    /** The subscription that {@code GET /subscriptions} lists; any other one exists too. */
    public String subscriptionId() {
        return Surroundings.SUBSCRIPTION;
    }

    public Path caFile() {
        return certificates.caFile();
    }

    /** PKCS12, with the password "changeit". */
    public Path trustStore() {
        return certificates.trustStore();
    }

    /** What a Java process needs to take this for Azure. */
    public Map<String, String> environment() {
        var environment = new TreeMap<String, String>();
        environment.put("AZURE_TENANT_ID", TENANT);
        environment.put("AZURE_CLIENT_ID", CLIENT);
        environment.put("AZURE_CLIENT_SECRET", clientSecret);
        environment.put("AZURE_AUTHORITY_HOST", endpoint + "/");
        environment.put("AZURE_DISABLE_INSTANCE_DISCOVERY", "true");
        environment.put("AZURE_RESOURCE_MANAGER_ENDPOINT", endpoint.toString());
        environment.put("AZURE_RESOURCE_MANAGER_AUDIENCE", endpoint.toString());
        environment.put("JAVA_TOOL_OPTIONS", "-Djavax.net.ssl.trustStore=" + trustStore() + " -Djavax.net.ssl.trustStoreType=PKCS12"
                + " -Djavax.net.ssl.trustStorePassword=" + Certificates.PASSWORD);
        return environment;
    }

    public Journal journal() {
        return journal;
    }

    public Faults faults() {
        return faults;
    }

    public ExportStore exports() {
        return exports;
    }

    public Entra entra() {
        return entra;
    }

    public Behaviour behaviour() {
        return behaviour.get();
    }

    public void behaviour(Behaviour value) {
        behaviour.set(value);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        temporary.ifPresent(directory -> {
            try {
                Files.deleteIfExists(caFile());
                Files.deleteIfExists(trustStore());
                Files.deleteIfExists(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = ArmRequest.read(exchange);
            var fault = faults.meet(request.operation(), request.path());
            switch (fault.orElse(new Fault.Delay(Duration.ZERO))) {
                case Answer instead -> send(exchange, noted(request, instead));
                case Fault.ResetBefore() -> note(request, 0);
                case Fault.ResetDuring() -> sendHalf(exchange, noted(request, act(request)));
                case Fault.ResetAfter() -> noted(request, act(request));
                case Fault.Delay(var by) -> {
                    Thread.sleep(by);
                    send(exchange, noted(request, act(request)));
                }
                case Fault.ThenAct(var act) -> {
                    var answer = noted(request, act(request));
                    act.run();
                    send(exchange, answer);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer act(ArmRequest request) throws InterruptedException {
        try {
            if (surroundings.isMetadata(request)) return surroundings.metadata();
            var login = entra.answer(request);
            if (login.isPresent()) return login.get();
            Thread.sleep(behaviour.get().latency());
            var caller = entra.authenticate(request);
            return request.target().map(target -> api.answer(target, request, caller)).orElseGet(() -> surroundings.answer(request));
        } catch (Refusal refusal) {
            return refusal.answer();
        } catch (RuntimeException e) {
            // A bug of the simulator; without this the client would only see a closed connection.
            e.printStackTrace();
            return Answer.error(500, "SimulatorBug", e.toString());
        }
    }

    private Answer noted(ArmRequest request, Answer answer) {
        note(request, answer.status());
        return answer;
    }

    private void note(ArmRequest request, int status) {
        if (request.operation() == Operation.TOKEN) journal.countToken();
        else if (!Entra.owns(request)) journal.note(clock.instant(), request, status);
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        var body = answer.body().getBytes(StandardCharsets.UTF_8);
        sendHeaders(exchange, answer, body.length);
        exchange.getResponseBody().write(body);
    }

    private void sendHalf(HttpExchange exchange, Answer answer) throws IOException {
        var body = answer.body().getBytes(StandardCharsets.UTF_8);
        // At least one byte must be missing, or an answer without a body would be whole.
        sendHeaders(exchange, answer, body.length + 1);
        exchange.getResponseBody().write(body, 0, body.length / 2);
        exchange.getResponseBody().flush();
    }

    private void sendHeaders(HttpExchange exchange, Answer answer, int length) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atZone(ZoneOffset.UTC)));
        headers.set("Cache-Control", "no-cache");
        headers.set("x-ms-request-id", UUID.randomUUID().toString());
        headers.set("x-ms-correlation-request-id", UUID.randomUUID().toString());
        switch (exchange.getRequestMethod()) {
            case "GET" -> headers.set("x-ms-ratelimit-remaining-subscription-reads", "249");
            case "DELETE" -> headers.set("x-ms-ratelimit-remaining-subscription-deletes", "199");
            default -> headers.set("x-ms-ratelimit-remaining-subscription-writes", "199");
        }
        answer.headers().forEach(headers::set);
        exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
    }
}
