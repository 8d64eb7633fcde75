package dev.finops.azure.costexport.reconcile;

import dev.finops.azure.costexport.arm.ExportsClient;
import dev.finops.azure.costexport.observe.ScopeSnapshots;

/** What one identity reaches: all objects that act as it share its token, its snapshots and its quota. */
public record Session(ExportsClient azure, ScopeSnapshots snapshots, Deliveries deliveries) {}
