package dev.finops.azure.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finops.azure.api.v1alpha1.CostExportStatus.TimePeriod;
import dev.finops.azure.arm.ArmClient;
import dev.finops.azure.arm.ArmFailure;
import dev.finops.azure.arm.ArmRequest;
import dev.finops.azure.arm.ArmResponse;
import dev.finops.azure.arm.ArmResult;
import dev.finops.azure.arm.Operation;
import dev.finops.azure.document.Json;
import dev.finops.azure.document.Scope;
import dev.finops.azure.export.document.ExportId;
import dev.finops.azure.export.document.ObservedExport;
import dev.finops.azure.queue.Waiter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The Exports API ({@code Microsoft.CostManagement/exports}) at Azure Resource Manager. */
public final class ExportsClient implements ExportsApi {
    private static final String WITH_RUNS = "$expand=runHistory";

    private static final Operation LIST = new Operation("list", Operation.Kind.READ);
    private static final Operation GET = new Operation("get", Operation.Kind.READ);
    private static final Operation HISTORY = new Operation("history", Operation.Kind.READ);
    private static final Operation PUT = new Operation("put", Operation.Kind.WRITE);
    private static final Operation DELETE = new Operation("delete", Operation.Kind.DELETE);

    /** Cost Management limits the runs of a scope (docs/azure.md, "Throttling"). */
    private static final Operation RUN = new Operation("run", Operation.Kind.WRITE, true);

    private final ArmClient arm;

    public ExportsClient(ArmClient arm) {
        this.arm = arm;
    }

    @Override
    public <T> ArmResult<Listing<T>> list(Scope scope, Waiter caller, Function<ObservedExport, T> keep) {
        ArmRequest request =
                ArmRequest.get(LIST, scope, scope.path() + "/providers/Microsoft.CostManagement/exports", WITH_RUNS);
        ArmResult<ArmClient.Pages<ListPage<T>>> answer =
                arm.list(request, caller, text -> ListPage.read(text, export -> isAt(scope, export), keep));
        return switch (answer) {
            case ArmResult.Failed<ArmClient.Pages<ListPage<T>>>(var failure) -> new ArmResult.Failed<>(failure);
            case ArmResult.Ok<ArmClient.Pages<ListPage<T>>>(var read) -> new ArmResult.Ok<>(listing(read));
        };
    }

    private static <T> Listing<T> listing(ArmClient.Pages<ListPage<T>> read) {
        Map<String, T> exports = new HashMap<>();
        read.pages().forEach(page -> exports.putAll(page.byName()));
        return new Listing<>(exports, read.complete() && read.pages().stream().allMatch(ListPage::whole));
    }

    @Override
    public ArmResult<ObservedExport> get(ExportId id, Waiter caller) {
        return arm.call(ArmRequest.get(GET, id.scope(), id.path(), WITH_RUNS), caller, raw -> export(raw, id));
    }

    @Override
    public ArmResult<JsonNode> runHistory(ExportId id, Waiter caller) {
        return arm.call(
                ArmRequest.get(HISTORY, id.scope(), id.path() + "/runHistory", ""),
                caller,
                raw -> raw.json().map(body -> body.path("value")).filter(JsonNode::isArray));
    }

    @Override
    public ArmResult<ObservedExport> put(ExportId id, ObjectNode body, Waiter caller) {
        return arm.call(ArmRequest.put(PUT, id.scope(), id.path(), body), caller, raw -> export(raw, id));
    }

    /** An export that does not exist is deleted already. */
    @Override
    public ArmResult<Boolean> delete(ExportId id, Waiter caller) {
        ArmResult<Boolean> answer =
                arm.call(ArmRequest.delete(DELETE, id.scope(), id.path()), caller, raw -> Optional.of(true));
        return answer instanceof ArmResult.Failed<Boolean>(ArmFailure.ResourceNotFound absent)
                ? new ArmResult.Ok<>(false)
                : answer;
    }

    @Override
    public ArmResult<Boolean> run(ExportId id, TimePeriod period, Waiter caller) {
        // Azure rejects an empty object ("Invalid time period provided."): without a period there is no body.
        Optional<ObjectNode> body =
                Optional.ofNullable(period).map(dates -> Json.object().set("timePeriod", Json.tree(dates)));
        return arm.call(ArmRequest.post(RUN, id.scope(), id.path() + "/run", body), caller, raw -> Optional.of(true));
    }

    /** Rejects a body that belongs to another export, which a caching proxy may serve, or has no properties. */
    private static Optional<ObservedExport> export(ArmResponse raw, ExportId asked) {
        return raw.json()
                .filter(body -> isExport(body) && !body.path("properties").isEmpty())
                .map(body -> new ObservedExport((ObjectNode) body))
                .filter(export -> export.isOf(asked));
    }

    /** An export of a scope below may have the name of one that is here. */
    private static boolean isAt(Scope scope, ObservedExport export) {
        return export.name()
                .filter(name -> export.isOf(new ExportId(scope, name)))
                .isPresent();
    }

    static boolean isExport(JsonNode body) {
        return body.isObject() && body.path("properties").isObject();
    }
}
