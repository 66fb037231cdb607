"""Services lead to the vaults, the subnets and the storage accounts that they name, wherever each names them."""

from typing import Any

import pytest

from tests.azure.one_group import S, azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure import Fault
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

VAULT, HSM = "https://KV.vault.azure.example", "https://hsm.managedhsm.azure.example/"
KEY = f"{VAULT}/keys/one/2"
FLEXIBLE = {"dataEncryption": {"type": "AzureKeyVault", "primaryKeyURI": KEY}}
BY_VAULT = {"encryption": {"keyVaultProperties": {"keyVaultUri": f"{VAULT}/"}}}
BY_KEY = {"encryption": {"keyVaultProperties": {"keyIdentifier": KEY}}}
SEVERAL = {"encryption": {"keyVaultProperties": [None, {"keyName": "a"}, {"keyVaultUri": VAULT}]}}
BRICKS = {"entities": {"managedServices": {"keyVaultProperties": {"keyVaultUri": VAULT}}, "managedDisk": None}}
COPIES = {"securitySettings": {"encryptionSettings": {"keyVaultProperties": {"keyUri": KEY}}}}
KV = f"/subscriptions/{S}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/KV"
DISK_KEYS = [None, {"diskEncryptionKey": {"secretUrl": f"{VAULT}/secrets/one/2"}, "keyEncryptionKey": {"keyUrl": KEY}}]
GATE = {"customHttpsConfiguration": {"keyVaultCertificateSourceParameters": {"vault": to(KV), "secretName": "gate"}}}
KEYS: list[tuple[str, dict[str, Any]]] = [
    ("Microsoft.Automation/automationAccounts", {"encryption": {"keyVaultProperties": {"keyvaultUri": VAULT}}}),
    ("Microsoft.Batch/batchAccounts", BY_KEY),
    ("Microsoft.Batch/batchAccounts", {"keyVaultReference": {"id": "/kv", "url": VAULT}}),
    ("Microsoft.Cache/redisEnterprise", {"encryption": {"customerManagedKeyEncryption": {"keyEncryptionKeyUrl": KEY}}}),
    ("Microsoft.CognitiveServices/accounts", BY_VAULT),
    ("Microsoft.Compute/diskEncryptionSets", {"activeKey": {"keyUrl": KEY}}),
    ("Microsoft.Compute/disks", {"encryptionSettingsCollection": {"encryptionSettings": DISK_KEYS}}),
    ("Microsoft.Compute/snapshots", {"encryptionSettingsCollection": {"encryptionSettings": DISK_KEYS}}),
    (
        "Microsoft.Compute/virtualMachines/extensions",
        {"protectedSettingsFromKeyVault": {"secretUrl": f"{VAULT}/secrets/one", "sourceVault": to(KV)}},
    ),
    ("Microsoft.Databricks/workspaces", {"encryption": BRICKS}),
    ("Microsoft.ContainerInstance/containerGroups", {"encryptionProperties": {"vaultBaseUrl": VAULT}}),
    ("Microsoft.Databricks/workspaces", {"parameters": {"encryption": {"value": {"keyvaulturi": VAULT}}}}),
    ("Microsoft.DataFactory/factories", {"encryption": {"vaultBaseUrl": VAULT}}),
    (
        "Microsoft.Network/firewallPolicies",
        {"transportSecurity": {"certificateAuthority": {"keyVaultSecretId": f"{VAULT}/secrets/ca"}}},
    ),
    ("Microsoft.DataLakeStore/accounts", {"encryptionConfig": {"keyVaultMetaInfo": {"keyVaultResourceId": KV}}}),
    ("Microsoft.DataProtection/backupVaults", COPIES),
    ("Microsoft.DBforMySQL/flexibleServers", FLEXIBLE),
    ("Microsoft.DBforPostgreSQL/flexibleServers", FLEXIBLE),
    ("Microsoft.DocumentDB/databaseAccounts", {"keyVaultKeyUri": f"{VAULT}/keys/one"}),
    ("Microsoft.EventHub/namespaces", SEVERAL),
    ("Microsoft.HDInsight/clusters", {"diskEncryptionProperties": {"vaultUri": VAULT}}),
    ("Microsoft.Kusto/clusters", {"keyVaultProperties": {"keyVaultUri": VAULT}}),
    ("Microsoft.MachineLearningServices/workspaces", BY_KEY),
    ("Microsoft.NetApp/netAppAccounts", BY_VAULT),
    ("Microsoft.Network/frontDoors", {"frontendEndpoints": [part("/one", {}), part("/two", GATE)]}),
    ("Microsoft.ServiceBus/namespaces", SEVERAL),
    ("Microsoft.Sql/managedInstances", {"keyId": KEY}),
    ("Microsoft.Sql/servers", {"keyId": KEY}),
    ("Microsoft.Sql/servers/databases", {"encryptionProtector": KEY}),
    ("Microsoft.StorageCache/caches", {"encryptionSettings": {"keyEncryptionKey": {"keyUrl": KEY}}}),
    ("Microsoft.Synapse/workspaces", {"encryption": {"cmk": {"key": {"name": "default", "keyVaultUrl": KEY}}}}),
]


