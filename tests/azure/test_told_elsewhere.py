"""What some answers of Azure tell elsewhere than others is told all the same: newer and older ones, parts and all."""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

POSTGRESQL, MYSQL = "Microsoft.DBforPostgreSQL/flexibleServers", "Microsoft.DBforMySQL/flexibleServers"
SUBSCRIPTION = "/subscriptions/s/resourceGroups/g/providers"
SERVER = f"{SUBSCRIPTION}/{MYSQL}/first"
NETWORK = f"{SUBSCRIPTION}/Microsoft.Network/virtualNetworks/V"
VERSIONS = "Microsoft.Compute/galleries/images/versions"
ONE, TWO = "198.18.0.1", "198.18.0.2"
RULES = [{"action": "Accept", "ipMask": ONE}, {"action": "reject", "ipMask": TWO}, {"action": "Reject"}, None]


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_postgresql_server",
            POSTGRESQL,
            {"storage": {"storageSizeGB": 512, "autoGrow": "Disabled"}},
            {"storageMb": 512 * 1024, "storageAutogrow": "Disabled"},
        ),
        (
            "azure_mysql_server",
            MYSQL,
            {"replicationRole": "Replica", "sourceServerResourceId": SERVER},
            {"masterServerId": SERVER.lower(), "storageMb": None, "storageAutogrow": None},
        ),
        (
            "azure_mysql_server",
            MYSQL,
            {"replicationRole": "None", "sourceServerResourceId": SERVER},
            {"masterServerId": None},
        ),
        (
            "azure_postgresql_server",
            "Microsoft.DBforPostgreSQL/servers",
            {"storageProfile": {"storageMB": 128000, "storageAutogrow": "Enabled"}, "masterServerId": ""},
            {"storageMb": 128000, "storageAutogrow": "Enabled", "masterServerId": None},
        ),
        (
            "azure_elastic_san",
            "Microsoft.ElasticSan/elasticSans",
            {"sku": {"name": "Premium_ZRS", "tier": "Premium"}},
            {"sku": "Premium_ZRS"},
        ),
        (
            "azure_iot_hub",
            "Microsoft.Devices/IotHubs",
            {"ipFilterRules": [{"filterName": "a", "action": "Accept", "ipMask": ONE}]},
            {"ipFilterRules": [ONE]},
        ),
        (
            "azure_iot_hub",
            "Microsoft.Devices/IotHubs",
            {"networkRuleSets": {"ipRules": [{"ipMask": ONE}]}, "ipFilterRules": [{"ipMask": ONE}]},
            {"ipFilterRules": [ONE]},
        ),
        ("azure_iot_hub", "Microsoft.Devices/IotHubs", {"networkRuleSets": None}, {"ipFilterRules": None}),
        *(
            (type, of, {"ipFilterRules": RULES}, {"ipFilterRules": [ONE, TWO], "rejectedIpAddresses": [TWO]})
            for type, of in (
                ("azure_iot_hub", "Microsoft.Devices/IotHubs"),
                ("azure_iot_provisioning_service", "Microsoft.Devices/provisioningServices"),
            )
        ),
        (
            "azure_expressroute_circuit",
            "Microsoft.Network/expressRouteCircuits",
            {"serviceProviderProperties": None, "bandwidthInGbps": 10.0},
            {"bandwidthInMbps": 10_000},
        ),
        (
            "azure_app_service_environment",
            "Microsoft.Web/hostingEnvironments",
            {"virtualNetwork": {"id": NETWORK, "subnet": "Apps"}},
            {"subnetId": f"{NETWORK}/subnets/Apps".lower()},
        ),
        (
            "azure_app_service_environment",
            "Microsoft.Web/hostingEnvironments",
            {"virtualNetwork": {"id": f"{NETWORK}/subnets/Apps", "subnet": "Apps"}},
            {"subnetId": f"{NETWORK}/subnets/Apps".lower()},
        ),
        ("azure_app_service_environment", "Microsoft.Web/hostingEnvironments", {}, {"subnetId": None}),
        (
            "azure_logic_app_workflow",
            "Microsoft.Logic/workflows",
            {"accessControl": {"triggers": {"sasAuthenticationPolicy": {"state": "Disabled"}}}},
            {"allowedCallerIpAddresses": None},
        ),
        (
            "azure_logic_app_workflow",
            "Microsoft.Logic/workflows",
            {"accessControl": {"triggers": {"allowedCallerIpAddresses": []}}},
            {"allowedCallerIpAddresses": []},
        ),
    ],
)
def test_a_property_is_read_wherever_it_is(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one", properties)
    check_told(azure, type, expected)


@pytest.mark.parametrize(
    "told",
    [
        lambda disk: {"source": to(disk.upper()), "osDiskImage": {"sizeInGB": 30}},
        lambda disk: {"source": {"virtualMachineId": disk}},
        lambda disk: {"osDiskImage": {"source": to(disk)}, "dataDiskImages": [None, {"lun": 0, "source": to(disk)}]},
    ],
    ids=["whole", "machine", "disks"],
)
def test_a_version_of_an_image_is_made_from_what_it_names(place: Place, azure: Azure, told: Any) -> None:
    disk = place.put("Microsoft.Compute/disks", "disk", {})
    version = place.put(VERSIONS, "gallery/web/1.0.0", {"storageProfile": told(disk)})
    made = "azure_resource_generated_shared_image_version"
    assert verdicts(azure.run("azure_managed_disk", made)) == {"complete"}
    assert edges() == {(disk.lower(), version.lower())}
    assert entities("azure_shared_image_version")["1.0.0"]["sourceId"] == disk.lower()


def test_where_events_go_is_told_also_where_an_identity_brings_them(place: Place, azure: Azure) -> None:
    topic = place.put("Microsoft.EventGrid/topics", "topic", {})
    account = place.of("Microsoft.Storage/storageAccounts", "stdata")
    identity = {"identity": {"type": "SystemAssigned"}}
    queue = {"endpointType": "StorageQueue", "properties": {"resourceId": account, "queueName": "q"}}
    dead = {"endpointType": "StorageBlob", "properties": {"resourceId": account, "blobContainerName": "dead"}}
    told = {
        "destination": None,
        "deliveryWithResourceIdentity": {**identity, "destination": queue},
        "deadLetterWithResourceIdentity": {**identity, "deadLetterDestination": dead},
    }
    place.tenant.add_child(topic, "/providers/Microsoft.EventGrid/eventSubscriptions", "to-queue", told)
    assert verdicts(azure.run("azure_event_grid_topic_subscription")) == {"complete"}
    found = entities("azure_event_grid_topic_subscription")["to-queue"]
    assert (found["endpointType"], found["endpointResourceId"]) == ("StorageQueue", account.lower())
    assert found["hasDeadLetterDestination"] is True


@pytest.mark.parametrize(
    "told",
    [
        lambda kept: {"retentionPolicy": kept, "schedulePolicy": {"scheduleRunFrequency": "Daily"}},
        lambda kept: {
            "subProtectionPolicy": [
                None,
                {"policyType": "Log", "retentionPolicy": {"retentionDuration": {"count": 15, "durationType": "Days"}}},
                {
                    "policyType": "Full",
                    "retentionPolicy": {**kept, "monthlySchedule": None},
                    "schedulePolicy": {"scheduleRunFrequency": "Daily"},
                },
            ]
        },
        lambda kept: {
            "vaultRetentionPolicy": {"snapshotRetentionInDays": 5, "vaultRetention": kept},
            "schedulePolicy": {"scheduleRunFrequency": "Daily"},
        },
    ],
    ids=["machines", "databases", "shares"],
)
def test_how_long_whole_copies_are_kept_is_told_of_all_that_is_copied(place: Place, azure: Azure, told: Any) -> None:
    kept = {"dailySchedule": {"retentionDuration": {"count": 30, "durationType": "Days"}}}
    policies = "Microsoft.RecoveryServices/vaults/backupPolicies"
    place.put(policies, "rsv/policy", told(kept), table="recoveryservicesresources")
    assert verdicts(azure.run("azure_backup_policy")) == {"complete"}
    found = entities("azure_backup_policy")["policy"]
    assert (found["dailyRetentionDays"], found["scheduleRunFrequency"]) == (30, "Daily")
    assert "monthlyRetentionMonths" not in found


def test_a_child_that_azure_gives_no_name_is_called_what_its_id_says(place: Place, azure: Azure) -> None:
    server, person = place.put(POSTGRESQL, "pg", {}), "00000000-0000-4000-8000-000000000017"
    told = {"principalType": "User", "objectId": person, "tenantId": place.tenant.id}
    below = f"{server}/administrators"
    place.tenant.children[below.lower()] = [{"id": f"{below}/{person}", "properties": told}]
    assert verdicts(azure.run("azure_postgresql_server_active_directory_admin")) == {"complete"}
    assert entities("azure_postgresql_server_active_directory_admin")[person]["displayName"] == person


def test_an_address_with_its_port_leads_to_the_same_vault(place: Place, azure: Azure) -> None:
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {"vaultUri": "https://kv.vault.example/"})
    place.tenant.add_child(vault, "/keys", "key", {"keyUri": "https://kv.vault.example:443/keys/key"})
    azure.run("azure_keyvault_key")
    assert entities("azure_keyvault_key")["key"]["vaultUrl"] == "https://kv.vault.example"


