"""Manages exports with Microsoft's client and prints one JSON object with what the client returned."""

import datetime
import json
import os

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.costmanagement import CostManagementClient
from azure.mgmt.costmanagement import models

SUBSCRIPTION = "/subscriptions/" + os.environ["AZURE_SUBSCRIPTION_ID"]
# Management groups have Usage alone, uncompressed.
SCOPES = {
    "subscription": (SUBSCRIPTION, "FocusCost"),
    "resource-group": (SUBSCRIPTION + "/resourceGroups/finops", "ActualCost"),
    "management-group": ("/providers/Microsoft.Management/managementGroups/contoso", "Usage"),
    "billing-account": ("/providers/Microsoft.Billing/billingAccounts/1234567", "AmortizedCost"),
}
VERSIONS = {"FocusCost": "1.0", "ActualCost": "2021-10-01", "AmortizedCost": "2021-10-01", "Usage": None}
STORAGE_ACCOUNT = SUBSCRIPTION + "/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports"
TODAY = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


def client():
    # Instance discovery would call Microsoft's own endpoint, which does not know this authority.
    credential = ClientSecretCredential(
        tenant_id=os.environ["AZURE_TENANT_ID"],
        client_id=os.environ["AZURE_CLIENT_ID"],
        client_secret=os.environ["AZURE_CLIENT_SECRET"],
        authority=os.environ["AZURE_AUTHORITY_HOST"],
        disable_instance_discovery=True,
    )
    return CostManagementClient(
        credential,
        base_url=os.environ["AZURE_RESOURCE_MANAGER_ENDPOINT"],
        credential_scopes=[os.environ["AZURE_RESOURCE_MANAGER_AUDIENCE"] + "/.default"],
    )


def export(dataset, description, e_tag=None):
    return models.Export(
        e_tag=e_tag,
        properties=models.ExportProperties(
            format="Csv",
            compression_mode="none" if dataset == "Usage" else "gzip",
            partition_data=True,
            data_overwrite_behavior="OverwritePreviousReport",
            export_description=description,
            delivery_info=models.ExportDeliveryInfo(
                destination=models.ExportDeliveryDestination(
                    resource_id=STORAGE_ACCOUNT, container="exports", root_folder_path="finops"
                )
            ),
            definition=models.ExportDefinition(
                type=dataset,
                timeframe="MonthToDate",
                data_set=models.ExportDataset(
                    granularity="Daily",
                    configuration=models.ExportDatasetConfiguration(data_version=VERSIONS[dataset]),
                ),
            ),
            schedule=models.ExportSchedule(
                status="Active",
                recurrence="Daily",
                recurrence_period=models.ExportRecurrencePeriod(
                    from_property=TODAY + datetime.timedelta(days=1), to=TODAY + datetime.timedelta(days=365)
                ),
            ),
        ),
    )


def last_month():
    end = TODAY.replace(day=1) - datetime.timedelta(days=1)
    return models.ExportRunRequest(time_period=models.ExportTimePeriod(from_property=end.replace(day=1), to=end))


def refusal(call):
    """The status, code and type of the exception that a refused call raises."""
    try:
        call()
    except HttpResponseError as error:
        return {
            "status": error.status_code,
            "code": error.error.code if error.error else None,
            "notFound": isinstance(error, ResourceNotFoundError),
        }
    return None


def described(item):
    return {
        "id": item.id,
        "name": item.name,
        "type": item.type,
        "eTag": item.e_tag,
        "description": item.export_description,
        "container": item.delivery_info.destination.container,
        "dataset": item.definition.type,
        "dataVersion": item.definition.data_set.configuration.data_version,
        "recurrence": item.schedule.recurrence,
        "from": item.schedule.recurrence_period.from_property.isoformat(),
        "nextRun": item.next_run_time_estimate.isoformat() if item.next_run_time_estimate else None,
    }


def described_run(run):
    return {
        "id": run.id,
        "type": run.execution_type,
        "status": run.status,
        "by": run.submitted_by,
        "submitted": run.submitted_time.isoformat(),
        "from": run.start_date.date().isoformat(),
        "to": run.end_date.date().isoformat(),
        "container": run.run_settings.delivery_info.destination.container,
    }


def walk(exports, scope, dataset, name):
    def put(description, e_tag=None):
        return exports.create_or_update(scope, name, export(dataset, description, e_tag))

    seen = {"scope": scope, "name": name, "missing": refusal(lambda: exports.get(scope, name))}
    created = put("created")
    seen["created"] = described(created)
    seen["updateWithoutETag"] = refusal(lambda: put("overwritten"))
    seen["updated"] = described(put("updated", created.e_tag))
    seen["updateWithOldETag"] = refusal(lambda: put("stale", created.e_tag))
    seen["read"] = described(exports.get(scope, name))
    exports.execute(scope, name)
    exports.execute(scope, name, last_month())
    seen["runs"] = [described_run(run) for run in exports.get_execution_history(scope, name).value]
    seen["readRuns"] = len(exports.get(scope, name, expand="runHistory").run_history.value)
    listed = exports.list(scope, expand="runHistory").value
    seen["listed"] = {item.name: len(item.run_history.value) for item in listed}
    exports.delete(scope, name)
    seen["deleted"] = refusal(lambda: exports.get(scope, name))
    seen["left"] = [item.name for item in exports.list(scope).value]
    return seen


def main():
    with client() as azure:
        walks = [walk(azure.exports, scope, dataset, kind) for kind, (scope, dataset) in SCOPES.items()]
    print(json.dumps(walks))


main()
