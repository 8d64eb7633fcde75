package dev.finops.azure.simulator;

import dev.finops.azure.simulator.HttpsListener.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
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

/**
 * A pretended Azure, usually on loopback: Cost Management exports behind ARM, and the token endpoint, on one HTTPS
 * server.
 */
public final class AzureSimulator implements AutoCloseable {

    /** A host name of its certificate that no name server knows. */
    public static final String BEHIND_PROXY = "azure.invalid";

    private static final String TENANT = "8d0f7b1e-6a55-4c0b-9a3e-2f1d4c5b6a79";
    private static final String CLIENT = "c0ffee00-1111-4222-8333-444455556666";

    /**
     * @param address where it listens, as its certificate has it
     * @param port 0 for any free one
     * @param directory where certificate and trust store go; a temporary one that ends with the simulator when empty
     */
    public record Settings(
            String address,
            int port,
            Optional<Path> directory,
            InstantSource clock,
            Behaviour behaviour,
            CertificateFlaw flaw) {

        public static Settings defaults() {
            return new Settings(
                    "127.0.0.1",
                    0,
                    Optional.empty(),
                    InstantSource.system(),
                    Behaviour.defaults(),
                    CertificateFlaw.NONE);
        }

        public Settings withAddress(String value) {
            return new Settings(value, port, directory, clock, behaviour, flaw);
        }

        public Settings withPort(int value) {
            return new Settings(address, value, directory, clock, behaviour, flaw);
        }

        public Settings withDirectory(Path value) {
            return new Settings(address, port, Optional.of(value), clock, behaviour, flaw);
        }

        public Settings withClock(InstantSource value) {
            return new Settings(address, port, directory, value, behaviour, flaw);
        }

        public Settings withBehaviour(Behaviour value) {
            return new Settings(address, port, directory, clock, value, flaw);
        }

        public Settings withFlaw(CertificateFlaw value) {
            return new Settings(address, port, directory, clock, behaviour, value);
        }
    }

    private final HttpsListener server;
    private final URI endpoint;
    private final InstantSource clock;
    private final Behaviours behaviours;
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
        temporary = settings.directory.isPresent()
                ? Optional.empty()
                : Optional.of(Files.createTempDirectory("azure-simulator"));
        certificates = Certificates.create(
                settings.directory.or(() -> temporary).orElseThrow(), settings.address, settings.flaw);
        clock = settings.clock;
        behaviours = new Behaviours(settings.behaviour);
        server = new HttpsListener(
                InetAddress.ofLiteral(settings.address), settings.port, certificates.server(), this::handle);
        endpoint = URI.create("https://" + settings.address + ":" + server.port());
        exports = new ExportStore(clock, behaviours);
        entra = new Entra(endpoint, TENANT, clock, behaviours);
        entra.application(CLIENT, clientSecret);
        surroundings = new Surroundings(endpoint, TENANT, entra, clock, behaviours);
        api = new ExportsApi(exports, surroundings, clock, behaviours, TENANT);
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

    /** PEM, for another server on loopback that is to be trusted like this one. */
    public Path certificateFile() {
        return certificates.certificateFile();
    }

    public Path keyFile() {
        return certificates.keyFile();
    }

