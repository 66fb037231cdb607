"""Managed instances of SQL Server with their databases, and pools that databases share."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._principals import applications, object_id
from steps.azure._resource import (
    below_parents,
    identities_of,
    in_groups,
    key_at,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
)
from steps.azure.sql_server import SQL_DATABASE

_TYPES = {
    "azure_sql_managed_instance": "microsoft.sql/managedinstances",
    "azure_sql_managed_database": "microsoft.sql/managedinstances/databases",
    "azure_sql_elastic_pool": "microsoft.sql/servers/elasticpools",
}


@entity_step(
    ["Database", "DataStore", "Host"],
    permissions=["Microsoft.Sql/managedInstances/read"],
    per_row=True,
    resources=[_TYPES["azure_sql_managed_instance"]],
)
def azure_sql_managed_instance(ctx: Context) -> Iterator[Entity]:
    """A managed instance of SQL Server, in a subnet of its own."""
    for row in ctx.azure.resources(_TYPES["azure_sql_managed_instance"]):
        yield resource(
            row,
            classification=None,
            userAssignedIdentityIds=identities_of(row),
            primaryUserAssignedIdentityId=key_at(properties_of(row), "primaryUserAssignedIdentityId"),
            subnetId=key_at(properties_of(row), "subnetId"),
            instancePoolId=key_at(properties_of(row), "instancePoolId"),
            privateEndpointIds=private_endpoints_of(row),
        )


@entity_step(
    ["Database", "DataStore"],
    permissions=["Microsoft.Sql/managedInstances/databases/read"],
    per_row=True,
    resources=[_TYPES["azure_sql_managed_database"]],
)
def azure_sql_managed_database(ctx: Context) -> Iterator[Entity]:
    """A database of a managed instance of SQL Server."""
    for row in ctx.azure.resources(_TYPES["azure_sql_managed_database"]):
        yield resource(row, classification=None)


@entity_step(
    ["Database", "DataStore"],
    permissions=["Microsoft.Sql/servers/elasticPools/read"],
    per_row=True,
    resources=[_TYPES["azure_sql_elastic_pool"]],
)
def azure_sql_elastic_pool(ctx: Context) -> Iterator[Entity]:
    """What some databases of a SQL server share: processors and room."""
    for row in ctx.azure.resources(_TYPES["azure_sql_elastic_pool"]):
        yield resource(row, classification=None)


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_sql_managed_instance(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A managed instance, a database of one or a pool is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_sql_managed_instance", "HAS", "azure_sql_managed_database", per_row=True)
def azure_sql_managed_instance_has_database(ctx: Context) -> Iterator[Relationship]:
    """A managed instance has a database."""
    yield from below_parents(ctx.entities("azure_sql_managed_database"))


@relationship_step("azure_sql_server", "HAS", "azure_sql_elastic_pool", per_row=True)
def azure_sql_server_has_elastic_pool(ctx: Context) -> Iterator[Relationship]:
    """A SQL server has a pool that some of its databases share."""
    yield from below_parents(ctx.entities("azure_sql_elastic_pool"))


@relationship_step("azure_sql_elastic_pool", "HAS", "azure_sql_database", per_row=True)
def azure_sql_elastic_pool_has_database(ctx: Context) -> Iterator[Relationship]:
    """A database shares processors and room with the others of a pool."""
    for row in ctx.azure.resources(SQL_DATABASE):
        if pool := key_at(properties_of(row), "elasticPoolId"):
            yield Relationship(pool, arm_key(row["id"]))


@relationship_step("azure_subnet", "HAS", "azure_sql_managed_instance", per_row=True)
def azure_subnet_has_sql_managed_instance(ctx: Context) -> Iterator[Relationship]:
    """A managed instance is in a subnet."""
    for row in ctx.azure.resources(_TYPES["azure_sql_managed_instance"]):
        if subnet := key_at(properties_of(row), "subnetId"):
            yield Relationship(subnet, arm_key(row["id"]))


@relationship_step(
    "azure_sql_managed_instance",
    "ALLOWS",
    any_of("entra"),
    type="azure_sql_managed_instance_allows_principal",
    needs=["azure_service_principal"],
)
def azure_sql_managed_instance_allows_principal(ctx: Context) -> Iterator[Relationship]:
    """A user, a group or an application of Microsoft Entra administers a managed instance."""
    known = applications(ctx)
    for row in ctx.azure.resources(_TYPES["azure_sql_managed_instance"]):
        if sid := object_id(object_at(properties_of(row), "administrators").get("sid")):
            yield Relationship(arm_key(row["id"]), known.get(sid, sid))
