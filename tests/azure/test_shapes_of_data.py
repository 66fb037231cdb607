"""Databases, caches and other stores are read in the shape that Azure answers with."""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

KEY = "https://kv.vault.azure.example/keys/one/2"
VAULT = "https://kv.vault.azure.example"
TWICE = {"encryption": {"keyVaultProperties": [{"keyVaultUri": VAULT}, None], "requireInfrastructureEncryption": True}}
ENDPOINT = part("/connection", {"privateEndpoint": to("/PE")})
NODES = [{"virtualNetworkProfile": {"id": "/net", "subnet": "/Net/Subnets/S"}}, {"virtualNetworkProfile": None}, None]


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        ("azure_sql_server", "Microsoft.Sql/servers", {"keyId": KEY}, {"keyId": KEY}),
        ("azure_sql_managed_instance", "Microsoft.Sql/managedInstances", {"keyId": KEY}, {"keyId": KEY}),
        (
            "azure_postgresql_server",
            "Microsoft.DBforPostgreSQL/flexibleServers",
            {"dataEncryption": {"type": "AzureKeyVault", "primaryKeyURI": KEY}},
            {"dataEncryptionType": "AzureKeyVault", "primaryKeyUri": KEY},
        ),
        (
            "azure_mysql_server",
            "Microsoft.DBforMySQL/flexibleServers",
            {"dataEncryption": {"type": "AzureKeyVault", "primaryKeyURI": KEY}},
            {"dataEncryptionType": "AzureKeyVault", "primaryKeyUri": KEY},
        ),
        (
            "azure_cognitive_services_account",
            "Microsoft.CognitiveServices/accounts",
            {
                "networkAcls": {"defaultAction": "Deny", "ipRules": [{"value": "203.0.113.9"}, None]},
                "encryption": {"keyVaultProperties": {"keyVaultUri": VAULT}},
            },
            {"networkAcls.allowedIpAddresses": ["203.0.113.9"], "keyVaultUri": VAULT},
        ),
        (
            "azure_service_bus_namespace",
            "Microsoft.ServiceBus/namespaces",
            TWICE,
            {"keyVaultUris": [VAULT], "requireInfrastructureEncryption": True},
        ),
        (
            "azure_event_hub_namespace",
            "Microsoft.EventHub/namespaces",
            TWICE,
            {"keyVaultUris": [VAULT], "requireInfrastructureEncryption": True},
        ),
        (
            "azure_redis_cache",
            "Microsoft.Cache/redis",
            {"redisConfiguration": {"authnotrequired": "True"}},
            {"authenticationRequired": False, "microsoftEntraEnabled": None},
        ),
        ("azure_redis_cache", "Microsoft.Cache/redis", {}, {"authenticationRequired": None}),
        (
            "azure_machine_learning_workspace",
            "Microsoft.MachineLearningServices/workspaces",
            {"managedNetwork": {"isolationMode": "AllowInternetOutbound"}},
            {"managedNetworkIsolationMode": "AllowInternetOutbound"},
        ),
        (
            "azure_hdinsight_cluster",
            "Microsoft.HDInsight/clusters",
            {
                "diskEncryptionProperties": {"vaultUri": VAULT, "encryptionAtHost": False},
                "computeProfile": {"roles": NODES},
                "privateEndpointConnections": [ENDPOINT],
            },
            {
                "keyVaultUri": VAULT,
                "encryptionAtHost": False,
                "subnetIds": ["/net/subnets/s"],
                "privateEndpointIds": ["/pe"],
            },
        ),
        (
            "azure_data_explorer_cluster",
            "Microsoft.Kusto/clusters",
            {"virtualNetworkConfiguration": {"subnetId": "/Net/Subnets/S"}},
            {"subnetId": "/net/subnets/s"},
        ),
        (
            "azure_data_explorer_cluster",
            "Microsoft.Kusto/clusters",
            {"virtualNetworkConfiguration": {"subnetId": "/Net/Subnets/S", "state": "Disabled"}},
            {"subnetId": None},
        ),
        (
            "azure_databricks_workspace",
            "Microsoft.Databricks/workspaces",
            {"defaultStorageFirewall": "Enabled"},
            {"defaultStorageFirewall": "Enabled"},
        ),
        (
            "azure_snapshot",
            "Microsoft.Compute/snapshots",
            {"dataAccessAuthMode": "AzureActiveDirectory"},
            {"dataAccessAuthMode": "AzureActiveDirectory"},
        ),
        (
            "azure_storage_account",
            "Microsoft.Storage/storageAccounts",
            {"sasPolicy": {"sasExpirationPeriod": "1.00:00:00", "expirationAction": "Block"}},
            {"sasExpirationPeriod": "1.00:00:00", "sasExpirationAction": "Block"},
        ),
        (
            "azure_storage_account",
            "Microsoft.Storage/storageAccounts",
            {"azureFilesIdentityBasedAuthentication": {"defaultSharePermission": "StorageFileDataSmbShareReader"}},
            {"defaultSharePermission": "StorageFileDataSmbShareReader"},
        ),
        (
            "azure_sql_managed_instance",
            "Microsoft.Sql/managedInstances",
            {"createTime": "2024-03-20T10:40:57.0460787+00:00"},
            {"createdOn": 1710931257046},
        ),
        ("azure_sql_database", "Microsoft.Sql/servers/databases", {"readReplicaCount": 0}, {"readReplicaCount": 0}),
        (
            "azure_sql_database",
            "Microsoft.Sql/servers/databases",
            {"readReplicaCount": None, "highAvailabilityReplicaCount": 2},
            {"readReplicaCount": 2},
        ),
        (
            "azure_backup_vault",
            "Microsoft.DataProtection/backupVaults",
            {"isVaultProtectedByResourceGuard": True},
            {"isVaultProtectedByResourceGuard": True},
        ),
        (
            "azure_vm_scale_set",
            "Microsoft.Compute/virtualMachineScaleSets",
            {"virtualMachineProfile": {"securityProfile": {"uefiSettings": {"secureBootEnabled": False}}}},
            {"secureBootEnabled": False, "vTpmEnabled": None},
        ),
    ],
)
def test_what_azure_tells_of_what_is_stored_is_told(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one/two" if of.count("/") > 1 else "one", properties)
    check_told(azure, type, expected)


def test_where_results_of_scans_are_kept_is_told(place: Place, azure: Azure) -> None:
    server = place.put("Microsoft.Sql/servers", "sql", {})
    kept = {"storageContainerPath": "https://st.blob.example/scans/", "recurringScans": None}
    place.tenant.set_child(server, "/vulnerabilityAssessments/default", kept)
    type = "azure_sql_server_vulnerability_assessment"
    assert verdicts(azure.run(type)) == {"complete"}
    (found,) = entities(type).values()
    assert found["storageContainerPath"] == kept["storageContainerPath"]


def test_a_machine_of_a_scale_set_has_its_number_also_where_its_id_alone_tells_it(place: Place, azure: Azure) -> None:
    of = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines"
    for number, told in (("0", {}), ("7", {"instanceId": "7"})):
        place.put(of, f"set/{number}", told, table="computeresources")
    type = "azure_vm_scale_set_instance"
    assert verdicts(azure.run(type)) == {"complete"}
    assert {name: each["instanceId"] for name, each in entities(type).items()} == {"0": "0", "7": "7"}
