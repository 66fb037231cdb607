"""Accounts of Cosmos DB."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    environment_of,
    identities_of,
    in_groups,
    joined,
    keys_in,
    named_in,
    object_at,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
    text_in,
    values_of,
)

COSMOSDB_ACCOUNT = "microsoft.documentdb/databaseaccounts"


@entity_step(
    ["Account", "Service"],
    permissions=["Microsoft.DocumentDB/databaseAccounts/read"],
    per_row=True,
    resources=[COSMOSDB_ACCOUNT],
)
def azure_cosmosdb_account(ctx: Context) -> Iterator[Entity]:
    """An account of Cosmos DB, which has databases."""
    for row in ctx.azure.resources(COSMOSDB_ACCOUNT):
        everywhere = properties_of(row).get("documentEndpoint")
        regional = named_in(properties_of(row), "readLocations", "documentEndpoint")
        yield resource(
            row,
            vendor="Azure",
            environment=environment_of(row),
            category=["infrastructure"],
            function=["database"],
            endpoints=regional or ([everywhere] if everywhere else None),
            ipRangeFilter=_addresses(properties_of(row)),
            virtualNetworkSubnetIds=keys_in(row, "virtualNetworkRules"),
            zoneRedundantLocations=values_of(_in_zones(row), "locationName"),
            failoverPriorities=joined(_by_priority(row), "=", "failoverPriority", "locationName"),
            networkAclBypassResourceIds=keys_in(row, "networkAclBypassResourceIds"),
            restoredFromInstanceId=_restored_from(properties_of(row)),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_cosmosdb_account", per_row=True)
def azure_resource_group_has_cosmosdb_account(ctx: Context) -> Iterator[Relationship]:
    """An account of Cosmos DB is in a resource group."""
    yield from in_groups(ctx.entities("azure_cosmosdb_account"))


@relationship_step("azure_cosmosdb_account", "GENERATED", "azure_cosmosdb_account")
def azure_cosmosdb_account_generated_account(ctx: Context) -> Iterator[Relationship]:
    """An account of Cosmos DB was restored from the backups of another one that is there yet, and holds its data."""
    accounts = list(ctx.entities("azure_cosmosdb_account"))
    keys = {id.lower(): account.key for account in accounts if (id := account.properties.get("instanceId"))}
    for account in accounts:
        if source := keys.get(account.properties.get("restoredFromInstanceId", "")):
            yield Relationship(source, account.key)


def _restored_from(properties: dict[str, Any]) -> str | None:
    """Return the instance id of the account that one was restored from; ``None`` where it was not.

    Source: Azure Cosmos DB, questions on continuous backup: it is the last part of ``restoreSource``.
    """
    return text_in(object_at(properties, "restoreParameters"), "restoreSource").rpartition("/")[2].lower() or None


def _in_zones(row: Any) -> list[dict[str, Any]]:
    """Return the regions of an account in which its copies are in several zones."""
    return [region for region in parts_of(row, "locations") if region.get("isZoneRedundant") is True]


def _by_priority(row: Any) -> list[dict[str, Any]]:
    """Return what an account tells of its regions, in the order in which they take over."""
    return sorted(parts_of(row, "failoverPolicies"), key=lambda policy: policy.get("failoverPriority") or 0)


def _addresses(properties: dict[str, Any]) -> list[str] | None:
    """Return the addresses that may reach an account, which it once told in one text; ``None`` where it tells none."""
    if properties.get("ipRules") is not None:
        return named_in(properties, "ipRules", "ipAddressOrRange")
    told = properties.get("ipRangeFilter")
    return None if told is None else [address for address in told.split(",") if address]
