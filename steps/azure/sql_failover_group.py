"""Groups of databases of Azure SQL that a second server has a copy of, and takes over."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import keys_in, resource
from steps.azure.sql_server import SQL_SERVER

_GROUPS = Children(SQL_SERVER, "/failoverGroups", "2021-11-01")
_READ = ["Microsoft.Sql/servers/failoverGroups/read"]


@entity_step("Cluster", permissions=_READ, per_row=True, on_demand=True)
def azure_sql_failover_group(ctx: Context) -> Iterator[Entity]:
    """Databases that a second server has a copy of; both servers have the group, each in its own role."""
    for row in _GROUPS.rows(ctx):
        yield resource(row, partnerServerIds=keys_in(row, "partnerServers"), databaseIds=keys_in(row, "databases"))


@relationship_step("azure_sql_server", "HAS", "azure_sql_failover_group", permissions=_READ, per_row=True)
def azure_sql_server_has_failover_group(ctx: Context) -> Iterator[Relationship]:
    """A SQL server has databases in a group that another server takes over."""
    yield from _GROUPS.in_parents(ctx)


@relationship_step("azure_sql_failover_group", "CONNECTS", "azure_sql_server", permissions=_READ, per_row=True)
def azure_sql_failover_group_connects_server(ctx: Context) -> Iterator[Relationship]:
    """The data of a group is on another server as well, which may be in another region or subscription."""
    for row in _GROUPS.rows(ctx):
        for server in keys_in(row, "partnerServers"):
            yield Relationship(arm_key(row["id"]), server)


@relationship_step("azure_sql_failover_group", "HAS", "azure_sql_database", permissions=_READ, per_row=True)
def azure_sql_failover_group_has_database(ctx: Context) -> Iterator[Relationship]:
    """A database is copied with a group."""
    for row in _GROUPS.rows(ctx):
        for database in keys_in(row, "databases"):
            yield Relationship(arm_key(row["id"]), database)
