"""What watches the demo's resources, and what keeps copies of them."""

from typing import Any

from tests.simulator.azure.demo_compute import GUID, MADE, identity_of
from tests.simulator.azure.place import Place

_OWNER = {"owner": "team-platform"}


def add_watch(web: Place) -> None:
    """Put alerts there with whom they tell, and copies of a machine and a disk."""
    identity = identity_of(web.of("Microsoft.ManagedIdentity/userAssignedIdentities", "id-web"))
    more: dict[str, Any] = {"identity": identity, "tags": _OWNER}
    _alerts(web)
    _vaults(web, more)
    _copies(web)


def _alerts(web: Place) -> None:
    application_insights: dict[str, Any] = {
        "Application_Type": "web",
        "AppId": GUID.format("7301"),
        "IngestionMode": "LogAnalytics",
        "RetentionInDays": 90,
        "DisableLocalAuth": True,
        "DisableIpMasking": False,
        "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Disabled",
        "CreationDate": MADE,
        "WorkspaceResourceId": web.of("Microsoft.OperationalInsights/workspaces", "logs"),
    }
    web.put("Microsoft.Insights/components", "ai-shop", application_insights, kind="web", tags=_OWNER)
    monitor_action_group: dict[str, Any] = {
        "groupShortName": "on-call",
        "enabled": True,
        "emailReceivers": [{"emailAddress": "duty@example.example"}],
        "webhookReceivers": [{"name": "pager"}],
        "eventHubReceivers": [{"name": "all", "eventHubNameSpace": "eh-web", "eventHubName": "alerts"}],
        "armRoleReceivers": [{"roleId": GUID.format("5003")}],
        "azureFunctionReceivers": [{"name": "f", "functionAppResourceId": web.of("Microsoft.Web/sites", "orders")}],
    }
    web.put("Microsoft.Insights/actionGroups", "on-call", monitor_action_group, tags=_OWNER)
    monitor_metric_alert: dict[str, Any] = {
        "lastUpdatedTime": "2026-05-01T12:30:00Z",
        "description": "The machine is busy.",
        "enabled": True,
        "severity": 2,
        "evaluationFrequency": "PT5M",
        "windowSize": "PT15M",
        "criteria": {"allOf": [{"metricName": "Percentage CPU"}]},
        "scopes": [web.of("Microsoft.Compute/virtualMachines", "vm-web-01").upper()],
        "actions": [{"actionGroupId": web.of("Microsoft.Insights/actionGroups", "on-call").upper()}],
    }
    web.put("Microsoft.Insights/metricAlerts", "busy", monitor_metric_alert, tags=_OWNER)
    monitor_scheduled_query_rule: dict[str, Any] = {
        "description": "Somebody fails to sign in.",
        "enabled": True,
        "severity": 1,
        "evaluationFrequency": "PT5M",
        "windowSize": "PT15M",
        "criteria": {"allOf": [{"query": "SigninLogs | where ResultType != 0"}]},
        "scopes": [web.of("Microsoft.OperationalInsights/workspaces", "logs")],
        "actions": {"actionGroups": [web.of("Microsoft.Insights/actionGroups", "on-call")]},
    }
    web.put(
        "Microsoft.Insights/scheduledQueryRules", "sign-ins", monitor_scheduled_query_rule, kind="LogAlert", tags=_OWNER
    )
    monitor_data_collection_rule: dict[str, Any] = {
        "description": "Events of machines.",
        "immutableId": "dcr-1",
        "dataFlows": [{"streams": ["Microsoft-Syslog"], "destinations": ["logs"]}],
        "destinations": {
            "logAnalytics": [
                {"name": "logs", "workspaceResourceId": web.of("Microsoft.OperationalInsights/workspaces", "logs")}
            ],
            "azureDataExplorer": [{"name": "adx", "resourceId": web.of("Microsoft.Kusto/clusters", "adx")}],
            "eventHubsDirect": [
                {
                    "name": "hub",
                    "eventHubResourceId": f"{web.of('Microsoft.EventHub/namespaces', 'eh-web')}/eventhubs/one",
                }
            ],
            "storageBlobsDirect": [
                {"name": "files", "storageAccountResourceId": web.of("Microsoft.Storage/storageAccounts", "stdata")}
            ],
        },
    }
    web.put(
        "Microsoft.Insights/dataCollectionRules", "dcr-web", monitor_data_collection_rule, kind="Linux", tags=_OWNER
    )


def _vaults(web: Place, more: dict[str, Any]) -> None:
    backup_vault: dict[str, Any] = {
        "securitySettings": {
            "softDeleteSettings": {"state": "AlwaysOn", "retentionDurationInDays": 14},
            "immutabilitySettings": {"state": "Locked"},
            "encryptionSettings": {
                "state": "Enabled",
                "keyVaultProperties": {"keyUri": "https://kv-web.vault.azure.example/keys/storage"},
                "infrastructureEncryption": "Disabled",
            },
        },
        "secureScore": "Maximum",
        "isVaultProtectedByResourceGuard": False,
        "storageSettings": [{"type": "GeoRedundant"}],
        "featureSettings": {
            "crossRegionRestoreSettings": {"state": "Enabled"},
            "crossSubscriptionRestoreSettings": {"state": "Disabled"},
        },
    }
    web.put("Microsoft.DataProtection/backupVaults", "bv-web", backup_vault, **more)


def _copies(web: Place) -> None:
    vault = web.of("Microsoft.DataProtection/backupVaults", "bv-web")
    disk = web.of("Microsoft.Compute/disks", "vm-web-01")
    instance = {
        "friendlyName": "vm-web-01",
        "dataSourceInfo": {"resourceID": disk, "datasourceType": "Microsoft.Compute/disks"},
        "policyInfo": {"policyId": f"{vault}/backupPolicies/daily"},
        "currentProtectionState": "ProtectionConfigured",
        "protectionStatus": {"status": "ProtectionConfigured"},
    }
    kind = "Microsoft.DataProtection/backupVaults/backupInstances"
    web.put(kind, "bv-web/vm-web-01", instance, table="recoveryservicesresources")
    every_day = {"repeatingTimeIntervals": ["R/2026-01-01T02:00:00+00:00/P1D"], "timeZone": "UTC"}
    rules: list[dict[str, Any]] = [
        {"name": "BackupDaily", "objectType": "AzureBackupRule", "trigger": {"schedule": every_day}},
        {
            "name": "Default",
            "objectType": "AzureRetentionRule",
            "isDefault": True,
            "lifecycles": [{"deleteAfter": {"objectType": "AbsoluteDeleteOption", "duration": "P30D"}}],
        },
    ]
    policy = {"datasourceTypes": ["Microsoft.Compute/disks"], "policyRules": rules}
    kind = "Microsoft.DataProtection/backupVaults/backupPolicies"
    web.put(kind, "bv-web/daily", policy, table="recoveryservicesresources")
