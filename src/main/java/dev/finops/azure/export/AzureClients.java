package dev.finops.azure.export;

import dev.finops.azure.export.scope.ScopeCaches;

/** The clients of one identity. All objects with this identity share its token, its scope cache and its rate limits. */
public record AzureClients(ExportsApi azure, ScopeCaches scopes, DeliveryCheck deliveries) {}
