"""What benchmarks of security look at is told, on rows of the shape that Azure gives."""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

OF_CUSTOMER = {"keySource": "Microsoft.Keyvault", "keyVaultProperties": {"keyName": "k", "keyVaultUri": "https://v/"}}
NETWORK = "/subscriptions/S/resourceGroups/RG/providers/Microsoft.Network/virtualNetworks/V"
BRICKS = {
    "encryption": {"entities": {"managedDisk": OF_CUSTOMER, "managedServices": OF_CUSTOMER}},
    "parameters": {
        "customVirtualNetworkId": {"type": "String", "value": NETWORK},
        "encryption": {"type": "Object", "value": {"keySource": "Default"}},
    },
}
CLUSTER = {
    "apiServerAccessProfile": {"disableRunCommand": True},
    "azureMonitorProfile": {"metrics": {"enabled": True, "kubeStateMetrics": {"metricLabelsAllowlist": ""}}},
    "securityProfile": {
        "azureKeyVaultKms": {"enabled": True, "keyId": "https://v/keys/k", "keyVaultNetworkAccess": "Public"}
    },
}

MADE = "2024-03-20T10:40:57.0460787Z"
WINDOWS = {
    "osProfile": {
        "allowExtensionOperations": False,
        "windowsConfiguration": {
            "patchSettings": {"patchMode": "AutomaticByOS", "assessmentMode": "ImageDefault"},
            "winRM": {"listeners": [{"protocol": "Http"}, {"protocol": "Https", "certificateUrl": "https://v/c"}]},
        },
    },
    "securityProfile": {"proxyAgentSettings": {"enabled": True, "mode": "Enforce"}},
    "diagnosticsProfile": {"bootDiagnostics": {"enabled": True}},
}


