package dev.finops.azure.export;

import dev.finops.azure.export.scope.ScopeCaches;

/** What one identity reaches: all objects that act as it share its token, its snapshots and its quota. */
public record AzureClients(ExportsClient azure, ScopeCaches snapshots, DeliveryCheck deliveries) {}
