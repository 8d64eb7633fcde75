package dev.finops.azure.arm.identity;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.http.HttpClient;
import com.azure.core.http.netty.NettyAsyncHttpClientBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.util.Configuration;
import com.azure.identity.AadCredentialBuilderBase;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import dev.finops.azure.arm.AzureConnection;
import dev.finops.azure.arm.BoundedHttpClient;
import dev.finops.azure.arm.InformationalResponses;
import dev.finops.azure.arm.ProxySettings;
import dev.finops.azure.arm.Timeouts;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.resolver.NoopAddressResolverGroup;
import java.net.URL;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import reactor.netty.NettyPipeline;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;

/** HTTP clients and credentials for Azure Resource Manager and storage. */
public final class AzureAuthentication {
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7E]+");

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** So many that slow scopes do not hold up the others; calls of one scope share a list. */
    private static final int MAX_CONNECTIONS = 256;

    /** The one retry loop is the reconciler's. */
    private static final RetryOptions ONCE = new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1)));

    private final AzureConnection connection;
    private final Timeouts timeouts;
    private final HttpClient http;

    /**
     * @param proxy to Azure Resource Manager, to Entra and to storage; a managed identity's endpoint is on this machine
     * @param acts called before bytes are sent; false prevents the call
     */
    public AzureAuthentication(
            AzureConnection connection, ProxySettings proxy, Timeouts timeouts, BooleanSupplier acts) {
        this.connection = connection;
        this.timeouts = timeouts;
        ConnectionProvider connections = ConnectionProvider.builder("azure")
                .maxConnections(MAX_CONNECTIONS)
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(timeouts.silence().multipliedBy(2))
                .maxIdleTime(Duration.ofSeconds(20))
                .build();
        // Left alone, the transport would send a POST again on a connection that was reset.
        var transport = reactor.netty.http.client.HttpClient.create(connections)
                .disableRetry(true)
                .doOnChannelInit((observer, channel, address) -> channel.pipeline()
                        .addFirst(new LastCheck(acts))
                        .addAfter(NettyPipeline.HttpCodec, InformationalResponses.NAME, new InformationalResponses()));
        this.http = new BoundedHttpClient(
                proxy.server()
                        .map(server -> byProxy(
                                proxy,
                                client(transport, Configuration.NONE),
                                client(through(server, transport), Configuration.NONE)))
                        .orElseGet(() -> client(transport, Configuration.getGlobalConfiguration())),
                timeouts.call());
    }

    /** @param settings of the JVM, such as {@code https.proxyHost}, which count where no variable names a proxy */
    private HttpClient client(reactor.netty.http.client.HttpClient transport, Configuration settings) {
        return new NettyAsyncHttpClientBuilder(transport)
                .configuration(settings)
                .connectTimeout(CONNECT)
                .responseTimeout(timeouts.silence())
                .readTimeout(timeouts.silence())
                .writeTimeout(timeouts.silence())
                .build();
    }

    private static HttpClient byProxy(ProxySettings proxy, HttpClient direct, HttpClient proxied) {
        return request -> {
            URL url = request.getUrl();
            int port = url.getPort() < 0 ? url.getDefaultPort() : url.getPort();
            return (proxy.to(url.getHost(), port).isPresent() ? proxied : direct).send(request);
        };
    }

    /** The proxy looks up the host names: behind a firewall this machine often cannot. */
    private static reactor.netty.http.client.HttpClient through(
            ProxySettings.Server server, reactor.netty.http.client.HttpClient transport) {
        ProxyProvider.Proxy type = switch (server.protocol()) {
            case HTTP -> ProxyProvider.Proxy.HTTP;
            case SOCKS5 -> ProxyProvider.Proxy.SOCKS5;
        };
        return transport.resolver(NoopAddressResolverGroup.INSTANCE).proxy(proxy -> {
            ProxyProvider.Builder address =
                    proxy.type(type).host(server.host()).port(server.port()).connectTimeoutMillis(CONNECT.toMillis());
            server.user()
                    .ifPresent(user -> address.username(user)
                            .password(_ -> server.password().orElse("")));
        });
    }

    /** The first handler of the channel: leadership is checked after token, pool and TLS, right before bytes are sent. */
    private static final class LastCheck extends ChannelOutboundHandlerAdapter {
        private final BooleanSupplier acts;

        LastCheck(BooleanSupplier acts) {
            this.acts = acts;
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            if (acts.getAsBoolean()) {
                context.flush();
            } else {
                context.close();
            }
        }
    }

    public Timeouts timeouts() {
        return timeouts;
    }

    public HttpClient http() {
        return http;
    }

    /** A new one: it remembers no token. */
    public TokenCredential credential(AzureIdentity identity) {
        AtomicReference<TokenCredential> credential = new AtomicReference<>(of(identity));
        return request -> credential.get().getToken(request).map(token -> {
            if (!TOKEN.matcher(token.getToken()).matches()) {
                credential.set(of(identity)); // the present one would keep this token for its whole life
                throw new ClientAuthenticationException(
                        "the token endpoint answered with a token that no header can have", null);
            }
            return refreshedNearItsEnd(token);
        });
    }

    private TokenCredential of(AzureIdentity identity) {
        return switch (identity) {
            case AzureIdentity.Own own ->
                connection.clientSecret().map(secret -> discreet(own(), secret)).orElseGet(this::own);
            case AzureIdentity.ServicePrincipal(var tenant, var client, var secret) ->
                discreet(
                        inCloud(new ClientSecretCredentialBuilder()
                                        .tenantId(tenant)
                                        .clientId(client)
                                        .clientSecret(secret))
                                .build(),
                        secret);
        };
    }

    /** Where Entra names no time to refresh a token, msal4j 1.26 has 1970, for which azure-core gets another token every 30 s. */
    private static AccessToken refreshedNearItsEnd(AccessToken token) {
        boolean unset = token.getRefreshAt() != null && token.getRefreshAt().toEpochSecond() == 0;
        return unset ? new AccessToken(token.getToken(), token.getExpiresAt(), null, token.getTokenType()) : token;
    }

    /** Errors of a token endpoint may repeat the client secret; such messages are replaced. */
    private static TokenCredential discreet(TokenCredential credential, String secret) {
        return request -> credential
                .getToken(request)
                .onErrorMap(
                        fault -> repeats(fault, secret),
                        fault -> new ClientAuthenticationException(
                                "the token endpoint refuses the secret, in words that repeat it and are not shown",
                                null));
    }

    private static boolean repeats(Throwable fault, String secret) {
        return Stream.iterate(fault, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .anyMatch(cause -> String.valueOf(cause.getMessage()).contains(secret));
    }

    private TokenCredential own() {
        if (connection.clientSecret().isPresent()) {
            return aad(new ClientSecretCredentialBuilder()
                            .clientSecret(connection.clientSecret().get()))
                    .build();
        }
        if (connection.federatedTokenFile().isPresent()) {
            return aad(new WorkloadIdentityCredentialBuilder()
                            .tokenFilePath(connection.federatedTokenFile().get().toString()))
                    .build();
        }
        ManagedIdentityCredentialBuilder managed = new ManagedIdentityCredentialBuilder();
        connection.clientId().ifPresent(managed::clientId);
        return managed.build();
    }

    private <B extends AadCredentialBuilderBase<B>> B aad(B builder) {
        connection.tenantId().ifPresent(builder::tenantId);
        connection.clientId().ifPresent(builder::clientId);
        return inCloud(builder);
    }

    private <B extends AadCredentialBuilderBase<B>> B inCloud(B builder) {
        connection.authorityHost().ifPresent(host -> builder.authorityHost(host.toString()));
        if (connection.disableInstanceDiscovery()) {
            builder.disableInstanceDiscovery();
        }
        return builder.httpClient(http).retryOptions(ONCE);
    }
}
