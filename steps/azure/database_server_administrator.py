"""Who in Microsoft Entra administers flexible servers of PostgreSQL and MySQL."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._principals import applications
from steps.azure._resource import key_at, named_by, properties_of, resource, text_in

_POSTGRESQL = Children("microsoft.dbforpostgresql/flexibleservers", "/administrators", "2022-12-01")
_MYSQL = Children("microsoft.dbformysql/flexibleservers", "/administrators", "2023-12-30")
_READ_POSTGRESQL = ["Microsoft.DBforPostgreSQL/flexibleServers/administrators/read"]
_READ_MYSQL = ["Microsoft.DBforMySQL/flexibleServers/administrators/read"]


@entity_step("AccessRole", permissions=_READ_POSTGRESQL, per_row=True, on_demand=True)
def azure_postgresql_server_active_directory_admin(ctx: Context) -> Iterator[Entity]:
    """A user, group or application of Microsoft Entra that administers a PostgreSQL server."""
    for row in _POSTGRESQL.rows(ctx):
        yield resource(row, displayName=properties_of(row).get("principalName") or row["name"])


@entity_step("AccessRole", permissions=_READ_MYSQL, per_row=True, on_demand=True)
def azure_mysql_server_active_directory_admin(ctx: Context) -> Iterator[Entity]:
    """A user, group or application of Microsoft Entra that administers a MySQL server."""
    for row in _MYSQL.rows(ctx):
        properties = properties_of(row)
        name = properties.get("login") or row["name"]
        yield resource(row, displayName=name, identityResourceId=key_at(properties, "identityResourceId"))


@relationship_step(
    "azure_postgresql_server",
    "HAS",
    "azure_postgresql_server_active_directory_admin",
    permissions=_READ_POSTGRESQL,
    per_row=True,
)
def azure_postgresql_server_has_active_directory_admin(ctx: Context) -> Iterator[Relationship]:
    """A PostgreSQL server has an administrator in Microsoft Entra."""
    yield from _POSTGRESQL.in_parents(ctx)


@relationship_step(
    "azure_mysql_server", "HAS", "azure_mysql_server_active_directory_admin", permissions=_READ_MYSQL, per_row=True
)
def azure_mysql_server_has_active_directory_admin(ctx: Context) -> Iterator[Relationship]:
    """A MySQL server has an administrator in Microsoft Entra."""
    yield from _MYSQL.in_parents(ctx)


@relationship_step(
    "azure_postgresql_server_active_directory_admin",
    "IS",
    any_of("entra"),
    permissions=_READ_POSTGRESQL,
    type="azure_postgresql_server_active_directory_admin_is_principal",
    per_row=True,
)
def azure_postgresql_server_active_directory_admin_is_principal(ctx: Context) -> Iterator[Relationship]:
    """The administrator of a PostgreSQL server is a user, a group or a service principal of Microsoft Entra."""
    for row in _POSTGRESQL.rows(ctx):
        if id := properties_of(row).get("objectId"):
            yield Relationship(arm_key(row["id"]), id.lower())


@relationship_step(
    "azure_mysql_server_active_directory_admin",
    "IS",
    any_of("entra"),
    permissions=_READ_MYSQL,
    type="azure_mysql_server_active_directory_admin_is_principal",
    needs=["azure_service_principal"],
)
def azure_mysql_server_active_directory_admin_is_principal(ctx: Context) -> Iterator[Relationship]:
    """The administrator of a MySQL server is a user, a group or an application of Microsoft Entra."""
    known = applications(ctx)
    for row in _MYSQL.rows(ctx):
        if id := text_in(properties_of(row), "sid").lower():
            yield Relationship(arm_key(row["id"]), known.get(id, id))


@relationship_step(
    "azure_mysql_server_active_directory_admin",
    "USES",
    "azure_user_assigned_identity",
    permissions=_READ_MYSQL,
    per_row=True,
)
def azure_mysql_server_active_directory_admin_uses_user_assigned_identity(ctx: Context) -> Iterator[Relationship]:
    """A MySQL server looks up its administrator, and who else signs in, by an identity that it was given."""
    yield from named_by(ctx.entities("azure_mysql_server_active_directory_admin"), "identityResourceId")
