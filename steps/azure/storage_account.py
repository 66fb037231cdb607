"""Storage accounts, and the vaults that hold the keys that encrypt them."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    environment_of,
    identities_of,
    in_groups,
    keys_of,
    named_in,
    object_at,
    objects_in,
    private_endpoints_of,
    properties_of,
    resource,
    texts_at,
)
from steps.azure._vaults import VAULTS, host_of, vaults_by_host
from steps.azure.vm import VM, disks_of

STORAGE_ACCOUNT = "microsoft.storage/storageaccounts"
_SERVICES = ("blob", "queue", "table", "file", "web", "dfs")


@entity_step(
    "Service", permissions=["Microsoft.Storage/storageAccounts/read"], per_row=True, resources=[STORAGE_ACCOUNT]
)
def azure_storage_account(ctx: Context) -> Iterator[Entity]:
    """A storage account, which has containers of blobs, file shares, queues and tables."""
    for row in ctx.azure.resources(STORAGE_ACCOUNT):
        rules = object_at(properties_of(row), "networkAcls")
        network: dict[str, Any] = {
            "networkRuleSet.allowedIpAddresses": named_in(rules, "ipRules", "value"),
            "networkRuleSet.virtualNetworkSubnetIds": keys_of(objects_in(rules, "virtualNetworkRules")),
        }
        yield resource(
            row,
            environment=environment_of(row),
            category=["infrastructure"],
            function=["storage"],
            endpoints=list(addresses_of(row)),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
            **(network if rules else {}),
        )


@relationship_step("azure_resource_group", "HAS", "azure_storage_account", per_row=True)
def azure_resource_group_has_storage_account(ctx: Context) -> Iterator[Relationship]:
    """A storage account is in a resource group."""
    yield from in_groups(ctx.entities("azure_storage_account"))


@relationship_family("azure_storage_account", "USES", list(VAULTS))
def azure_storage_account_uses_vault(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A storage account is encrypted with a key in a vault or a managed HSM, whose address tells which."""
    vaults = vaults_by_host(ctx, to_type)
    for row in ctx.azure.resources(STORAGE_ACCOUNT):
        key = object_at(properties_of(row), "encryption", "keyvaultproperties")
        if vault := vaults.get(host_of(key.get("keyvaulturi"))):
            told = {
                "keyName": key.get("keyname"),
                "keyVaultUri": key.get("keyvaulturi"),
                "keyVersion": key.get("keyversion"),
            }
            yield Relationship(arm_key(row["id"]), vault, **{name: value for name, value in told.items() if value})


@relationship_step("azure_vm", "USES", "azure_storage_account")
def azure_vm_uses_storage_account(ctx: Context) -> Iterator[Relationship]:
    """A virtual machine keeps there how it starts, or has disks that are files, as before there were managed disks."""
    accounts = accounts_by_host(ctx)
    for row in ctx.azure.resources(VM):
        system, others = disks_of(row)
        told = [object_at(disk, "vhd").get("uri") for disk in (system, *others)]
        told += texts_at(properties_of(row), "diagnosticsProfile", "bootDiagnostics", "storageUri")
        for host in dict.fromkeys(map(host_of, told)):
            if account := accounts.get(host or ""):
                yield Relationship(arm_key(row["id"]), account)


def addresses_of(row: Any) -> Iterator[str]:
    """Yield the addresses that a storage account answers at, then those for each way of routing to it."""
    endpoints = object_at(properties_of(row), "primaryEndpoints")
    for place in (endpoints, object_at(endpoints, "microsoftEndpoints"), object_at(endpoints, "internetEndpoints")):
        yield from filter(None, (place.get(service) for service in _SERVICES))


def accounts_by_name(ctx: Context) -> dict[str, str]:
    """Return the key of each storage account by its name, which is the only one of that name in Azure.

    Source: Microsoft's naming rules for Azure resources, Microsoft.Storage.
    """
    return {row["name"].lower(): arm_key(row["id"]) for row in ctx.azure.resources(STORAGE_ACCOUNT)}


def accounts_by_host(ctx: Context) -> dict[str | None, str]:
    """Return the keys of the storage accounts by the hosts that they answer at."""
    rows = ctx.azure.resources(STORAGE_ACCOUNT)
    return {host_of(each): arm_key(row["id"]) for row in rows for each in addresses_of(row)}