    /** From now on runs that completed have written blobs when somebody sees that they did. */
    public void deliverTo(BlobSink blobs) {
        exports.deliverTo(blobs);
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
        environment.put(
                "JAVA_TOOL_OPTIONS",
                "-Djavax.net.ssl.trustStore=" + trustStore() + " -Djavax.net.ssl.trustStoreType=PKCS12"
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
        return behaviours.usual();
    }

    public void behaviour(Behaviour value) {
        behaviours.change(_ -> value);
    }

    /** The behaviour of one scope, whatever that of the others. */
    public void behaviour(String scope, Behaviour value) {
        behaviours.change(Scope.of(scope), value);
    }

    /** Gives the caller a role at a scope that is {@link Place#DENIED}; it works after {@link Pace#GRANT_TAKES}. */
    public void grant(String scope) {
        api.granted(scope);
        behaviours.change(before -> before.with(
                Place.DENIED,
                before.where(Place.DENIED).stream()
                        .filter(denied -> !denied.equalsIgnoreCase(scope))
                        .toArray(String[]::new)));
    }

    @Override
    public void close() {
        try {
            server.close();
            if (temporary.isPresent()) {
                for (var file : certificates.files()) Files.deleteIfExists(file);
                Files.deleteIfExists(temporary.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reply handle(ArmRequest request) {
        try {
            var fault = faults.meet(request.operation(), request.path());
            return switch (fault.orElse(new Fault.Delay(Duration.ZERO))) {
                case Answer instead -> new Reply.Whole(noted(request, instead));
                case Fault.ResetBefore() -> {
                    note(request, 0);
                    yield new Reply.Cut();
                }
                case Fault.ResetDuring() -> new Reply.Half(noted(request, act(request)));
                case Fault.ResetAfter() -> {
                    noted(request, act(request));
                    yield new Reply.Cut();
                }
                case Fault.Late(var by) -> {
                    note(request, 0);
                    Thread.ofVirtual().start(() -> later(request, by));
                    yield new Reply.Cut();
                }
                case Fault.Delay(var by) -> {
                    Thread.sleep(by);
                    yield new Reply.Whole(noted(request, act(request)));
                }
                case Fault.OnTheWire(var bytes) -> {
                    note(request, 0);
                    yield new Reply.Raw(bytes);
                }
                case Fault.ThenAct(var act) -> {
                    var answer = noted(request, act(request));
                    act.run();
                    yield new Reply.Whole(answer);
                }
                case Fault.Across(var crossing) ->
                    crossing.cross(request.operation(), request.path(), () -> noted(request, act(request)))
                            .<Reply>map(Reply.Whole::new)
                            .orElseGet(Reply.Cut::new);
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Cut();
        }
    }

    private void later(ArmRequest request, Duration by) {
        try {
            Thread.sleep(by);
            noted(request, act(request));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer act(ArmRequest request) throws InterruptedException {
        try {
            if (surroundings.isMetadata(request)) return surroundings.metadata();
            var login = entra.answer(request);
            if (login.isPresent()) return login.get();
            Thread.sleep(behaviours.usual().takes(Pace.LATENCY));
            var caller = entra.authenticate(request);
            return request.target()
                    .map(target -> api.answer(target, request, caller))
                    .orElseGet(() -> surroundings.answer(request));
        } catch (Refusal refusal) {
            return refusal.answer();
        } catch (RuntimeException e) {
            // A bug of the simulator; without this the client would only see a closed connection.
            e.printStackTrace();
            return Answer.error(500, "SimulatorBug", e.toString());
        }
    }

    /** Adds what every answer of ARM carries, and notes it in the journal. */
    private Answer noted(ArmRequest request, Answer answer) {
        var call = note(request, answer.status());
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.put(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atZone(ZoneOffset.UTC)));
        headers.put("Cache-Control", "no-cache");
        headers.put("x-ms-request-id", UUID.randomUUID().toString());
        headers.put("x-ms-correlation-request-id", UUID.randomUUID().toString());
        var scope = request.target().flatMap(target -> Scope.parse(target.scope()));
        if (scope.isPresent()) {
            var operation = request.operation();
            var behaviour = behaviours.at(scope.get());
            headers.put(ArmQuota.header(scope.get(), operation, behaviour), ArmQuota.plenty(operation, behaviour));
        } else {
            headers.put(ArmQuota.header(request.path().startsWith("/subscriptions"), kindOf(request.method())), "199");
        }
        if (request.isOfCostManagement()) {
            headers.put("X-Powered-By", "ASP.NET");
            headers.put("session-id", UUID.randomUUID().toString());
            var clientRequest = request.headers().get("x-ms-client-request-id");
            if (clientRequest != null) headers.put("x-ms-client-request-id", clientRequest);
        }
        headers.putAll(answer.headers());
        var complete = new Answer(answer.status(), headers, answer.body());
        call.ifPresent(noted -> journal.answered(noted, complete));
        return complete;
    }

    private static String kindOf(String method) {
        return switch (method) {
            case "GET" -> "reads";
            case "DELETE" -> "deletes";
            default -> "writes";
        };
    }

    private Optional<Journal.Call> note(ArmRequest request, int status) {
        if (request.operation() == Operation.TOKEN) journal.countToken();
        else if (!Entra.owns(request))
            return Optional.of(journal.note(clock.instant(), Entra.caller(request), request, status));
        return Optional.empty();
    }
}
