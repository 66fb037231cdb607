"""Which addresses servers of PostgreSQL, MySQL and MariaDB let in."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import firewall_rule, lets_azure_in
from steps.azure._database_children import in_servers, rows_below

_BELOW = "/firewallRules"
_READ_POSTGRESQL = ["Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read"]
_READ_MYSQL = ["Microsoft.DBforMySQL/flexibleServers/firewallRules/read"]
_READ_MARIADB = ["Microsoft.DBforMariaDB/servers/firewallRules/read"]


@entity_step("Firewall", permissions=_READ_POSTGRESQL, per_row=True, on_demand=True)
def azure_postgresql_server_firewall_rule(ctx: Context) -> Iterator[Entity]:
    """A range of addresses that may reach a PostgreSQL server."""
    for row in rows_below(ctx, "azure_postgresql_server", _BELOW):
        yield firewall_rule(row, allowsAzureServices=lets_azure_in(row))


@entity_step("Firewall", permissions=_READ_MYSQL, per_row=True, on_demand=True)
def azure_mysql_server_firewall_rule(ctx: Context) -> Iterator[Entity]:
    """A range of addresses that may reach a MySQL server."""
    for row in rows_below(ctx, "azure_mysql_server", _BELOW):
        yield firewall_rule(row, allowsAzureServices=lets_azure_in(row))


@entity_step("Firewall", permissions=_READ_MARIADB, per_row=True, on_demand=True)
def azure_mariadb_server_firewall_rule(ctx: Context) -> Iterator[Entity]:
    """A range of addresses that may reach a MariaDB server."""
    for row in rows_below(ctx, "azure_mariadb_server", _BELOW):
        yield firewall_rule(row, allowsAzureServices=lets_azure_in(row))


@relationship_step(
    "azure_postgresql_server",
    "HAS",
    "azure_postgresql_server_firewall_rule",
    permissions=_READ_POSTGRESQL,
    per_row=True,
)
def azure_postgresql_server_has_firewall_rule(ctx: Context) -> Iterator[Relationship]:
    """A PostgreSQL server lets in a range of addresses."""
    yield from in_servers(ctx, "azure_postgresql_server", _BELOW)


@relationship_step(
    "azure_mysql_server", "HAS", "azure_mysql_server_firewall_rule", permissions=_READ_MYSQL, per_row=True
)
def azure_mysql_server_has_firewall_rule(ctx: Context) -> Iterator[Relationship]:
    """A MySQL server lets in a range of addresses."""
    yield from in_servers(ctx, "azure_mysql_server", _BELOW)


@relationship_step(
    "azure_mariadb_server", "HAS", "azure_mariadb_server_firewall_rule", permissions=_READ_MARIADB, per_row=True
)
def azure_mariadb_server_has_firewall_rule(ctx: Context) -> Iterator[Relationship]:
    """A MariaDB server lets in a range of addresses."""
    yield from in_servers(ctx, "azure_mariadb_server", _BELOW)
