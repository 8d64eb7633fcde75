package dev.finops.azure.simulator;

/** A property that scopes, subscriptions or storage accounts of the simulated Azure can have. */
public enum Place {
    /** The caller has no role at the scope, nor at any scope below. */
    DENIED,
    /** The caller may not use the storage account as a destination. */
    STORAGE_DENIED,
    /**
     * A subscription of an individual agreement or of pay-as-you-go: applications cannot create exports, whatever their
     * role.
     */
    PERSONS_ONLY,
    /** A subscription of the pay-as-you-go offer, which has no FOCUS data. */
    PAY_AS_YOU_GO,
    /** Only the data type Usage exists. */
    USAGE_ONLY,
    /** The member partitionData is refused. */
    WITHOUT_PARTITIONS,
    /** The resource provider is disallowed for the subscription. */
    DISALLOWED_PROVIDER,
    /** The subscription of a storage account is not registered for Microsoft.CostManagementExports. */
    UNREGISTERED
}