@pytest.mark.parametrize(
    ("type", "of", "properties", "expected"),
    [
        (
            "azure_databricks_workspace",
            "Microsoft.Databricks/workspaces",
            BRICKS,
            {
                "managedDiskKeySource": "Microsoft.Keyvault",
                "managedServicesKeySource": "Microsoft.Keyvault",
                "rootKeySource": "Default",
                "virtualNetworkId": NETWORK.lower(),
            },
        ),
        (
            "azure_databricks_workspace",
            "Microsoft.Databricks/workspaces",
            {"parameters": {"enableNoPublicIp": {"type": "Bool", "value": False}}, "encryption": None},
            {"managedDiskKeySource": None, "virtualNetworkId": None, "enableNoPublicIp": False},
        ),
        (
            "azure_kubernetes_cluster",
            "Microsoft.ContainerService/managedClusters",
            CLUSTER,
            {"disableRunCommand": True, "azureMonitorMetricsEnabled": True, "keyVaultKmsEnabled": True},
        ),
        (
            "azure_managed_disk",
            "Microsoft.Compute/disks",
            {"dataAccessAuthMode": "AzureActiveDirectory"},
            {"dataAccessAuthMode": "AzureActiveDirectory"},
        ),
        (
            "azure_vm",
            "Microsoft.Compute/virtualMachines",
            WINDOWS,
            {
                "patchMode": "AutomaticByOS",
                "patchAssessmentMode": "ImageDefault",
                "winRmProtocols": ["Http", "Https"],
                "allowExtensionOperations": False,
                "proxyAgentEnabled": True,
                "bootDiagnosticsEnabled": True,
            },
        ),
        (
            "azure_vm",
            "Microsoft.Compute/virtualMachines",
            {"osProfile": {"linuxConfiguration": {"patchSettings": {"patchMode": "AutomaticByPlatform"}}}},
            {"patchMode": "AutomaticByPlatform", "patchAssessmentMode": None, "winRmProtocols": None},
        ),
        *(
            ("azure_gallery", "Microsoft.Compute/galleries", {"sharingProfile": told}, {"public": expected})
            for told, expected in (
                ({"permissions": "Community", "communityGalleryInfo": {"publicNames": ["one"]}}, True),
                ({"permissions": "Groups"}, False),
                (None, None),
            )
        ),
        (
            "azure_storage_account",
            "Microsoft.Storage/storageAccounts",
            {"allowedCopyScope": "AAD"},
            {"allowedCopyScope": "AAD"},
        ),
        (
            "azure_redis_cache",
            "Microsoft.Cache/redis",
            {"updateChannel": "Stable", "redisConfiguration": {"aad-enabled": "True", "maxclients": "256"}},
            {"updateChannel": "Stable", "microsoftEntraEnabled": True},
        ),
        (
            "azure_redis_cache",
            "Microsoft.Cache/redis",
            {"redisConfiguration": {"aad-enabled": "false"}},
            {"microsoftEntraEnabled": False},
        ),
        ("azure_redis_cache", "Microsoft.Cache/redis", {"redisConfiguration": None}, {"microsoftEntraEnabled": None}),
        (
            "azure_storage_account",
            "Microsoft.Storage/storageAccounts",
            {
                "encryption": {
                    "keyvaultproperties": {
                        "currentVersionedKeyExpirationTimestamp": MADE,
                        "lastKeyRotationTimestamp": MADE,
                    }
                },
                "immutableStorageWithVersioning": {"enabled": True, "immutabilityPolicy": None},
            },
            {
                "encryption.keyVaultProperties.keyExpiresOn": 1710931257046,
                "encryption.keyVaultProperties.lastKeyRotatedOn": 1710931257046,
                "immutableStorageEnabled": True,
            },
        ),
        (
            "azure_cosmosdb_account",
            "Microsoft.DocumentDB/databaseAccounts",
            {
                "networkAclBypass": "None",
                "networkAclBypassResourceIds": ["/subscriptions/1/resourceGroups/RG/providers/a/workspaces/Syn"],
                "cors": [{"allowedOrigins": "*", "maxAgeInSeconds": 5}, None],
                "diagnosticLogSettings": {"enableFullTextQuery": "True"},
            },
            {
                "networkAclBypass": "None",
                "networkAclBypassResourceIds": ["/subscriptions/1/resourcegroups/rg/providers/a/workspaces/syn"],
                "corsAllowedOrigins": ["*"],
                "fullTextQueryLogging": "True",
            },
        ),
        (
            "azure_search_service",
            "Microsoft.Search/searchServices",
            {"dataExfiltrationProtections": ["BlockAll"]},
            {"dataExfiltrationProtections": ["BlockAll"]},
        ),
        (
            "azure_cognitive_services_account",
            "Microsoft.CognitiveServices/accounts",
            {"storedCompletionsDisabled": True},
            {"storedCompletionsDisabled": True},
        ),
        (
            "azure_log_analytics_workspace",
            "Microsoft.OperationalInsights/workspaces",
            {
                "forceCmkForQuery": True,
                "features": {"enableLogAccessUsingOnlyResourcePermissions": True, "immediatePurgeDataOn30Days": False},
            },
            {
                "forceCmkForQuery": True,
                "enableLogAccessUsingOnlyResourcePermissions": True,
                "immediatePurgeDataOn30Days": False,
            },
        ),
        (
            "azure_cosmosdb_account",
            "Microsoft.DocumentDB/databaseAccounts",
            {"keysMetadata": {"primaryMasterKey": {"generationTime": MADE}, "secondaryMasterKey": None}},
            {"primaryKeyCreatedOn": 1710931257046, "secondaryKeyCreatedOn": None},
        ),
        (
            "azure_container_registry",
            "Microsoft.ContainerRegistry/registries",
            {
                "policies": {
                    "exportPolicy": {"status": "enabled"},
                    "azureADAuthenticationAsArmPolicy": {"status": "disabled"},
                }
            },
            {"exportPolicyStatus": "enabled", "armTokenStatus": "disabled"},
        ),
        (
            "azure_web_pubsub_service",
            "Microsoft.SignalRService/webPubSub",
            {"tls": {"clientCertEnabled": True}},
            {"clientCertEnabled": True},
        ),
        (
            "azure_logic_app_workflow",
            "Microsoft.Logic/workflows",
            {"accessControl": {"triggers": {"sasAuthenticationPolicy": {"state": "Disabled"}}}},
            {"sasAuthentication": "Disabled"},
        ),
        (
            "azure_api_management_service",
            "Microsoft.ApiManagement/service",
            {"virtualNetworkConfiguration": {"subnetResourceId": f"{NETWORK}/subnets/Api"}},
            {"subnetId": f"{NETWORK}/subnets/Api".lower()},
        ),
        *(
            ("azure_api_management_service", "Microsoft.ApiManagement/service", told, {"public": expected})
            for told, expected in (
                ({"virtualNetworkType": "None", "publicNetworkAccess": "Enabled"}, True),
                ({"virtualNetworkType": "None", "publicNetworkAccess": "Disabled"}, False),
                ({"virtualNetworkType": "internal"}, False),
                ({}, None),
            )
        ),
        (
            "azure_application_gateway",
            "Microsoft.Network/applicationGateways",
            {"gatewayIPConfigurations": [part("/own", {"subnet": to(f"{NETWORK}/subnets/Gate")})]},
            {"subnetIds": [f"{NETWORK}/subnets/Gate".lower()]},
        ),
        (
            "azure_web_app",
            "Microsoft.Web/sites",
            {"endToEndEncryptionEnabled": False},
            {"endToEndEncryptionEnabled": False},
        ),
    ],
)
def test_what_benchmarks_look_at_is_told(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], expected: dict[str, Any]
) -> None:
    place.put(of, "one", properties)
    check_told(azure, type, expected)