def put(place: Place, of: str, properties: dict[str, Any], name: str = "one") -> str:
    return place.put(of, f"{name}/two" if of.count("/") > 1 else name, properties).lower()


@pytest.mark.parametrize(("of", "properties"), KEYS)
def test_what_is_encrypted_with_a_key_leads_to_its_vault(
    place: Place, azure: Azure, of: str, properties: dict[str, Any]
) -> None:
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {"vaultUri": f"{VAULT.lower()}/"})
    place.put("Microsoft.KeyVault/vaults", "unnamed", {})
    place.put(of, "alone/two" if of.count("/") > 1 else "alone", {"encryption": None, "keyId": None})
    holder = put(place, of, properties)
    assert verdicts(azure.run("azure_resource_uses_keyvault_service")) == {"complete"}
    assert edges() == {(holder, vault.lower())}


def test_a_key_may_be_in_a_managed_hsm(place: Place, azure: Azure) -> None:
    hsm = place.put("Microsoft.KeyVault/managedHSMs", "hsm", {"hsmUri": HSM}).lower()
    server = put(place, "Microsoft.Sql/servers", {"keyId": f"{HSM}keys/one/2"})
    told = {"keyvaultproperties": {"keyvaulturi": HSM, "keyname": "one"}}
    account = put(place, "Microsoft.Storage/storageAccounts", {"encryption": told})
    types = "azure_resource_uses_keyvault_managed_hsm", "azure_storage_account_uses_keyvault_managed_hsm"
    assert verdicts(azure.run(*types)) == {"complete"}
    assert edges() == {(server, hsm), (account, hsm)}


SUBNET = "/Net/Subnets/One"
NETWORK = {"networkInterfaceConfigurations": [part("/n", {"ipConfigurations": [part("/i", {"subnet": to(SUBNET)})]})]}
HDINSIGHT = {"roles": [{"virtualNetworkProfile": {"id": "/net", "subnet": SUBNET}}, {"virtualNetworkProfile": None}]}


@pytest.mark.parametrize(
    ("type", "of", "properties"),
    [
        ("data_explorer_cluster", "Microsoft.Kusto/clusters", {"virtualNetworkConfiguration": {"subnetId": SUBNET}}),
        ("hdinsight_cluster", "Microsoft.HDInsight/clusters", {"computeProfile": HDINSIGHT}),
        ("hpc_cache", "Microsoft.StorageCache/caches", {"subnet": SUBNET}),
        (
            "mysql_server",
            "Microsoft.DBforMySQL/flexibleServers",
            {"network": {"delegatedSubnetResourceId": SUBNET}},
        ),
        (
            "postgresql_server",
            "Microsoft.DBforPostgreSQL/flexibleServers",
            {"network": {"delegatedSubnetResourceId": SUBNET}},
        ),
        ("redis_cache", "Microsoft.Cache/redis", {"subnetId": SUBNET}),
        (
            "synapse_workspace",
            "Microsoft.Synapse/workspaces",
            {"virtualNetworkProfile": {"computeSubnetId": SUBNET}},
        ),
        (
            "vm_scale_set",
            "Microsoft.Compute/virtualMachineScaleSets",
            {"virtualMachineProfile": {"networkProfile": NETWORK}},
        ),
        ("batch_pool", "Microsoft.Batch/batchAccounts/pools", {"networkConfiguration": {"subnetId": SUBNET}}),
    ],
)
def test_what_is_put_into_a_subnet_is_in_it(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any]
) -> None:
    below, table = of.count("/") > 1, "batchresources" if type == "batch_pool" else ""
    for name, told in (("in", properties), ("out", {})):
        place.put(of, f"one/{name}" if below else name, told, table=table)
    name = f"azure_subnet_has_{type}"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(SUBNET.lower(), place.of(of, "one/in" if below else "in").lower())}


