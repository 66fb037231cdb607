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
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
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
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_cosmosdb_account", per_row=True)
def azure_resource_group_has_cosmosdb_account(ctx: Context) -> Iterator[Relationship]:
    """An account of Cosmos DB is in a resource group."""
    yield from in_groups(ctx.entities("azure_cosmosdb_account"))


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
