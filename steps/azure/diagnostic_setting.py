"""Diagnostic settings: where resources and subscriptions send their logs. Azure tells them of each by itself."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import key_at, parts_of, properties_of, resource
from steps.azure.storage_account import STORAGE_ACCOUNT
from steps.azure.subscription import SUBSCRIPTIONS

_BELOW, _VERSION = "/providers/Microsoft.Insights/diagnosticSettings", "2021-05-01-preview"
_READ = ["Microsoft.Insights/diagnosticSettings/read"]
_TYPES = (
    "microsoft.analysisservices/servers",
    "microsoft.apimanagement/service",
    "microsoft.app/managedenvironments",
    "microsoft.appconfiguration/configurationstores",
    "microsoft.appplatform/spring",
    "microsoft.automation/automationaccounts",
    "microsoft.batch/batchaccounts",
    "microsoft.cache/redis",
    "microsoft.cdn/profiles",
    "microsoft.cdn/profiles/endpoints",
    "microsoft.cognitiveservices/accounts",
    "microsoft.containerinstance/containergroups",
    "microsoft.containerregistry/registries",
    "microsoft.containerservice/managedclusters",
    "microsoft.databricks/workspaces",
    "microsoft.datafactory/factories",
    "microsoft.datalakeanalytics/accounts",
    "microsoft.datalakestore/accounts",
    "microsoft.dataprotection/backupvaults",
    "microsoft.dbformariadb/servers",
    "microsoft.dbformysql/flexibleservers",
    "microsoft.dbformysql/servers",
    "microsoft.dbforpostgresql/flexibleservers",
    "microsoft.dbforpostgresql/servers",
    "microsoft.desktopvirtualization/applicationgroups",
    "microsoft.desktopvirtualization/hostpools",
    "microsoft.desktopvirtualization/workspaces",
    "microsoft.devices/iothubs",
    "microsoft.devices/provisioningservices",
    "microsoft.documentdb/databaseaccounts",
    "microsoft.eventgrid/domains",
    "microsoft.eventgrid/systemtopics",
    "microsoft.eventgrid/topics",
    "microsoft.eventhub/namespaces",
    "microsoft.healthcareapis/services",
    "microsoft.healthcareapis/workspaces/dicomservices",
    "microsoft.healthcareapis/workspaces/fhirservices",
    "microsoft.insights/components",
    "microsoft.insights/datacollectionrules",
    "microsoft.keyvault/managedhsms",
    "microsoft.keyvault/vaults",
    "microsoft.kubernetes/connectedclusters",
    "microsoft.kusto/clusters",
    "microsoft.logic/workflows",
    "microsoft.machinelearningservices/workspaces",
    "microsoft.netapp/netappaccounts/capacitypools/volumes",
    "microsoft.network/applicationgateways",
    "microsoft.network/azurefirewalls",
    "microsoft.network/bastionhosts",
    "microsoft.network/expressroutecircuits",
    "microsoft.network/frontdoors",
    "microsoft.network/loadbalancers",
    "microsoft.network/networksecuritygroups",
    "microsoft.network/p2svpngateways",
    "microsoft.network/publicipaddresses",
    "microsoft.network/publicipprefixes",
    "microsoft.network/trafficmanagerprofiles",
    "microsoft.network/virtualnetworkgateways",
    "microsoft.network/virtualnetworks",
    "microsoft.network/vpngateways",
    "microsoft.operationalinsights/workspaces",
    "microsoft.purview/accounts",
    "microsoft.recoveryservices/vaults",
    "microsoft.relay/namespaces",
    "microsoft.search/searchservices",
    "microsoft.servicebus/namespaces",
    "microsoft.signalrservice/signalr",
    "microsoft.signalrservice/webpubsub",
    "microsoft.sql/managedinstances",
    "microsoft.sql/managedinstances/databases",
    "microsoft.sql/servers/databases",
    "microsoft.streamanalytics/streamingjobs",
    "microsoft.synapse/workspaces",
    "microsoft.synapse/workspaces/sqlpools",
    "microsoft.web/hostingenvironments",
    "microsoft.web/sites",
    "microsoft.web/sites/slots",
    "microsoft.web/staticsites",
)
"""Types of resources that write logs. Source: Azure Monitor, supported resource log categories."""
_SERVICES = ("blobServices", "fileServices", "queueServices", "tableServices")
"""What writes the logs of a storage account."""
_DESTINATIONS = {
    "azure_log_analytics_workspace": "workspaceId",
    "azure_storage_account": "storageAccountId",
    "azure_event_hub_namespace": "eventHubAuthorizationRuleId",
    "azure_service_bus_namespace": "serviceBusRuleId",
}


@entity_step("Configuration", permissions=_READ, on_demand=True)
def azure_diagnostic_setting(ctx: Context) -> Iterator[Entity]:
    """Where a resource, or a subscription, sends its logs."""
    for holder, row in _settings(ctx):
        properties = properties_of(row)
        yield resource(
            row,
            resourceId=arm_key(row["id"]).rpartition(f"{_BELOW.lower()}/")[0] or holder,
            storageAccountId=key_at(properties, "storageAccountId"),
            workspaceId=key_at(properties, "workspaceId"),
            eventHubAuthorizationRuleId=key_at(properties, "eventHubAuthorizationRuleId"),
            serviceBusRuleId=key_at(properties, "serviceBusRuleId"),
            marketplacePartnerId=key_at(properties, "marketplacePartnerId"),
            enabledLogs=_categories(row, "logs", enabled=True),
            disabledLogs=_categories(row, "logs", enabled=False),
            enabledMetrics=_categories(row, "metrics", enabled=True),
        )


@relationship_step(
    any_of("azure"),
    "HAS",
    "azure_diagnostic_setting",
    permissions=_READ,
    type="azure_resource_has_diagnostic_setting",
)
def azure_resource_has_diagnostic_setting(ctx: Context) -> Iterator[Relationship]:
    """A resource, or a subscription, sends its logs somewhere."""
    for holder, row in _settings(ctx):
        yield Relationship(holder, arm_key(row["id"]))


@relationship_family("azure_diagnostic_setting", "USES", list(_DESTINATIONS), permissions=_READ)
def azure_diagnostic_setting_uses_destination(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Logs are sent to a storage account, a workspace, or a namespace of which a key is told."""
    for _, row in _settings(ctx):
        if destination := key_at(properties_of(row), _DESTINATIONS[to_type]):
            yield Relationship(arm_key(row["id"]), destination.partition("/authorizationrules/")[0])


def _settings(ctx: Context) -> Iterator[tuple[str, Any]]:
    """Yield the key of what sends its logs, and where to."""
    yield from ctx.azure.children(SUBSCRIPTIONS, _BELOW, api_version=_VERSION, table="resourcecontainers")
    for type in _TYPES:
        yield from ctx.azure.children(type, _BELOW, api_version=_VERSION)
    for service in _SERVICES:
        yield from ctx.azure.children(STORAGE_ACCOUNT, f"/{service}/default{_BELOW}", api_version=_VERSION)


def _categories(row: Any, of: str, *, enabled: bool) -> list[str]:
    """Return the categories, and groups of categories, that are sent or not."""
    told = {
        each.get("category") or each.get("categoryGroup")
        for each in parts_of(row, of)
        if each.get("enabled") is enabled
    }
    return sorted(filter(None, told))