def test_a_copy_is_made_by_a_policy_that_says_how_long_it_is_kept(place: Place, azure: Azure) -> None:
    services, below = "Microsoft.RecoveryServices/vaults", {"table": "recoveryservicesresources"}
    vault = place.put(services, "rsv", {})
    daily = {"retentionTimes": ["2024-01-22T16:30:00Z"], "retentionDuration": {"count": 7, "durationType": "Days"}}
    told = {"backupManagementType": "AzureIaasVM", "retentionPolicy": {"dailySchedule": daily, "weeklySchedule": None}}
    policy = place.put(f"{services}/backupPolicies", "rsv/short", told, **below)
    of_sql = {"backupManagementType": "AzureWorkload", "subProtectionPolicy": [{"policyType": "Full"}]}
    place.put(f"{services}/backupPolicies", "rsv/sql", of_sql, **below)
    items = f"{services}/backupFabrics/protectionContainers/protectedItems"
    item = place.put(items, "rsv/Azure/c/vm", {"policyId": policy.upper(), "lastBackupStatus": "Failed"}, **below)
    azure.run("azure_recovery_vault_has_backup_policy", "azure_backup_item_uses_policy")
    found = entities("azure_backup_policy")
    assert (found["short"]["dailyRetentionDays"], found["short"].get("weeklyRetentionWeeks")) == (7, None)
    assert (found["short"]["vaultId"], found["sql"]["backupManagementType"]) == (vault.lower(), "AzureWorkload")
    assert entities("azure_backup_item")["vm"]["lastBackupStatus"] == "Failed"
    assert {(vault.lower(), policy.lower()), (item.lower(), policy.lower())} <= edges()


def test_a_window_in_which_azure_may_change_a_cluster_says_when_it_opens(place: Place, azure: Azure) -> None:
    cluster = place.put("Microsoft.ContainerService/managedClusters", "aks", {})
    weekly = {"schedule": {"daily": None, "weekly": {"intervalWeeks": 1, "dayOfWeek": "Monday"}}, "durationHours": 8}
    more = {"utcOffset": "+02:00", "startDate": "2024-01-01", "startTime": "01:00", "notAllowedDates": None}
    add, below = place.tenant.add_child, "/maintenanceConfigurations"
    add(cluster, below, "aksManagedAutoUpgradeSchedule", {"maintenanceWindow": weekly | more})
    add(cluster, below, "daily", {"maintenanceWindow": {"schedule": {"daily": {"intervalDays": 2}}}})
    add(cluster, below, "default", {"timeInWeek": [{"day": "Sunday", "hourSlots": [1]}], "maintenanceWindow": None})
    assert verdicts(azure.run("azure_kube_maintenance_configuration")) == {"complete"}
    found = entities("azure_kube_maintenance_configuration")
    told = found["aksManagedAutoUpgradeSchedule"]
    assert (told["scheduleType"], told["dayOfWeek"], told["startTime"]) == ("weekly", "Monday", "01:00")
    assert (told["utcOffset"], told["durationHours"]) == ("+02:00", 8)
    assert (found["daily"]["scheduleType"], found["daily"].get("dayOfWeek")) == ("daily", None)
    assert (found["default"]["timeInWeek"], found["default"].get("scheduleType")) == (["Sunday 1"], None)