def test_a_workspace_of_databricks_is_in_the_network_that_it_was_put_into(place: Place, azure: Azure) -> None:
    told = {"parameters": {"customVirtualNetworkId": {"type": "String", "value": "/Net"}}}
    workspace = put(place, "Microsoft.Databricks/workspaces", told)
    name = "azure_vnet_has_databricks_workspace"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {("/net", workspace)}


STARTS_THERE = {"diagnosticsProfile": {"bootDiagnostics": {"storageUri": "https://account.blob.example/"}}}
FILES_THERE = {"storageProfile": {"osDisk": {"vhdContainers": ["https://account.blob.example/vhds", None]}}}
DATA_LAKE = {"accountUrl": "https://Account.dfs.example", "filesystem": "f"}


@pytest.mark.parametrize(
    ("type", "of", "properties"),
    [
        ("batch_account", "Microsoft.Batch/batchAccounts", {"autoStorage": {"storageAccountId": "{}"}}),
        (
            "cognitive_services_account",
            "Microsoft.CognitiveServices/accounts",
            {"userOwnedStorage": [None, {"resourceId": "{}"}]},
        ),
        (
            "hdinsight_cluster",
            "Microsoft.HDInsight/clusters",
            {"storageProfile": {"storageaccounts": [{"name": "account.blob.example", "resourceId": "{}"}]}},
        ),
        (
            "hdinsight_cluster",
            "Microsoft.HDInsight/clusters",
            {"storageProfile": {"storageaccounts": [{"name": "account.blob.example"}, {"name": "other.example"}]}},
        ),
        (
            "healthcare_service",
            "Microsoft.HealthcareApis/services",
            {"exportConfiguration": {"storageAccountName": "Account"}},
        ),
        (
            "healthcare_fhir_service",
            "Microsoft.HealthcareApis/workspaces/fhirservices",
            {"exportConfiguration": {"storageAccountName": "account"}},
        ),
        (
            "healthcare_fhir_service",
            "Microsoft.HealthcareApis/workspaces/fhirservices",
            {"importConfiguration": {"enabled": True, "integrationDataStore": "account"}},
        ),
        (
            "stream_analytics_job",
            "Microsoft.StreamAnalytics/streamingjobs",
            {"jobStorageAccount": {"accountName": "account", "authenticationMode": "Msi"}},
        ),
        ("purview_account", "Microsoft.Purview/accounts", {"managedResources": {"storageAccount": "{}"}}),
        ("vm_scale_set", "Microsoft.Compute/virtualMachineScaleSets", {"virtualMachineProfile": STARTS_THERE}),
        ("vm_scale_set", "Microsoft.Compute/virtualMachineScaleSets", {"virtualMachineProfile": FILES_THERE}),
        ("synapse_workspace", "Microsoft.Synapse/workspaces", {"defaultDataLakeStorage": DATA_LAKE}),
        (
            "synapse_workspace",
            "Microsoft.Synapse/workspaces",
            {"defaultDataLakeStorage": DATA_LAKE | {"resourceId": "{}"}},
        ),
    ],
)
def test_what_keeps_its_data_in_a_storage_account_leads_to_it(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any]
) -> None:
    answers = {"blob": "https://account.blob.example/", "dfs": "https://account.dfs.example/"}
    account = place.put("Microsoft.Storage/storageAccounts", "account", {"primaryEndpoints": answers})
    put(place, of, {}, "alone")
    service = put(place, of, filled(properties, account.upper()))
    name = f"azure_{type}_uses_storage_account"
    assert verdicts(azure.run(name)) == {"complete"}
    assert edges() == {(service, account.lower())}


