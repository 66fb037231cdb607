"""Databases of servers of PostgreSQL, MySQL and MariaDB."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._database_children import in_servers, rows_below
from steps.azure._resource import resource

_BELOW = "/databases"
_READ_POSTGRESQL = ["Microsoft.DBforPostgreSQL/flexibleServers/databases/read"]
_READ_MYSQL = ["Microsoft.DBforMySQL/flexibleServers/databases/read"]
_READ_MARIADB = ["Microsoft.DBforMariaDB/servers/databases/read"]


@entity_step(["Database", "DataStore"], permissions=_READ_POSTGRESQL, per_row=True, on_demand=True)
def azure_postgresql_database(ctx: Context) -> Iterator[Entity]:
    """A database of a PostgreSQL server."""
    for row in rows_below(ctx, "azure_postgresql_server", _BELOW):
        yield resource(row, classification=None, encrypted=True)


@entity_step(["Database", "DataStore"], permissions=_READ_MYSQL, per_row=True, on_demand=True)
def azure_mysql_database(ctx: Context) -> Iterator[Entity]:
    """A database of a MySQL server."""
    for row in rows_below(ctx, "azure_mysql_server", _BELOW):
        yield resource(row, classification=None, encrypted=True)


@entity_step(["Database", "DataStore"], permissions=_READ_MARIADB, per_row=True, on_demand=True)
def azure_mariadb_database(ctx: Context) -> Iterator[Entity]:
    """A database of a MariaDB server."""
    for row in rows_below(ctx, "azure_mariadb_server", _BELOW):
        yield resource(row, classification=None, encrypted=True)


@relationship_step(
    "azure_postgresql_server", "HAS", "azure_postgresql_database", permissions=_READ_POSTGRESQL, per_row=True
)
def azure_postgresql_server_has_database(ctx: Context) -> Iterator[Relationship]:
    """A PostgreSQL server has a database."""
    yield from in_servers(ctx, "azure_postgresql_server", _BELOW)


@relationship_step("azure_mysql_server", "HAS", "azure_mysql_database", permissions=_READ_MYSQL, per_row=True)
def azure_mysql_server_has_database(ctx: Context) -> Iterator[Relationship]:
    """A MySQL server has a database."""
    yield from in_servers(ctx, "azure_mysql_server", _BELOW)


@relationship_step("azure_mariadb_server", "HAS", "azure_mariadb_database", permissions=_READ_MARIADB, per_row=True)
def azure_mariadb_server_has_database(ctx: Context) -> Iterator[Relationship]:
    """A MariaDB server has a database."""
    yield from in_servers(ctx, "azure_mariadb_server", _BELOW)