def test_an_assignment_tells_what_its_rules_do_in_place_of_what_they_say(place: Place, azure: Azure) -> None:
    changed = [
        {"kind": "policyEffect", "value": "Disabled", "selectors": []},
        {"kind": "policyEffect", "value": "Audit"},
        {"kind": "definitionVersion", "value": "1.0.*"},
        None,
    ]
    for name, told in (("one", {"parameters": {"effect": {"value": "Deny"}}, "overrides": changed}), ("two", {})):
        place.put("Microsoft.Authorization/policyAssignments", name, told, table="policyresources")
    assert verdicts(azure.run("azure_policy_assignment")) == {"complete"}
    one, two = (entities("azure_policy_assignment")[name] for name in ("one", "two"))
    assert (one["effect"], one["overriddenEffects"]) == ("Deny", ["Audit", "Disabled"])
    assert (two.get("effect"), two["overriddenEffects"]) == (None, [])


def test_an_assessment_tells_how_dangerous_what_it_finds_is(place: Place, azure: Azure) -> None:
    told = {
        "status": {"code": "Unhealthy"},
        "risk": {"level": "Critical", "riskFactors": ["Exposure to the internet"], "isContextualRisk": True},
    }
    place.put("Microsoft.Security/assessments", "one", told, table="securityresources")
    assert verdicts(azure.run("azure_security_assessment")) == {"complete"}
    found = entities("azure_security_assessment")["one"]
    assert (found["riskLevel"], found["riskFactors"]) == ("Critical", ["Exposure to the internet"])


def test_a_key_tells_whether_its_vault_makes_new_versions_of_it(place: Place, azure: Azure) -> None:
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {})
    for name, policy in (
        ("rotates", {"lifetimeActions": [None, {"action": {"type": "Notify"}}, {"action": {"type": "Rotate"}}]}),
        ("tells", {"lifetimeActions": [{"action": {"type": "notify"}}]}),
        ("unknown", None),
    ):
        place.tenant.add_child(vault, "/keys", name, {"attributes": {"enabled": True}, "rotationPolicy": policy})
    assert verdicts(azure.run("azure_keyvault_key")) == {"complete"}
    found = {name: each.get("rotatesAutomatically") for name, each in entities("azure_keyvault_key").items()}
    assert found == {"rotates": True, "tells": False, "unknown": None}


CLIENT = "0F0E0D0C-0000-4000-8000-000000000001"
KNOWN = {"registration": {"clientId": CLIENT, "openIdIssuer": "https://sts.windows.net/t/v2.0"}}
UNKNOWN = {"enabled": True, "registration": {"clientId": None}, "login": {}}
OWN = {"okta": KNOWN, "old": {**KNOWN, "enabled": False}}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"platform": {"enabled": False}, "globalValidation": {"requireAuthentication": True}}, (True, [])),
        (
            {
                "platform": {"enabled": True},
                "globalValidation": {"requireAuthentication": True, "unauthenticatedClientAction": "Return401"},
                "identityProviders": {"azureActiveDirectory": KNOWN, "gitHub": UNKNOWN, "apple": None},
            },
            (False, ["azureActiveDirectory"]),
        ),
        ({"platform": {"enabled": True}, "globalValidation": {"requireAuthentication": False}}, (True, [])),
        (
            {"platform": {"enabled": True}, "globalValidation": {"unauthenticatedClientAction": "allowAnonymous"}},
            (True, []),
        ),
        (
            {"platform": {"enabled": True}, "identityProviders": {"customOpenIdConnectProviders": OWN}},
            (False, ["okta"]),
        ),
        ({"platform": None, "identityProviders": None}, (None, [])),
    ],
)
def test_an_app_tells_whether_people_sign_in_first(
    place: Place, azure: Azure, told: dict[str, Any], expected: tuple[bool | None, list[str]]
) -> None:
    app = place.put("Microsoft.Web/sites", "shop", {})
    place.tenant.set_child(app, "/config/authsettingsV2", told)
    types = "azure_app_authentication_setting", "azure_app_has_authentication_setting"
    assert verdicts(azure.run(*types), types) == {"complete"}
    found = entities("azure_app_authentication_setting")["shop"]
    assert (found.get("allowsAnonymous"), found["identityProviders"]) == expected
    assert edges() == {(app.lower(), f"{app.lower()}/config/authsettingsv2")}
