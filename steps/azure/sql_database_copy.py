"""Where else data of a SQL server is: copies on other servers, backups that can be restored, and names."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import below_parents, key_at, properties_of, resource
from steps.azure.sql_server import SQL_SERVER

SERVER, DATABASE, LINK = "azure_sql_server", "azure_sql_database", "azure_sql_replication_link"
_VERSION = "2025-01-01"
"""The first that tells the id of the other database, but for previews: 2023-08-01 does not."""
_LINKS = Children(SQL_SERVER, "/replicationLinks", _VERSION)
_DROPPED = Children(SQL_SERVER, "/restorableDroppedDatabases", _VERSION)
_RECOVERABLE = Children(SQL_SERVER, "/recoverableDatabases", _VERSION)
_POINTS = Children(f"{SQL_SERVER}/databases", "/restorePoints", _VERSION)
_ALIASES = Children(SQL_SERVER, "/dnsAliases", _VERSION)
_RESTORED_FROM = {
    "azure_sql_dropped_database": "restorableDroppedDatabaseId",
    "azure_sql_recoverable_database": "recoverableDatabaseId",
}
"""Types of backups, and the property by which a database names the one that it was restored from."""
_READ_LINKS = ["Microsoft.Sql/servers/databases/replicationLinks/read"]
_READ_DROPPED = ["Microsoft.Sql/servers/restorableDroppedDatabases/read"]
_READ_RECOVERABLE = ["Microsoft.Sql/servers/recoverableDatabases/read"]
_READ_POINTS = ["Microsoft.Sql/servers/databases/restorePoints/read"]
_READ_ALIASES = ["Microsoft.Sql/servers/dnsAliases/read"]


@entity_step("Configuration", permissions=_READ_LINKS, per_row=True, on_demand=True)
def azure_sql_replication_link(ctx: Context) -> Iterator[Entity]:
    """A database is copied to another server all the time; both databases have the link, each in its own role."""
    for row in _LINKS.rows(ctx):
        yield resource(row, partnerDatabaseId=key_at(properties_of(row), "partnerDatabaseId"))


@relationship_step(DATABASE, "HAS", LINK, permissions=_READ_LINKS, per_row=True)
def azure_sql_database_has_replication_link(ctx: Context) -> Iterator[Relationship]:
    """A database is a copy, or is copied."""
    yield from below_parents(ctx.entities(LINK))


@relationship_step(LINK, "CONNECTS", DATABASE, permissions=_READ_LINKS, per_row=True)
def azure_sql_replication_link_connects_database(ctx: Context) -> Iterator[Relationship]:
    """The other end of a link is a database of another server, which may be in another region or subscription."""
    for row in _LINKS.rows(ctx):
        if database := key_at(properties_of(row), "partnerDatabaseId"):
            yield Relationship(arm_key(row["id"]), database)


@entity_step("Backup", permissions=_READ_DROPPED, per_row=True, on_demand=True)
def azure_sql_dropped_database(ctx: Context) -> Iterator[Entity]:
    """A database that was dropped and can be restored yet, with all that was in it."""
    for row in _DROPPED.rows(ctx):
        yield resource(row, displayName=properties_of(row).get("databaseName") or row["name"])


@relationship_step(SERVER, "HAS", "azure_sql_dropped_database", permissions=_READ_DROPPED, per_row=True)
def azure_sql_server_has_dropped_database(ctx: Context) -> Iterator[Relationship]:
    """A SQL server had a database that can be restored yet."""
    yield from _DROPPED.in_parents(ctx)


@entity_step("Backup", permissions=_READ_RECOVERABLE, per_row=True, on_demand=True)
def azure_sql_recoverable_database(ctx: Context) -> Iterator[Entity]:
    """A database whose backups are kept in another region too, and can be restored on any server."""
    for row in _RECOVERABLE.rows(ctx):
        yield resource(row)


@relationship_step(SERVER, "HAS", "azure_sql_recoverable_database", permissions=_READ_RECOVERABLE, per_row=True)
def azure_sql_server_has_recoverable_database(ctx: Context) -> Iterator[Relationship]:
    """A SQL server has a database with backups in another region."""
    yield from _RECOVERABLE.in_parents(ctx)


@entity_step("Backup", permissions=_READ_POINTS, per_row=True, on_demand=True)
def azure_sql_restore_point(ctx: Context) -> Iterator[Entity]:
    """From when on, or as of when, the state of a database can be restored."""
    for row in _POINTS.rows(ctx):
        yield resource(row, displayName=row["id"].split("/")[-3])


@relationship_step(DATABASE, "HAS", "azure_sql_restore_point", permissions=_READ_POINTS, per_row=True)
def azure_sql_database_has_restore_point(ctx: Context) -> Iterator[Relationship]:
    """A state of a database can be restored."""
    yield from _POINTS.in_parents(ctx)


@entity_step("Configuration", permissions=_READ_ALIASES, per_row=True, on_demand=True)
def azure_sql_server_dns_alias(ctx: Context) -> Iterator[Entity]:
    """Another name by which a SQL server is reached, which can be moved to another server."""
    for row in _ALIASES.rows(ctx):
        yield resource(row)


@relationship_step(SERVER, "HAS", "azure_sql_server_dns_alias", permissions=_READ_ALIASES, per_row=True)
def azure_sql_server_has_dns_alias(ctx: Context) -> Iterator[Relationship]:
    """A SQL server is reached by another name."""
    yield from _ALIASES.in_parents(ctx)


@relationship_family(list(_RESTORED_FROM), "GENERATED", DATABASE, per_row=True)
def azure_sql_backup_generated_database(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A database was restored from what is kept of another one."""
    for database in ctx.entities(to_type):
        if backup := database.properties.get(_RESTORED_FROM[from_type]):
            yield Relationship(backup, database.key)
