package dev.finops.azure.simulator;

import java.util.Map;

/** Error answers with the texts that Azure sends: what the simulator says itself, and ready-made faults. */
public final class ArmErrors {

    private ArmErrors() {}

    /**
     * What Cost Management sends when a bucket is exhausted: {@code entity}, {@code tenant}, {@code client}, {@code
     * clienttype} or {@code qpu}.
     */
    public static Answer throttled(String bucket, int seconds) {
        return throttledBy("x-ms-ratelimit-microsoft.costmanagement-" + bucket + "-retry-after", seconds)
                .with("x-ms-ratelimit-remaining-microsoft.costmanagement-" + bucket + "-requests", "DefaultQuota:0");
    }

    /**
     * 429 with a header of the caller's choice, such as {@code Retry-After} or {@code
     * x-ms-ratelimit-microsoft.consumption-retry-after}.
     */
    public static Answer throttledBy(String header, int seconds) {
        return Answer.error(429, "429", "Too many requests. Please retry.").with(header, Integer.toString(seconds));
    }

    /** What Azure Resource Manager itself sends when its bucket is empty. */
    public static Answer subscriptionThrottled(String kind, String subscription, int seconds) {
        return Answer.error(
                        429,
                        "SubscriptionRequestsThrottled",
                        ("Number of '%s' requests for subscription '%s' exceeded. Please try again after '%d' "
                                        + "seconds after additional tokens are available. Refer to "
                                        + "https://aka.ms/arm-throttling for additional information.")
                                .formatted(kind, subscription, seconds))
                .with("Retry-After", Integer.toString(seconds));
    }

    public static Answer unavailable(int retryAfterSeconds) {
        return Answer.error(503, "ServiceUnavailable", "The service is temporarily unavailable.")
                .with("Retry-After", Integer.toString(retryAfterSeconds));
    }

    public static Answer internalError() {
        return Answer.error(500, "InternalServerError", "Encountered internal server error.");
    }

    /** What a gateway in front of ARM says. */
    public static Answer badGateway() {
        return new Answer(
                502,
                Map.of("Content-Type", "text/html"),
                "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>");
    }

    public static Answer authorizationFailed(String principal, String action, String scope) {
        return Answer.error(
                403,
                "AuthorizationFailed",
                ("The client '%s' with object id '%s' does not have authorization to perform action '%s' "
                                + "over scope '%s' or the scope is invalid. If access was recently "
                                + "granted, please refresh your credentials.")
                        .formatted(principal, principal, action, scope));
    }

    /** How Cost Management itself says that the caller has no role. */
    public static Answer accessDenied() {
        return Answer.error(
                401,
                "RBACAccessDenied",
                "The client does not have authorization to perform action. Request ID: NoHttpContext");
    }

    /** A 401 without any body, as billing scopes of a Microsoft Customer Agreement send it. */
    public static Answer bareUnauthorized() {
        return Answer.empty(401);
    }

    /** The error shape of ASP.NET itself, which has no member {@code error}. */
    public static Answer foreignShape(int status) {
        return Answer.json(
                status,
                Json.object()
                        .put("message", "No HTTP resource was found that matches the request URI.")
                        .put(
                                "messageDetail",
                                "No type was found that matches the controller named 'OperationResults'."));
    }

    public static Answer notAcceptable() {
        return Answer.error(406, "NotAcceptable", "Not Acceptable");
    }

    public static Answer disallowedProvider(String namespace) {
        return Answer.error(
                403,
                "DisallowedProvider",
                "The operation is not permitted for namespace '" + namespace
                        + "'. List of permitted provider namespaces is 'Microsoft.Authorization,Microsoft.Resources'.");
    }

    public static Answer unauthorized() {
        return Answer.error(401, "Unauthorized", "Unauthorized. Authentication failed.");
    }

    public static Answer storageRoleMissing() {
        return Answer.error(
                401,
                "Unauthorized",
                "The user does not have authorization to perform "
                        + "'Microsoft.Authorization/roleAssignments/write' action on specified storage "
                        + "account, please use a storage account with sufficient "
                        + "permissions. If the permissions have changed recently then retry after some time.");
    }

    public static Answer scopeLocked(String scope) {
        return Answer.error(
                409,
                "ScopeLocked",
                ("The scope '%s' cannot perform write operation because following scope(s) are locked: '%s'. "
                                + "Please remove the lock and try again.")
                        .formatted(scope, scope));
    }

    public static Answer policyDenied(String export) {
        return Answer.error(403, "RequestDisallowedByPolicy", "Resource '" + export + "' was disallowed by policy.");
    }

    public static Answer subscriptionNotFound(String subscription) {
        return Answer.error(404, "SubscriptionNotFound", "The subscription '" + subscription + "' could not be found.");
    }

    public static Answer resourceGroupNotFound(String group) {
        return Answer.error(404, "ResourceGroupNotFound", "Resource group '" + group + "' could not be found.");
    }

    public static Answer registrationMissing() {
        return Answer.error(
                409,
                "MissingSubscriptionRegistration",
                "The subscription is not registered to use namespace "
                        + "'Microsoft.CostManagementExports'. See https://aka.ms/rps-not-found for how to "
                        + "register subscriptions.");
    }

    public static Answer keyAccessDisabled() {
        return Answer.error(
                400,
                "400",
                "Key-based authentication is currently disabled on this storage account. To proceed, please enable "
                        + "\"Allow storage account key access\" in the storage account configuration.");
    }

    static Answer providerNotRegistered() {
        return Answer.error(
                400,
                "400",
                "RP Not Registered. Register destination storage account subscription with "
                        + "Microsoft.CostManagementExports. Please refer "
                        + "https://docs.microsoft.com/en-us/rest/api/resources/providers/register");
    }

    public static Answer emailClaimMissing() {
        return Answer.error(
                400, "400", "A valid email claim is required. Email claim is missing in the request header.");
    }

    /** Sends the client, and its bearer token if it is careless, to another host. */
    public static Answer redirect(int status, String location) {
        return Answer.empty(status).with("Location", location);
    }

    /** A JSON text that ends too early, with a status that says all is well. */
    public static Answer truncatedJson() {
        return new Answer(
                200, Map.of("Content-Type", "application/json; charset=utf-8"), "{\"id\":\"subscriptions/0000");
    }

    /** JSON of another shape than the one asked for, with a status that says all is well. */
    public static Answer wrongShape() {
        return new Answer(200, Map.of("Content-Type", "application/json; charset=utf-8"), "[{\"value\":42}]");
    }
}
