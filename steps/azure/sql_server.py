"""SQL servers, their databases and who in Microsoft Entra administers them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._ids import portal_link
from steps.azure._principals import applications
from steps.azure._resource import (
    active,
    below_parents,
    identities_of,
    in_groups,
    key_at,
    key_of,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
    text_in,
    whether,
)

SQL_SERVER = "microsoft.sql/servers"
SQL_DATABASE = "microsoft.sql/servers/databases"
_REPLICAS = "readReplicaCount", "highAvailabilityReplicaCount"
"""What the number of copies of a database is called in older answers, and in newer ones."""
READ = ["Microsoft.Sql/servers/read"]
READ_DATABASES = ["Microsoft.Sql/servers/databases/read"]


@entity_step(["Database", "DataStore", "Host"], permissions=READ, per_row=True, resources=[SQL_SERVER])
def azure_sql_server(ctx: Context) -> Iterator[Entity]:
    """A server of Azure SQL, which has databases."""
    for row in ctx.azure.resources(SQL_SERVER):
        yield resource(
            row,
            classification=None,
            secureTransport=True,
            publiclyAccessible=whether(properties_of(row).get("publicNetworkAccess"), "enabled"),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
            primaryUserAssignedIdentityId=key_at(properties_of(row), "primaryUserAssignedIdentityId"),
        )


@entity_step(["Database", "DataStore"], permissions=READ_DATABASES, per_row=True, resources=[SQL_DATABASE])
def azure_sql_database(ctx: Context) -> Iterator[Entity]:
    """A database of a server of Azure SQL."""
    for row in ctx.azure.resources(SQL_DATABASE):
        properties = properties_of(row)
        yield resource(
            row,
            classification=None,
            active=active(row),
            managedBy=key_of(row["managedBy"]),
            readReplicaCount=next((count for of in _REPLICAS if (count := properties.get(of)) is not None), None),
            elasticPoolId=key_at(properties, "elasticPoolId"),
            restorableDroppedDatabaseId=key_at(properties, "restorableDroppedDatabaseId"),
            recoverableDatabaseId=key_at(properties, "recoverableDatabaseId"),
            failoverGroupId=key_at(properties, "failoverGroupId"),
        )


@entity_step("AccessRole", permissions=READ, per_row=True)
def azure_sql_server_active_directory_admin(ctx: Context) -> Iterator[Entity]:
    """The user, group or application of Microsoft Entra that administers a server of Azure SQL."""
    for row in ctx.azure.resources(SQL_SERVER):
        if admin := properties_of(row).get("administrators"):
            id = f"{row['id']}/administrators/ActiveDirectory"
            yield Entity(
                arm_key(id),
                admin,
                id=id,
                name="ActiveDirectory",
                displayName=admin.get("login") or "ActiveDirectory",
                type=f"{SQL_SERVER}/administrators",
                webLink=portal_link(row),
            )


@relationship_step("azure_resource_group", "HAS", "azure_sql_server", per_row=True)
def azure_resource_group_has_sql_server(ctx: Context) -> Iterator[Relationship]:
    """A SQL server is in a resource group."""
    yield from in_groups(ctx.entities("azure_sql_server"))


@relationship_step("azure_sql_server", "HAS", "azure_sql_database", per_row=True)
def azure_sql_server_has_database(ctx: Context) -> Iterator[Relationship]:
    """A SQL server has a database."""
    yield from below_parents(ctx.entities("azure_sql_database"))


@relationship_step("azure_sql_server", "HAS", "azure_sql_server_active_directory_admin", per_row=True)
def azure_sql_server_has_active_directory_admin(ctx: Context) -> Iterator[Relationship]:
    """A SQL server has an administrator in Microsoft Entra."""
    for row in ctx.azure.resources(SQL_SERVER):
        if properties_of(row).get("administrators"):
            key = arm_key(row["id"])
            yield Relationship(key, f"{key}/administrators/activedirectory")


@relationship_step(
    "azure_sql_server_active_directory_admin",
    "IS",
    any_of("entra"),
    type="azure_sql_server_active_directory_admin_is_principal",
    needs=["azure_service_principal"],
)
def azure_sql_server_active_directory_admin_is_principal(ctx: Context) -> Iterator[Relationship]:
    """The administrator of a SQL server is a user, a group or an application of Microsoft Entra."""
    known = applications(ctx)
    for row in ctx.azure.resources(SQL_SERVER):
        sid = text_in(object_at(properties_of(row), "administrators"), "sid").lower()
        if sid:
            yield Relationship(f"{arm_key(row['id'])}/administrators/activedirectory", known.get(sid, sid))
