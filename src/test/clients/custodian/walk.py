"""Manages exports with Cloud Custodian and prints one JSON object with what it returned.

Policies list exports, filter them by their last run and run them. Custodian has no action that creates or deletes an
export: that part uses the client that Custodian's own session builds (azure-mgmt-costmanagement 1.0.0, 2020-06-01).
"""

import contextlib
import datetime
import functools
import io
import json
import os
import pathlib
import sys

import azure.mgmt.costmanagement
import c7n.cli
import c7n_azure.session
from azure.core.exceptions import HttpResponseError
from azure.mgmt.costmanagement import models
from msrestazure.azure_cloud import AZURE_PUBLIC_CLOUD

HERE = pathlib.Path(__file__).parent
ARM = os.environ["AZURE_RESOURCE_MANAGER_ENDPOINT"]
SCOPE = "/subscriptions/" + os.environ["AZURE_SUBSCRIPTION_ID"]
NAME = "custodian"
CLIENT = "azure.mgmt.costmanagement.CostManagementClient"
STORAGE_ACCOUNT = SCOPE + "/resourceGroups/finops/providers/Microsoft.Storage/storageAccounts/finopsexports"


def redirect():
    """Replaces the addresses of the public cloud. Custodian has no setting for them."""
    AZURE_PUBLIC_CLOUD.endpoints.resource_manager = ARM
    AZURE_PUBLIC_CLOUD.endpoints.active_directory = os.environ["AZURE_AUTHORITY_HOST"]
    # Instance discovery would call Microsoft's own endpoint, which does not know this authority.
    c7n_azure.session.ClientSecretCredential = functools.partial(
        c7n_azure.session.ClientSecretCredential, disable_instance_discovery=True
    )
    azure.mgmt.costmanagement.CostManagementClient = functools.partial(
        azure.mgmt.costmanagement.CostManagementClient, base_url=ARM
    )


def export(container, e_tag=None):
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return models.Export(
        e_tag=e_tag,
        format="Csv",
        delivery_info=models.ExportDeliveryInfo(
            destination=models.ExportDeliveryDestination(
                resource_id=STORAGE_ACCOUNT, container=container, root_folder_path="finops"
            )
        ),
        definition=models.ExportDefinition(
            type="ActualCost", timeframe="MonthToDate", data_set=models.ExportDataset(granularity="Daily")
        ),
        schedule=models.ExportSchedule(
            status="Active",
            recurrence="Daily",
            recurrence_period=models.ExportRecurrencePeriod(
                from_property=today + datetime.timedelta(days=1), to=today + datetime.timedelta(days=365)
            ),
        ),
    )


def custodian(output):
    """Runs the policies as the command `custodian run` does and returns what each of them matched."""
    sys.argv = ["custodian", "run", "--output-dir", output, "--cache-period", "0", str(HERE / "policies.yml")]
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            c7n.cli.main()
        except SystemExit as end:
            if end.code:
                raise
    return {found.parent.name: json.loads(found.read_text()) for found in pathlib.Path(output).glob("*/resources.json")}


def refusal(call):
    """The status of the exception that a refused call raises."""
    try:
        call()
    except HttpResponseError as error:
        return error.status_code
    return None


def described(item):
    return {"id": item.id, "name": item.name, "eTag": item.e_tag, "container": item.delivery_info.destination.container}


def main():
    redirect()
    exports = c7n_azure.session.Session().client(CLIENT).exports
    seen = {"scope": SCOPE, "name": NAME}
    created = exports.create_or_update(SCOPE, NAME, export("exports"))
    seen["created"] = described(created)
    seen["updateWithoutETag"] = refusal(lambda: exports.create_or_update(SCOPE, NAME, export("overwritten")))
    seen["updated"] = described(exports.create_or_update(SCOPE, NAME, export("archive", created.e_tag)))
    seen["read"] = described(exports.get(SCOPE, NAME))
    seen["policies"] = custodian(sys.argv[1])
    seen["runs"] = [
        {"status": run.status, "by": run.submitted_by, "submitted": run.submitted_time.isoformat()}
        for run in exports.get_execution_history(SCOPE, NAME).value
    ]
    exports.delete(SCOPE, NAME)
    seen["deleted"] = refusal(lambda: exports.get(SCOPE, NAME))
    seen["left"] = [item.name for item in exports.list(SCOPE).value]
    print(json.dumps(seen))


main()