def filled(value: Any, id: str) -> Any:
    if isinstance(value, dict):
        return {name: filled(each, id) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, id) for each in value]
    return id if value == "{}" else value


USED, SEALED = to("/USED"), {"diskEncryptionSetId": "/USED"}


@pytest.mark.parametrize(
    ("type", "of", "properties"),
    [
        ("managed_disk_uses_disk_access", "disks", {"diskAccessId": "/USED"}),
        ("snapshot_uses_disk_access", "snapshots", {"diskAccessId": "/USED"}),
        (
            "managed_disk_uses_disk_encryption_set",
            "disks",
            {"securityProfile": {"secureVMDiskEncryptionSetId": "/USED"}, "encryption": {"diskEncryptionSetId": None}},
        ),
        (
            "image_uses_disk_encryption_set",
            "images",
            {"storageProfile": {"osDisk": {"diskEncryptionSet": None}, "dataDisks": [{"diskEncryptionSet": USED}]}},
        ),
        (
            "shared_image_version_uses_disk_encryption_set",
            "galleries/images/versions",
            {"publishingProfile": {"targetRegions": [None, {"encryption": {"osDiskImage": SEALED}}]}},
        ),
        (
            "shared_image_version_uses_disk_encryption_set",
            "galleries/images/versions",
            {"publishingProfile": {"targetRegions": [{"encryption": {"dataDiskImages": [{**SEALED, "lun": 0}]}}]}},
        ),
        *(
            ("vm_scale_set_uses_disk_encryption_set", "virtualMachineScaleSets", {"virtualMachineProfile": told})
            for told in (
                {"storageProfile": {"osDisk": {"managedDisk": {"diskEncryptionSet": USED}}}},
                {"storageProfile": {"osDisk": {"managedDisk": {"securityProfile": {"diskEncryptionSet": USED}}}}},
                {"storageProfile": {"osDisk": {}, "dataDisks": [{}, {"managedDisk": {"diskEncryptionSet": USED}}]}},
            )
        ),
    ],
)
def test_a_disk_leads_to_what_opens_or_encrypts_it(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any]
) -> None:
    name = "/".join(["one", "two", "three"][: of.count("/") + 1])
    disk = place.put(f"Microsoft.Compute/{of}", name, properties).lower()
    assert verdicts(azure.run(f"azure_{type}"), [f"azure_{type}"]) == {"complete"}
    assert edges() == {(disk, "/used")}


def test_those_whom_a_managed_hsm_was_made_for_administer_it(place: Place, azure: Azure) -> None:
    ids = [None, "USER-0001", "user-0001", "sp-0001"]
    hsm = put(place, "Microsoft.KeyVault/managedHSMs", {"initialAdminObjectIds": ids})
    place.put("Microsoft.KeyVault/managedHSMs", "alone", {})
    type = "azure_keyvault_managed_hsm_allows_principal"
    assert verdicts(azure.run(type), [type]) == {"complete"}
    assert edges() == {(hsm, "user-0001"), (hsm, "sp-0001")}


def test_what_a_sql_server_writes_down_is_in_the_storage_account_of_that_address(place: Place, azure: Azure) -> None:
    answers = {"primaryEndpoints": {"blob": "https://account.blob.example/"}}
    account = place.put("Microsoft.Storage/storageAccounts", "account", answers).lower()
    for name, endpoint in (("kept", "https://Account.blob.example"), ("elsewhere", "")):
        server = place.put("Microsoft.Sql/servers", name, {})
        told = {"state": "Enabled", "storageEndpoint": endpoint}
        place.tenant.set_child(server, "/auditingSettings/default", told)
    type = "azure_sql_server_auditing_setting_uses_storage_account"
    assert verdicts(azure.run(type)) == {"complete"}
    kept = f"{place.of('Microsoft.Sql/servers', 'kept')}/auditingSettings/default".lower()
    assert edges() == {(kept, account)}


