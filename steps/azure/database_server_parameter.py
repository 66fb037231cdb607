"""Settings of servers of PostgreSQL and MySQL that matter for their safety; there are some hundred others."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._database_children import in_servers, rows_below
from steps.azure._resource import resource

_BELOW = "/configurations"
_READ_POSTGRESQL = ["Microsoft.DBforPostgreSQL/flexibleServers/configurations/read"]
_READ_MYSQL = ["Microsoft.DBforMySQL/flexibleServers/configurations/read"]
_NAMES = frozenset(
    {
        "audit_log_enabled",
        "audit_log_events",
        "azure.extensions",
        "connection_throttle.enable",
        "connection_throttling",
        "log_checkpoints",
        "log_connections",
        "log_disconnections",
        "log_duration",
        "log_retention_days",
        "logfiles.retention_days",
        "password_encryption",
        "pgaudit.log",
        "require_secure_transport",
        "ssl_max_protocol_version",
        "ssl_min_protocol_version",
        "tls_version",
    }
)
"""Those that prowler and the CIS benchmark look at, and what else decides on encryption and on what is written down."""


@entity_step("Configuration", permissions=_READ_POSTGRESQL, per_row=True, on_demand=True)
def azure_postgresql_server_parameter(ctx: Context) -> Iterator[Entity]:
    """A setting of a PostgreSQL server that matters for its safety."""
    for row in rows_below(ctx, "azure_postgresql_server", _BELOW):
        if _is_named(arm_key(row["id"])):
            yield resource(row)


@entity_step("Configuration", permissions=_READ_MYSQL, per_row=True, on_demand=True)
def azure_mysql_server_parameter(ctx: Context) -> Iterator[Entity]:
    """A setting of a MySQL server that matters for its safety."""
    for row in rows_below(ctx, "azure_mysql_server", _BELOW):
        if _is_named(arm_key(row["id"])):
            yield resource(row)


@relationship_step(
    "azure_postgresql_server", "HAS", "azure_postgresql_server_parameter", permissions=_READ_POSTGRESQL, per_row=True
)
def azure_postgresql_server_has_parameter(ctx: Context) -> Iterator[Relationship]:
    """A PostgreSQL server has a setting."""
    yield from (each for each in in_servers(ctx, "azure_postgresql_server", _BELOW) if _is_named(each.to_key))


@relationship_step("azure_mysql_server", "HAS", "azure_mysql_server_parameter", permissions=_READ_MYSQL, per_row=True)
def azure_mysql_server_has_parameter(ctx: Context) -> Iterator[Relationship]:
    """A MySQL server has a setting."""
    yield from (each for each in in_servers(ctx, "azure_mysql_server", _BELOW) if _is_named(each.to_key))


def _is_named(key: str) -> bool:
    """Tell whether a key is that of a setting which is read."""
    return key.rpartition("/")[2] in _NAMES
