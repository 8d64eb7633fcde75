package dev.finops.azure.simulator;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an export hangs on, as the caller spelled it but without outer slashes. */
record Scope(String path, Kind kind) {

    private static final String GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String ACCOUNT = "providers/Microsoft\\.Billing/billingAccounts/[^/]+";

    enum Kind {
        SUBSCRIPTION("Subscription", "subscriptions/" + GUID),
        RESOURCE_GROUP("ResourceGroup", "subscriptions/" + GUID + "/resourceGroups/[^/]+"),
        MANAGEMENT_GROUP("ManagementGroup", "providers/Microsoft\\.Management/managementGroups/[^/]+"),
        BILLING_ACCOUNT("BillingAccount", ACCOUNT),
        DEPARTMENT("Department", ACCOUNT + "/departments/[^/]+"),
        ENROLLMENT_ACCOUNT("EnrollmentAccount", ACCOUNT + "/enrollmentAccounts/[^/]+"),
        BILLING_PROFILE("BillingProfile", ACCOUNT + "/billingProfiles/[^/]+"),
        INVOICE_SECTION("InvoiceSection", ACCOUNT + "(?:/billingProfiles/[^/]+)?/invoiceSections/[^/]+"),
        CUSTOMER("Customer", ACCOUNT + "/customers/[^/]+");

        final String label;
        private final Pattern pattern;

        Kind(String label, String pattern) {
            this.label = label;
            this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
        }
    }

    /** Nothing for a path that names no scope, such as one with a doubled slash. */
    static Optional<Scope> parse(String path) {
        var trimmed = trim(path);
        for (var kind : Kind.values()) {
            if (kind.pattern.matcher(trimmed).matches()) return Optional.of(new Scope(trimmed, kind));
        }
        return Optional.empty();
    }

    static Scope of(String path) {
        return parse(path).orElseThrow(() -> new IllegalArgumentException("not a scope: " + path));
    }

    private static String trim(String path) {
        return path.replaceAll("^/|/$", "");
    }

    String normal() {
        return path.toLowerCase(Locale.ROOT);
    }

    String lastSegment() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    boolean inSubscription() {
        return kind == Kind.SUBSCRIPTION || kind == Kind.RESOURCE_GROUP;
    }

    /** The ids of MCA billing accounts contain a colon, an enrollment number does not. */
    boolean isMca() {
        return path.contains(":") || kind == Kind.BILLING_PROFILE || kind == Kind.INVOICE_SECTION;
    }

    boolean isBilling() {
        return !inSubscription() && kind != Kind.MANAGEMENT_GROUP;
    }

    boolean isMcaBilling() {
        return isBilling() && isMca();
    }

    /** Whether this is the scope named, or lies below it. */
    boolean within(String other) {
        var outer = trim(other).toLowerCase(Locale.ROOT);
        return normal().equals(outer) || normal().startsWith(outer + "/");
    }
}
