"""Workspaces of Synapse, and the pools in them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    active,
    below_parents,
    identities_of,
    in_groups,
    key_at,
    named_by,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
)

_WORKSPACE = "microsoft.synapse/workspaces"
_POOL = "microsoft.synapse/workspaces/sqlpools"
_SPARK = "microsoft.synapse/workspaces/bigdatapools"


@entity_step("Configuration", permissions=["Microsoft.Synapse/workspaces/read"], per_row=True, resources=[_WORKSPACE])
def azure_synapse_workspace(ctx: Context) -> Iterator[Entity]:
    """A workspace of Synapse, in which data is analysed."""
    for row in ctx.azure.resources(_WORKSPACE):
        network = object_at(properties_of(row), "virtualNetworkProfile")
        yield resource(
            row,
            subnetId=key_at(network, "computeSubnetId"),
            endpoints=[each for each in object_at(properties_of(row), "connectivityEndpoints").values() if each],
            purviewAccountId=key_at(object_at(properties_of(row), "purviewConfiguration"), "purviewResourceId"),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@entity_step(
    "Configuration", permissions=["Microsoft.Synapse/workspaces/sqlPools/read"], per_row=True, resources=[_POOL]
)
def azure_synapse_sql_pool(ctx: Context) -> Iterator[Entity]:
    """A pool of SQL in a workspace of Synapse."""
    for row in ctx.azure.resources(_POOL):
        yield resource(row, active=active(row))


@entity_step(
    "Configuration", permissions=["Microsoft.Synapse/workspaces/bigDataPools/read"], per_row=True, resources=[_SPARK]
)
def azure_synapse_spark_pool(ctx: Context) -> Iterator[Entity]:
    """A pool of machines in a workspace of Synapse, which run Spark."""
    for row in ctx.azure.resources(_SPARK):
        yield resource(row)


@relationship_step("azure_resource_group", "HAS", "azure_synapse_workspace", per_row=True)
def azure_resource_group_has_synapse_workspace(ctx: Context) -> Iterator[Relationship]:
    """A workspace of Synapse is in a resource group."""
    yield from in_groups(ctx.entities("azure_synapse_workspace"))


@relationship_step("azure_synapse_workspace", "HAS", "azure_synapse_sql_pool", per_row=True)
def azure_synapse_workspace_has_sql_pool(ctx: Context) -> Iterator[Relationship]:
    """A workspace of Synapse has a pool of SQL."""
    yield from below_parents(ctx.entities("azure_synapse_sql_pool"))


@relationship_step("azure_synapse_workspace", "HAS", "azure_synapse_spark_pool", per_row=True)
def azure_synapse_workspace_has_spark_pool(ctx: Context) -> Iterator[Relationship]:
    """A workspace of Synapse has a pool of Spark."""
    yield from below_parents(ctx.entities("azure_synapse_spark_pool"))


@relationship_step("azure_synapse_workspace", "USES", "azure_purview_account", per_row=True)
def azure_synapse_workspace_uses_purview_account(ctx: Context) -> Iterator[Relationship]:
    """A workspace of Synapse tells an account of Microsoft Purview what data it has."""
    yield from named_by(ctx.entities("azure_synapse_workspace"), "purviewAccountId")
