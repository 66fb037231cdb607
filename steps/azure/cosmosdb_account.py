"""Accounts of Cosmos DB."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    identities_of,
    in_groups,
    keys_of,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
)

_ACCOUNT = "microsoft.documentdb/databaseaccounts"


@entity_step(
    ["Account", "Service"],
    permissions=["Microsoft.DocumentDB/databaseAccounts/read"],
    per_row=True,
    resources=[_ACCOUNT],
)
def azure_cosmosdb_account(ctx: Context) -> Iterator[Entity]:
    """An account of Cosmos DB, which has databases."""
    for row in ctx.azure.resources(_ACCOUNT):
        endpoint = properties_of(row).get("documentEndpoint")
        yield resource(
            row,
            category=["database"],
            function=["database"],
            endpoints=[endpoint] if endpoint else None,
            virtualNetworkSubnetIds=keys_of(parts_of(row, "virtualNetworkRules")),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_cosmosdb_account", per_row=True)
def azure_resource_group_has_cosmosdb_account(ctx: Context) -> Iterator[Relationship]:
    """An account of Cosmos DB is in a resource group."""
    yield from in_groups(ctx.azure.resources(_ACCOUNT))
