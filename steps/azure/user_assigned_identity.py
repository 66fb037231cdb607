"""Identities that resources are given, and that outlive them."""

from collections.abc import Iterator
from itertools import chain

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import identities_of, in_groups, object_at, properties_of, resource
from steps.azure.batch_account import BATCH, BATCH_POOL
from steps.azure.vm import VM

_IDENTITY = "microsoft.managedidentity/userassignedidentities"
_HOLDERS = (
    "microsoft.apimanagement/service",
    "microsoft.app/containerapps",
    "microsoft.app/jobs",
    "microsoft.app/managedenvironments",
    "microsoft.appconfiguration/configurationstores",
    "microsoft.automation/automationaccounts",
    "microsoft.azurestackhci/clusters",
    "microsoft.batch/batchaccounts",
    "microsoft.cache/redis",
    "microsoft.cache/redisenterprise",
    "microsoft.cdn/profiles",
    "microsoft.cognitiveservices/accounts",
    "microsoft.compute/diskencryptionsets",
    "microsoft.compute/galleries",
    "microsoft.compute/virtualmachines",
    "microsoft.compute/virtualmachinescalesets",
    "microsoft.containerinstance/containergroups",
    "microsoft.containerregistry/registries",
    "microsoft.containerregistry/registries/tasks",
    "microsoft.containerservice/managedclusters",
    "microsoft.datafactory/factories",
    "microsoft.dataprotection/backupvaults",
    "microsoft.dbformysql/flexibleservers",
    "microsoft.dbformysql/servers",
    "microsoft.dbforpostgresql/flexibleservers",
    "microsoft.dbforpostgresql/servers",
    "microsoft.desktopvirtualization/hostpools",
    "microsoft.devices/iothubs",
    "microsoft.devices/provisioningservices",
    "microsoft.documentdb/databaseaccounts",
    "microsoft.eventgrid/domains",
    "microsoft.eventgrid/topics",
    "microsoft.eventhub/namespaces",
    "microsoft.hdinsight/clusters",
    "microsoft.healthcareapis/workspaces/dicomservices",
    "microsoft.healthcareapis/workspaces/fhirservices",
    "microsoft.insights/datacollectionrules",
    "microsoft.insights/metricalerts",
    "microsoft.insights/scheduledqueryrules",
    "microsoft.keyvault/managedhsms",
    "microsoft.kusto/clusters",
    "microsoft.logic/workflows",
    "microsoft.machinelearningservices/workspaces",
    "microsoft.netapp/netappaccounts",
    "microsoft.network/applicationgateways",
    "microsoft.network/firewallpolicies",
    "microsoft.network/networkwatchers/flowlogs",
    "microsoft.network/virtualnetworkgateways",
    "microsoft.operationalinsights/workspaces",
    "microsoft.purview/accounts",
    "microsoft.recoveryservices/vaults",
    "microsoft.search/searchservices",
    "microsoft.servicebus/namespaces",
    "microsoft.signalrservice/signalr",
    "microsoft.signalrservice/webpubsub",
    "microsoft.sql/managedinstances",
    "microsoft.sql/servers",
    "microsoft.sql/servers/databases",
    "microsoft.sqlvirtualmachine/sqlvirtualmachines",
    "microsoft.storage/storageaccounts",
    "microsoft.storagecache/caches",
    "microsoft.storagesync/storagesyncservices",
    "microsoft.streamanalytics/streamingjobs",
    "microsoft.synapse/workspaces",
    "microsoft.web/hostingenvironments",
    "microsoft.web/sites",
    "microsoft.web/sites/slots",
    "microsoft.web/staticsites",
)
"""Types of resources that may have identities; and all that have no type of their own here."""


@entity_step(
    "AccessRole",
    permissions=["Microsoft.ManagedIdentity/userAssignedIdentities/read"],
    per_row=True,
    resources=[_IDENTITY],
)
def azure_user_assigned_identity(ctx: Context) -> Iterator[Entity]:
    """An identity that several resources can be given, with which they sign in to others without a password."""
    for row in ctx.azure.resources(_IDENTITY):
        yield resource(row)


@relationship_step("azure_resource_group", "HAS", "azure_user_assigned_identity", per_row=True)
def azure_resource_group_has_user_assigned_identity(ctx: Context) -> Iterator[Relationship]:
    """An identity is in a resource group."""
    yield from in_groups(ctx.entities("azure_user_assigned_identity"))


@relationship_step(
    any_of("azure"),
    "USES",
    "azure_user_assigned_identity",
    type="azure_resource_uses_user_assigned_identity",
    per_row=True,
)
def azure_resource_uses_user_assigned_identity(ctx: Context) -> Iterator[Relationship]:
    """A resource may act as an identity that it was given."""
    pools = ctx.azure.table(BATCH, type=BATCH_POOL)
    others = (row for row in ctx.azure.resources("*") if isinstance(row["identity"], dict))  # they may have any form
    for row in chain(pools, others, chain.from_iterable(map(ctx.azure.resources, _HOLDERS))):
        for identity in identities_of(row):
            yield Relationship(arm_key(row["id"]), identity)


@relationship_step("azure_user_assigned_identity", "IS", "azure_service_principal", per_row=True)
def azure_user_assigned_identity_is_service_principal(ctx: Context) -> Iterator[Relationship]:
    """An identity signs in as a service principal of Microsoft Entra, as Azure says."""
    for row in ctx.azure.resources(_IDENTITY):
        if principal := properties_of(row).get("principalId"):
            yield Relationship(arm_key(row["id"]), principal.lower())


@relationship_step(
    any_of("azure"),
    "USES",
    "azure_service_principal",
    type="azure_resource_uses_managed_identity",
    needs=["azure_subscription"],
)
def azure_resource_uses_managed_identity(ctx: Context) -> Iterator[Relationship]:
    """A resource acts as a service principal of its own, or an identity as its one, as Microsoft Entra says."""
    for principal in ctx.entities("azure_service_principal"):
        if resource_key := principal.properties.get("managedResourceId"):
            yield Relationship(resource_key, principal.key)


@relationship_step("azure_vm", "USES", "azure_service_principal", type="azure_vm_uses_managed_identity", per_row=True)
def azure_vm_uses_managed_identity(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine may act as a service principal: that of its own identity, or of one that it was given."""
    for row in ctx.azure.resources(VM):
        identity = object_at(row, "identity")
        given = object_at(identity, "userAssignedIdentities")
        found = [identity.get("principalId"), *(object_at(given, id).get("principalId") for id in given)]
        for principal in dict.fromkeys(each.lower() for each in found if each):
            yield Relationship(arm_key(row["id"]), principal)