def test_events_of_a_hub_are_kept_in_a_storage_account(place: Place, azure: Azure) -> None:
    account = place.put("Microsoft.Storage/storageAccounts", "account", {}).lower()
    namespace = place.put("Microsoft.EventHub/namespaces", "ns", {})
    kept = {"enabled": True, "destination": {"properties": {"storageAccountResourceId": account.upper()}}}
    for name, told in (("kept", kept), ("gone", None)):
        place.tenant.add_child(namespace, "/eventhubs", name, {"captureDescription": told})
    type = "azure_event_hub_uses_storage_account"
    assert verdicts(azure.run(type)) == {"complete"}
    assert edges() == {(f"{namespace}/eventhubs/kept".lower(), account)}


GRID = "/providers/Microsoft.EventGrid/eventSubscriptions"
QUEUE, ACTIONS = "/sb/Queues/One", "/Actions"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"destination": {"properties": {"resourceId": QUEUE}}}, QUEUE),
        ({"deliveryWithResourceIdentity": {"destination": {"properties": {"resourceId": QUEUE}}}}, QUEUE),
        ({"destination": {"properties": {"resourceId": "/Sites/App/Functions/one"}}}, "/sites/app"),
        ({"destination": {"endpointType": "MonitorAlert", "properties": {"actionGroups": [ACTIONS, None]}}}, ACTIONS),
        ({"destination": {"endpointType": "WebHook", "properties": {"endpointBaseUrl": "https://a.example"}}}, None),
    ],
)
def test_events_lead_to_the_resource_that_they_are_sent_to(
    place: Place, azure: Azure, told: dict[str, Any], expected: str | None
) -> None:
    topic = place.put("Microsoft.EventGrid/topics", "topic", {})
    place.tenant.add_child(topic, GRID, "one", told)
    type = "azure_event_grid_topic_subscription_notifies_resource"
    assert verdicts(azure.run(type), [type]) == {"complete"}
    assert {end for _, end in edges()} == ({expected.lower()} if expected else set())


@pytest.mark.parametrize(
    ("type", "of", "properties"),
    [
        ("image", "images", {"sourceVirtualMachine": USED}),
        ("image", "images", {"storageProfile": {"osDisk": {"managedDisk": USED}, "dataDisks": None}}),
        ("image", "images", {"storageProfile": {"osDisk": {}, "dataDisks": [None, {"snapshot": USED}]}}),
        ("shared_image_version", "galleries/images/versions", {"storageProfile": {"source": USED}}),
        (
            "shared_image_version",
            "galleries/images/versions",
            {
                "storageProfile": {
                    "osDiskImage": {"source": {"storageAccountId": "/USED", "uri": "https://a.example/v"}}
                }
            },
        ),
    ],
)
def test_an_image_leads_from_what_it_was_made_from(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any]
) -> None:
    name = "/".join(["one", "two", "three"][: of.count("/") + 1])
    image = place.put(f"Microsoft.Compute/{of}", name, properties).lower()
    made = f"azure_resource_generated_{type}"
    assert verdicts(azure.run(made), [made]) == {"complete"}
    assert edges() == {("/used", image)}


def test_a_machine_keeps_in_a_storage_account_how_it_starts(place: Place, azure: Azure) -> None:
    answers = {"primaryEndpoints": {"blob": "https://account.blob.example/"}}
    account = place.put("Microsoft.Storage/storageAccounts", "account", answers).lower()
    told = {"bootDiagnostics": {"enabled": True, "storageUri": "https://Account.blob.example/"}}
    machine = put(place, "Microsoft.Compute/virtualMachines", {"diagnosticsProfile": told})
    place.put("Microsoft.Compute/virtualMachines", "alone", {"diagnosticsProfile": {"bootDiagnostics": None}})
    assert verdicts(azure.run("azure_vm_uses_storage_account")) == {"complete"}
    assert edges() == {(machine, account)}


LOGS, OTHER = "1D1C6F42-0000-4000-8000-000000000001", "1d1c6f42-0000-4000-8000-000000000002"


