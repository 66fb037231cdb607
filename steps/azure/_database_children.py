"""What is read below each server of PostgreSQL, MySQL and MariaDB, flexible and single ones."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Relationship
from steps.azure._children import Children

_SERVERS = {
    "azure_mariadb_server": [("microsoft.dbformariadb/servers", "2018-06-01")],
    "azure_mysql_server": [
        ("microsoft.dbformysql/flexibleservers", "2021-05-01"),
        ("microsoft.dbformysql/servers", "2017-12-01"),
    ],
    "azure_postgresql_server": [
        ("microsoft.dbforpostgresql/flexibleservers", "2022-12-01"),
        ("microsoft.dbforpostgresql/servers", "2017-12-01"),
    ],
}


def rows_below(ctx: Context, server: str, below: str) -> Iterator[Any]:
    """Yield what is below all servers that are read as one type."""
    for type, version in _SERVERS[server]:
        yield from Children(type, below, version).rows(ctx)


def in_servers(ctx: Context, server: str, below: str) -> Iterator[Relationship]:
    """Yield a relationship from its server to each of what is below all servers that are read as one type."""
    for type, version in _SERVERS[server]:
        yield from Children(type, below, version).in_parents(ctx)
