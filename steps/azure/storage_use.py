"""Services that keep their data in storage accounts of the customer's own."""

from collections.abc import Iterator

from integration import Context, Relationship, relationship_family
from integration.values import arm_key
from steps.azure._resource import properties_of, texts_at
from steps.azure._vaults import host_of
from steps.azure.storage_account import accounts_by_host, accounts_by_name

_USERS: dict[str, tuple[str, list[tuple[str, ...]]]] = {
    "azure_batch_account": ("microsoft.batch/batchaccounts", [("autoStorage", "storageAccountId")]),
    "azure_cognitive_services_account": (
        "microsoft.cognitiveservices/accounts",
        [("userOwnedStorage[]", "resourceId")],
    ),
    "azure_data_lake_analytics_account": (
        "microsoft.datalakeanalytics/accounts",
        [("storageAccounts[]", "name")],
    ),
    "azure_hdinsight_cluster": (
        "microsoft.hdinsight/clusters",
        [("storageProfile", "storageaccounts[]", "resourceId"), ("storageProfile", "storageaccounts[]", "name")],
    ),
    "azure_healthcare_dicom_service": (
        "microsoft.healthcareapis/workspaces/dicomservices",
        [("storageConfiguration", "storageResourceId")],
    ),
    "azure_healthcare_fhir_service": (
        "microsoft.healthcareapis/workspaces/fhirservices",
        [("exportConfiguration", "storageAccountName"), ("importConfiguration", "integrationDataStore")],
    ),
    "azure_healthcare_service": (
        "microsoft.healthcareapis/services",
        [("exportConfiguration", "storageAccountName")],
    ),
    "azure_purview_account": ("microsoft.purview/accounts", [("managedResources", "storageAccount")]),
    "azure_stream_analytics_job": (
        "microsoft.streamanalytics/streamingjobs",
        [("jobStorageAccount", "accountName")],
    ),
    "azure_synapse_workspace": (
        "microsoft.synapse/workspaces",
        [("defaultDataLakeStorage", "resourceId"), ("defaultDataLakeStorage", "accountUrl")],
    ),
    "azure_vm_scale_set": (
        "microsoft.compute/virtualmachinescalesets",
        [
            ("virtualMachineProfile", "diagnosticsProfile", "bootDiagnostics", "storageUri"),
            ("virtualMachineProfile", "storageProfile", "osDisk", "vhdContainers[]"),
        ],
    ),
}
"""Types of what uses storage accounts: the type of the resources, where they tell an account's id, host or name, which
no other account of Azure has."""


@relationship_family(list(_USERS), "USES", "azure_storage_account")
def azure_service_uses_storage_account(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A service keeps its data in a storage account."""
    accounts = accounts_by_name(ctx) | accounts_by_host(ctx)
    type, paths = _USERS[from_type]
    for row in ctx.azure.resources(type):
        told = [text for names in paths for text in texts_at(properties_of(row), *names)]
        found = (
            arm_key(text) if text.startswith("/") else accounts.get(host_of(text) or text.lower()) for text in told
        )
        for account in dict.fromkeys(found):
            if account:
                yield Relationship(arm_key(row["id"]), account)