@pytest.mark.parametrize(
    ("type", "of", "told"),
    [
        (
            "container_app_environment",
            "Microsoft.App/managedEnvironments",
            lambda id: {"appLogsConfiguration": {"logAnalyticsConfiguration": {"customerId": id}}},
        ),
        (
            "container_group",
            "Microsoft.ContainerInstance/containerGroups",
            lambda id: {"diagnostics": {"logAnalytics": {"workspaceId": id, "logType": "ContainerInsights"}}},
        ),
    ],
)
def test_what_containers_write_goes_to_the_workspace_that_its_customers_know_by_an_id(
    place: Place, azure: Azure, type: str, of: str, told: Any
) -> None:
    workspace = place.put("Microsoft.OperationalInsights/workspaces", "logs", {"customerId": LOGS.lower()}).lower()
    place.put("Microsoft.OperationalInsights/workspaces", "new", {})
    holder = put(place, of, told(LOGS))
    for name, properties in (("elsewhere", told(OTHER)), ("nowhere", {})):
        place.put(of, name, properties)
    assert verdicts(azure.run(f"azure_{type}_uses_log_analytics_workspace")) == {"complete"}
    assert edges() == {(holder, workspace)}


HUB = "/Namespaces/NS/eventhubs/one"


@pytest.mark.parametrize(
    ("type", "destinations", "expected"),
    [
        ("log_analytics_workspace", {"logAnalytics": [{"workspaceResourceId": "/USED"}, None]}, "/used"),
        ("event_hub_namespace", {"eventHubs": [{"eventHubResourceId": HUB}]}, "/namespaces/ns"),
        ("event_hub_namespace", {"eventHubsDirect": [{"eventHubResourceId": HUB}]}, "/namespaces/ns"),
        ("storage_account", {"storageAccounts": [{"storageAccountResourceId": "/USED"}]}, "/used"),
        ("storage_account", {"storageBlobsDirect": [{"storageAccountResourceId": "/USED"}]}, "/used"),
        ("storage_account", {"storageTablesDirect": [{"storageAccountResourceId": "/USED"}]}, "/used"),
        ("data_explorer_cluster", {"azureDataExplorer": [{"resourceId": "/USED", "databaseName": "d"}]}, "/used"),
    ],
)
def test_what_is_collected_leads_to_where_it_goes(
    place: Place, azure: Azure, type: str, destinations: dict[str, Any], expected: str
) -> None:
    rule = put(place, "Microsoft.Insights/dataCollectionRules", {"destinations": destinations})
    place.put("Microsoft.Insights/dataCollectionRules", "none", {"destinations": None})
    name = f"azure_monitor_data_collection_rule_uses_{type}"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(rule, expected)}


@pytest.mark.parametrize(
    ("addon", "expected"),
    [
        ({"enabled": True, "config": {"effectiveApplicationGatewayId": "/GATE", "applicationGatewayId": ""}}, "/gate"),
        ({"enabled": True, "config": {"applicationGatewayId": "/GATE"}}, "/gate"),
        ({"enabled": True, "config": None}, None),
        ({"enabled": False, "config": {"effectiveApplicationGatewayId": "/GATE"}}, None),
    ],
)
def test_a_cluster_leads_to_the_gateway_that_requests_come_by(
    place: Place, azure: Azure, addon: dict[str, Any], expected: str | None
) -> None:
    told = {"addonProfiles": {"ingressApplicationGateway": addon}}
    cluster = put(place, "Microsoft.ContainerService/managedClusters", told)
    name = "azure_kubernetes_cluster_uses_application_gateway"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == ({(cluster, expected)} if expected else set())


RULES = {"networkAcls": {"virtualNetworkRules": [to(SUBNET), None]}}


@pytest.mark.parametrize(
    ("type", "of", "properties"),
    [
        ("cognitive_services_account", "Microsoft.CognitiveServices/accounts", RULES),
        ("keyvault_service", "Microsoft.KeyVault/vaults", RULES),
        ("storage_account", "Microsoft.Storage/storageAccounts", RULES),
        ("cosmosdb_account", "Microsoft.DocumentDB/databaseAccounts", RULES["networkAcls"]),
    ],
)
def test_a_service_lets_in_the_subnets_that_its_rules_name(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any]
) -> None:
    service = put(place, of, properties)
    place.put(of, "alone", {"networkAcls": None})
    name = f"azure_{type}_allows_subnet"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(service, SUBNET.lower())}