def test_days_on_which_a_cluster_is_left_alone_are_told_in_both_forms(place: Place, azure: Azure) -> None:
    cluster, below = place.put("Microsoft.ContainerService/managedClusters", "aks", {}), "/maintenanceConfigurations"
    days = {"notAllowedDates": [{"start": "2026-12-23", "end": "2027-01-05"}], "schedule": {"daily": {}}}
    place.tenant.add_child(cluster, below, "new", {"maintenanceWindow": days})
    azure.run("azure_kube_maintenance_configuration")
    found = entities("azure_kube_maintenance_configuration")["new"]
    assert found["notAllowedTime"] == ["2026-12-23/2027-01-05"]


def test_a_filter_without_a_severity_is_told_by_its_name(place: Place, azure: Azure) -> None:
    account = place.put("Microsoft.CognitiveServices/accounts", "ai", {})
    filters = [
        {"name": "jailbreak", "source": "Prompt", "enabled": True, "blocking": True},
        {"name": "hate", "source": "Prompt", "enabled": True, "blocking": True, "severityThreshold": "Low"},
    ]
    place.tenant.add_child(account, "/raiPolicies", "one", {"contentFilters": filters})
    azure.run("azure_cognitive_services_content_filter")
    found = entities("azure_cognitive_services_content_filter")["one"]
    assert found["blocked"] == ["Prompt hate=Low", "Prompt jailbreak"]
