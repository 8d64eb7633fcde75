package dev.finops.azure.system;

/** With a ClusterRole, for all namespaces. */
class LeastPrivilegeIT extends LeastPrivilege {}
