package dev.finops.azure.costexport.system;

/** With a ClusterRole, for all namespaces. */
class LeastPrivilegeIT extends LeastPrivilege {}
