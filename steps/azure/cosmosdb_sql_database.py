"""Databases of accounts of Azure Cosmos DB, and who may do what with their data."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, any_of, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._children import Children
from steps.azure._resource import key_at, properties_of, resource

_ACCOUNT = "microsoft.documentdb/databaseaccounts"
_DATABASES = Children(_ACCOUNT, "/sqlDatabases", "2023-11-15")
_ASSIGNMENTS = Children(_ACCOUNT, "/sqlRoleAssignments", "2023-11-15")
_READ = ["Microsoft.DocumentDB/databaseAccounts/sqlDatabases/read"]
_READ_ASSIGNMENTS = ["Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/read"]


@entity_step(["Database", "DataStore"], permissions=_READ, per_row=True, on_demand=True)
def azure_cosmosdb_sql_database(ctx: Context) -> Iterator[Entity]:
    """A database of an account of Azure Cosmos DB."""
    for account, row in ctx.azure.children(_DATABASES.type, _DATABASES.below, api_version=_DATABASES.api_version):
        yield resource(row, dbAccountId=account, classification=None, encrypted=True)


@entity_step("AccessPolicy", permissions=_READ_ASSIGNMENTS, per_row=True, on_demand=True)
def azure_cosmosdb_sql_role_assignment(ctx: Context) -> Iterator[Entity]:
    """Who may do what with the data of an account of Azure Cosmos DB."""
    for row in _ASSIGNMENTS.rows(ctx):
        properties = properties_of(row)
        role, scope = key_at(properties, "roleDefinitionId"), key_at(properties, "scope")
        yield resource(row, roleDefinitionId=role, scope=scope)


@relationship_step("azure_cosmosdb_account", "HAS", "azure_cosmosdb_sql_database", permissions=_READ, per_row=True)
def azure_cosmosdb_account_has_sql_database(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure Cosmos DB has a database."""
    yield from _DATABASES.in_parents(ctx)


@relationship_step(
    "azure_cosmosdb_account", "HAS", "azure_cosmosdb_sql_role_assignment", permissions=_READ_ASSIGNMENTS, per_row=True
)
def azure_cosmosdb_account_has_sql_role_assignment(ctx: Context) -> Iterator[Relationship]:
    """Somebody has rights on the data of an account of Azure Cosmos DB."""
    yield from _ASSIGNMENTS.in_parents(ctx)


@relationship_step(
    "azure_cosmosdb_sql_role_assignment",
    "ASSIGNED",
    any_of("entra"),
    permissions=_READ_ASSIGNMENTS,
    type="azure_cosmosdb_sql_role_assignment_assigned_principal",
    per_row=True,
)
def azure_cosmosdb_sql_role_assignment_assigned_principal(ctx: Context) -> Iterator[Relationship]:
    """Rights on the data of an account of Azure Cosmos DB are those of a user, a group or a service principal."""
    for row in _ASSIGNMENTS.rows(ctx):
        if id := properties_of(row).get("principalId"):
            yield Relationship(arm_key(row["id"]), id.lower())
