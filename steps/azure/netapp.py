"""Accounts and volumes of Azure NetApp Files."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    named_in,
    object_at,
    parts_of,
    properties_of,
    resource,
    texts_at,
)

_TYPES = {
    "azure_netapp_account": "microsoft.netapp/netappaccounts",
    "azure_netapp_volume": "microsoft.netapp/netappaccounts/capacitypools/volumes",
}


@entity_step(
    "Account",
    permissions=["Microsoft.NetApp/netAppAccounts/read"],
    per_row=True,
    resources=[_TYPES["azure_netapp_account"]],
)
def azure_netapp_account(ctx: Context) -> Iterator[Entity]:
    """An account of Azure NetApp Files, which has volumes of files."""
    for row in ctx.azure.resources(_TYPES["azure_netapp_account"]):
        domains = parts_of(row, "activeDirectories")
        yield resource(
            row,
            userAssignedIdentityIds=identities_of(row),
            activeDirectoryAdministrators=list(texts_at(domains, "administrators[]")),
            activeDirectoryBackupOperators=list(texts_at(domains, "backupOperators[]")),
            activeDirectorySecurityOperators=list(texts_at(domains, "securityOperators[]")),
        )


@entity_step(
    "DataStore",
    permissions=["Microsoft.NetApp/netAppAccounts/capacityPools/volumes/read"],
    per_row=True,
    resources=[_TYPES["azure_netapp_volume"]],
)
def azure_netapp_volume(ctx: Context) -> Iterator[Entity]:
    """A volume of files of Azure NetApp Files, that machines mount."""
    for row in ctx.azure.resources(_TYPES["azure_netapp_volume"]):
        as_root = named_in(object_at(properties_of(row), "exportPolicy"), "rules", "hasRootAccess")
        yield resource(
            row,
            classification=None,
            allowsRootAccess=any(as_root) if as_root else None,
            subnetId=key_at(properties_of(row), "subnetId"),
            encrypted=True,
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_netapp(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """An account or a volume of Azure NetApp Files is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_netapp_account", "HAS", "azure_netapp_volume", per_row=True)
def azure_netapp_account_has_volume(ctx: Context) -> Iterator[Relationship]:
    """A volume is in a pool of an account."""
    for row in ctx.azure.resources(_TYPES["azure_netapp_volume"]):
        key = arm_key(row["id"])
        yield Relationship(key.rsplit("/", 4)[0], key)


@relationship_step("azure_subnet", "HAS", "azure_netapp_volume", per_row=True)
def azure_subnet_has_netapp_volume(ctx: Context) -> Iterator[Relationship]:
    """A volume is reached in a subnet."""
    for row in ctx.azure.resources(_TYPES["azure_netapp_volume"]):
        if subnet := key_at(properties_of(row), "subnetId"):
            yield Relationship(subnet, arm_key(row["id"]))
