package dev.finops.azure.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ARM id at which costs are collected, as it was spelled, without the slash at its end.
 *
 * <p>ARM ids mean the same in any letter case, and Azure itself answers some without their leading slash
 * (docs/azure.md, "Ids"); {@link #key()} is equal for all spellings.
 */
public record Scope(String path) {
    private static final Pattern SUBSCRIPTION = Pattern.compile("^/subscriptions/([^/]+)", Pattern.CASE_INSENSITIVE);

    /** A Microsoft Customer or Partner Agreement: the ids of its accounts have a colon (docs/azure.md, "Ids"). */
    private static final Pattern CUSTOMER_AGREEMENT =
            Pattern.compile(":|/(billingProfiles|invoiceSections|customers)/", Pattern.CASE_INSENSITIVE);

    /** Who gives rights there, and which data it has. */
    public enum Kind {
        SUBSCRIPTION,
        MANAGEMENT_GROUP,
        ENROLLMENT,
        CUSTOMER_AGREEMENT
    }

    public Scope {
        Objects.requireNonNull(path, "scope");
        path = "/" + Slashes.strip(path);
    }

    public String key() {
        return LetterCase.fold(path);
    }

    /** A resource group counts as its subscription, a department and an enrollment account as their enrollment. */
    public Kind kind() {
        return key().startsWith("/providers/microsoft.management/")
                ? Kind.MANAGEMENT_GROUP
                : !key().startsWith("/providers/microsoft.billing/")
                        ? Kind.SUBSCRIPTION
                        : CUSTOMER_AGREEMENT.matcher(path).find() ? Kind.CUSTOMER_AGREEMENT : Kind.ENROLLMENT;
    }

    public boolean isBilling() {
        return kind() == Kind.ENROLLMENT || kind() == Kind.CUSTOMER_AGREEMENT;
    }

    /**
     * The subscription whose ARM quota a call at this scope uses, or {@code tenant} for billing scopes and management
     * groups.
     */
    public String quotaOwner() {
        Matcher subscription = SUBSCRIPTION.matcher(path);
        return subscription.find() ? LetterCase.fold(subscription.group(1)) : "tenant";
    }

    /**
     * The scopes that this one is in, as far as its path tells: which subscriptions a management group has is only
     * Azure's to know.
     */
    public List<Scope> around() {
        List<Scope> around = new ArrayList<>();
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            around.add(new Scope(path.substring(0, slash)));
        }
        return around;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scope scope && scope.key().equals(key());
    }

    @Override
    public int hashCode() {
        return key().hashCode();
    }

    @Override
    public String toString() {
        return path;
    }
}
