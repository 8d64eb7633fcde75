package dev.finops.azure.storage;

import com.azure.core.http.HttpClient;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.sas.AccountSasPermission;
import com.azure.storage.common.sas.AccountSasResourceType;
import com.azure.storage.common.sas.AccountSasService;
import com.azure.storage.common.sas.AccountSasSignatureValues;
import com.azure.storage.common.sas.SasProtocol;
import dev.finops.azure.controlplane.Server;
import dev.finops.azure.simulator.AzureSimulator;
import dev.finops.azure.simulator.BlobSink;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Storage accounts where the simulator is, in memory: the blob service of Azurite over HTTPS, with tokens of the
 * simulated Entra, SAS and keys.
 */
public final class Azurite implements BlobSink, AutoCloseable {
    private static final String KEY =
            Base64.getEncoder().encodeToString("the key of every account".getBytes(StandardCharsets.UTF_8));
    private static final String LISTENS = "successfully listens on ";

    private final Server server;
    private final String address;
    private final HttpClient http;

    private Azurite(Server server, HttpClient http) {
        this.server = server;
        this.http = http;
        server.await(() -> server.printed(LISTENS).isPresent());
        address = server.printed(LISTENS).orElseThrow().replaceFirst(".*" + LISTENS, "");
    }

    /** Trusted by whoever trusts the simulator. */
    public static Azurite start(AzureSimulator azure, Path directory, String... accounts) {
        try {
            // A log of its own: its address is read from it, and test runs in two processes share the directory.
            Server server = new Server(
                    Files.createTempFile(Files.createDirectories(directory), "azurite-", ".log"),
                    List.of(
                            "node",
                            Server.binaries()
                                    .resolve("azurite/node_modules/azurite/dist/src/blob/main.js")
                                    .toString(),
                            "--blobHost",
                            azure.endpoint().getHost(),
                            "--blobPort",
                            "0",
                            "--cert",
                            azure.certificateFile().toString(),
                            "--key",
                            azure.keyFile().toString(),
                            "--oauth",
                            "basic",
                            "--inMemoryPersistence",
                            "--skipApiVersionCheck",
                            "--disableTelemetry",
                            "--silent"),
                    Map.of(
                            "AZURITE_ACCOUNTS",
                            Arrays.stream(accounts)
                                    .map(account -> account + ":" + KEY)
                                    .collect(Collectors.joining(";"))));
            // A signal may end the tests before they end it.
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "azurite-close"));
            return new Azurite(server, trusting(azure));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of AZURE_BLOB_ENDPOINT_TEMPLATE. */
    public String endpointTemplate() {
        return address + "/{account}";
    }

    /** HTTP as the operator does it. */
    public HttpClient http() {
        return http;
    }

    /** The container as the account's owner sees it, made when it is missing. */
    public BlobContainerClient container(String account, String name) {
        BlobContainerClient container = new BlobServiceClientBuilder()
                .httpClient(http)
                .endpoint(endpointTemplate().replace("{account}", account))
                .credential(new StorageSharedKeyCredential(account, KEY))
                .buildClient()
                .getBlobContainerClient(name);
        container.createIfNotExists();
        return container;
    }

    /** @param permissions as in the {@code sp} of a SAS: {@code rl} */
    public String sas(String account, String container, String permissions, OffsetDateTime expiry) {
        return container(account, container)
                .generateSas(new BlobServiceSasSignatureValues(expiry, BlobContainerSasPermission.parse(permissions))
                        .setProtocol(SasProtocol.HTTPS_ONLY));
    }

    /** As a partner gives it to Azure: for the whole account, with all rights that exports need. */
    public String accountSas(String account, OffsetDateTime expiry) {
        return new BlobServiceClientBuilder()
                .httpClient(http)
                .endpoint(endpointTemplate().replace("{account}", account))
                .credential(new StorageSharedKeyCredential(account, KEY))
                .buildClient()
                .generateAccountSas(new AccountSasSignatureValues(
                                expiry,
                                AccountSasPermission.parse("rwdlac"),
                                AccountSasService.parse("b"),
                                AccountSasResourceType.parse("sco"))
                        .setProtocol(SasProtocol.HTTPS_ONLY));
    }

    @Override
    public void write(String account, String container, String name, byte[] content) {
        container(account, container)
                .getBlobClient(name)
                .upload(new ByteArrayInputStream(content), content.length, true);
    }

    @Override
    public void delete(String account, String container, String prefix, String except) {
        BlobContainerClient client = container(account, container);
        client.listBlobs(new ListBlobsOptions().setPrefix(prefix), null).stream()
                .filter(blob -> !blob.getName().startsWith(except))
                .forEach(blob -> client.getBlobClient(blob.getName()).delete());
    }

    @Override
    public void close() {
        server.close();
    }

    private static HttpClient trusting(AzureSimulator azure) throws IOException {
        var trust = SslContextBuilder.forClient()
                .trustManager(azure.caFile().toFile())
                .build();
        return new NettyAsyncHttpClientBuilder(
                        reactor.netty.http.client.HttpClient.create().secure(ssl -> ssl.sslContext(trust)))
                .build();
    }
}
