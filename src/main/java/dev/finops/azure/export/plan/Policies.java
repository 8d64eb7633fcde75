package dev.finops.azure.export.plan;

import dev.finops.azure.api.v1alpha1.CostExportSpec;

/** What the policies allow. One that a newer schema brought and this release does not know allows nothing. */
public final class Policies {
    private Policies() {}

    public static boolean manages(CostExportSpec spec) {
        return spec.managementPolicy() == null || spec.managementPolicy().equals("Manage");
    }

    static boolean adopts(CostExportSpec spec) {
        return "Adopt".equals(spec.adoptionPolicy());
    }

    static boolean orphans(CostExportSpec spec, String origin) {
        return spec.deletionPolicy() == null
                ? !Planner.CREATED.equals(origin)
                : !spec.deletionPolicy().equals("Delete");
    }
}
