"""Servers of PostgreSQL, MySQL and MariaDB."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import epoch_ms
from steps.azure._resource import (
    identities_of,
    in_groups,
    key_at,
    object_at,
    private_endpoints_of,
    properties_of,
    resource,
    text_in,
    whether,
)

_TYPES = {
    "azure_mariadb_server": ["microsoft.dbformariadb/servers"],
    "azure_mysql_server": ["microsoft.dbformysql/flexibleservers", "microsoft.dbformysql/servers"],
    "azure_postgresql_server": ["microsoft.dbforpostgresql/flexibleservers", "microsoft.dbforpostgresql/servers"],
}


@entity_step(
    ["Database", "DataStore", "Host"],
    permissions=["Microsoft.DBforMariaDB/servers/read"],
    per_row=True,
    resources=_TYPES["azure_mariadb_server"],
)
def azure_mariadb_server(ctx: Context) -> Iterator[Entity]:
    """A server of Azure Database for MariaDB."""
    yield from _servers(ctx, "azure_mariadb_server")


@entity_step(
    ["Database", "DataStore", "Host"],
    permissions=["Microsoft.DBforMySQL/flexibleServers/read"],
    per_row=True,
    resources=_TYPES["azure_mysql_server"],
)
def azure_mysql_server(ctx: Context) -> Iterator[Entity]:
    """A server of Azure Database for MySQL, flexible or single."""
    yield from _servers(ctx, "azure_mysql_server")


@entity_step(
    ["Database", "DataStore", "Host"],
    permissions=["Microsoft.DBforPostgreSQL/flexibleServers/read"],
    per_row=True,
    resources=_TYPES["azure_postgresql_server"],
)
def azure_postgresql_server(ctx: Context) -> Iterator[Entity]:
    """A server of Azure Database for PostgreSQL, flexible or single."""
    yield from _servers(ctx, "azure_postgresql_server")


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_database_server(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A database server is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_mariadb_server", "GENERATED", "azure_mariadb_server", per_row=True)
def azure_mariadb_server_generated_server(ctx: Context) -> Iterator[Relationship]:
    """A MariaDB server is a copy of another one, and holds all that is there."""
    yield from _copies(ctx, "azure_mariadb_server")


@relationship_step("azure_mysql_server", "GENERATED", "azure_mysql_server", per_row=True)
def azure_mysql_server_generated_server(ctx: Context) -> Iterator[Relationship]:
    """A MySQL server is a copy of another one, and holds all that is there."""
    yield from _copies(ctx, "azure_mysql_server")


@relationship_step("azure_postgresql_server", "GENERATED", "azure_postgresql_server", per_row=True)
def azure_postgresql_server_generated_server(ctx: Context) -> Iterator[Relationship]:
    """A PostgreSQL server is a copy of another one, and holds all that is there."""
    yield from _copies(ctx, "azure_postgresql_server")


def _copies(ctx: Context, type: str) -> Iterator[Relationship]:
    for server in ctx.entities(type):
        if source := server.properties.get("masterServerId"):
            yield Relationship(source, server.key)


def _servers(ctx: Context, name: str) -> Iterator[Entity]:
    for type in _TYPES[name]:
        for row in ctx.azure.resources(type):
            yield resource(row, classification=None, privateEndpointIds=private_endpoints_of(row), **_told(row, name))


def _told(row: Any, name: str) -> dict[str, Any]:
    """Return what flexible servers tell elsewhere than single ones, and what MariaDB does not have."""
    properties = properties_of(row)
    network, backup = object_at(properties, "network"), object_at(properties, "backup")
    single, storage = object_at(properties, "storageProfile"), object_at(properties, "storage")
    gigabytes = storage.get("storageSizeGB")
    is_copy = "replica" in text_in(properties, "replicationRole").lower()
    source = key_at(properties, "sourceServerResourceId") if is_copy else None
    access = network.get("publicNetworkAccess") or properties.get("publicNetworkAccess")
    told = {
        "state": properties.get("state") or properties.get("userVisibleState"),
        "publicNetworkAccess": access,
        "publiclyAccessible": whether(access, "enabled"),
        "geoRedundantBackup": backup.get("geoRedundantBackup") or single.get("geoRedundantBackup"),
        "backupRetentionDays": backup.get("backupRetentionDays") or single.get("backupRetentionDays"),
        "earliestRestoreOn": epoch_ms(backup.get("earliestRestoreDate") or properties.get("earliestRestoreDate")),
        "storageMb": single.get("storageMB") if gigabytes is None else gigabytes * 1024,
        "storageAutogrow": storage.get("autoGrow") or single.get("storageAutogrow"),
        "masterServerId": key_at(properties, "masterServerId") or source,
        "secureTransport": whether(properties.get("sslEnforcement"), "enabled"),
    }
    if name != "azure_mariadb_server":
        told |= {
            "delegatedSubnetId": key_at(network, "delegatedSubnetResourceId"),
            "userAssignedIdentityIds": identities_of(row),
        }
    return told