def test_a_sql_server_lets_in_subnets_and_addresses_of_version_6(place: Place, azure: Azure) -> None:
    server, add = place.put("Microsoft.Sql/servers", "s", {}), place.tenant.add_child
    add(server, "/firewallRules", "four", {"startIpAddress": "203.0.113.1", "endIpAddress": "203.0.113.9"})
    every = {"startIPv6Address": "::", "endIPv6Address": "FFFF:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}
    add(server, "/ipv6FirewallRules", "all", every)
    add(server, "/ipv6FirewallRules", "six", {"startIPv6Address": "2001:db8::1", "endIPv6Address": "2001:db8::9"})
    add(server, "/virtualNetworkRules", "subnet", {"virtualNetworkSubnetId": SUBNET, "state": "Ready"})
    types = (
        "azure_sql_server_firewall_rule",
        "azure_sql_server_firewall_rule_allows_subnet",
        "azure_sql_server_has_firewall_rule",
    )
    assert verdicts(azure.run(*types), types) == {"complete"}
    found = entities("azure_sql_server_firewall_rule")
    names = ("startIpAddress", "allowsInternet", "allowsAzureServices", "subnetId")
    assert {name: tuple(each.get(of) for of in names) for name, each in found.items()} == {
        "four": ("203.0.113.1", False, False, None),
        "all": ("::", True, False, None),
        "six": ("2001:db8::1", False, False, None),
        "subnet": (None, False, False, SUBNET.lower()),
    }
    below = {"firewallrules/four", "ipv6firewallrules/all", "ipv6firewallrules/six", "virtualnetworkrules/subnet"}
    server = server.lower()
    allowed = {(f"{server}/virtualnetworkrules/subnet", SUBNET.lower())}
    assert edges() == {(server, f"{server}/{rule}") for rule in below} | allowed


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "NoRegisteredProviderFound"),
        (403, "AuthorizationFailed"),
        (404, "InvalidResourceType"),
        (404, "SubscriptionNotFound"),
    ],
)
def test_of_the_lists_of_a_sql_server_one_that_is_refused_costs_its_own_rules(
    place: Place, azure: Azure, status: int, code: str
) -> None:
    server, add = place.put("Microsoft.Sql/servers", "s", {}), place.tenant.add_child
    add(server, "/firewallRules", "four", {"startIpAddress": "203.0.113.1", "endIpAddress": "203.0.113.9"})
    add(server, "/ipv6FirewallRules", "six", {"startIPv6Address": "2001:db8::1", "endIPv6Address": "2001:db8::9"})
    add(server, "/virtualNetworkRules", "subnet", {"virtualNetworkSubnetId": SUBNET, "state": "Ready"})
    types = ("azure_sql_server_firewall_rule", "azure_sql_server_has_firewall_rule")
    body = {"error": {"code": code, "message": "No."}}
    refused = Fault(status, lambda asked: "ipv6firewallrules" in asked.path.lower(), body)
    below = {"four": "firewallrules/four", "six": "ipv6firewallrules/six", "subnet": "virtualnetworkrules/subnet"}
    for faults, verdict, names in (
        ([refused], "partial", ["four", "subnet"]),
        ([], "complete", ["four", "six", "subnet"]),
        ([refused], "partial", ["four", "six", "subnet"]),
        ([], "complete", ["four", "six", "subnet"]),
    ):
        azure.simulator.manager.faults = faults
        report = azure.run(*types)
        assert verdicts(report, types) == {verdict}
        assert sorted(entities("azure_sql_server_firewall_rule")) == names
        assert edges() == {(server.lower(), f"{server.lower()}/{below[name]}") for name in names}
        if verdict == "partial":
            assert all("ipv6FirewallRules" in report.of(type).reason for type in types)
