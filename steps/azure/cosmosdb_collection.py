"""Databases for MongoDB of accounts of Azure Cosmos DB, and what is in databases there."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import resource

_ACCOUNT, _VERSION = "microsoft.documentdb/databaseaccounts", "2023-11-15"
_DATABASES = Children(_ACCOUNT, "/mongodbDatabases", _VERSION)
_COLLECTIONS = Children(_ACCOUNT, "/mongodbDatabases/*/collections", _VERSION)
_CONTAINERS = Children(_ACCOUNT, "/sqlDatabases/*/containers", _VERSION)
_OF = "Microsoft.DocumentDB/databaseAccounts"
_READ_DATABASES = [f"{_OF}/mongodbDatabases/read"]
_READ_COLLECTIONS = [f"{_OF}/mongodbDatabases/collections/read"]
_READ_CONTAINERS = [f"{_OF}/sqlDatabases/containers/read"]


@entity_step(["Database", "DataStore"], permissions=_READ_DATABASES, per_row=True, on_demand=True)
def azure_cosmosdb_mongo_database(ctx: Context) -> Iterator[Entity]:
    """A database of an account of Azure Cosmos DB for MongoDB."""
    for account, row in ctx.azure.children(_ACCOUNT, _DATABASES.below, api_version=_VERSION):
        yield resource(row, dbAccountId=account, classification=None, encrypted=True)


@entity_step(["DataCollection"], permissions=_READ_COLLECTIONS, per_row=True, on_demand=True)
def azure_cosmosdb_mongo_collection(ctx: Context) -> Iterator[Entity]:
    """A collection of a database of Azure Cosmos DB for MongoDB; never the documents in it."""
    yield from _collections(ctx, _COLLECTIONS)


@entity_step(["DataCollection"], permissions=_READ_CONTAINERS, per_row=True, on_demand=True)
def azure_cosmosdb_sql_container(ctx: Context) -> Iterator[Entity]:
    """A container of a database of Azure Cosmos DB for NoSQL; never the items in it."""
    yield from _collections(ctx, _CONTAINERS)


@relationship_step(
    "azure_cosmosdb_account", "HAS", "azure_cosmosdb_mongo_database", permissions=_READ_DATABASES, per_row=True
)
def azure_cosmosdb_account_has_mongo_database(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure Cosmos DB has a database for MongoDB."""
    yield from _DATABASES.in_parents(ctx)


@relationship_step(
    "azure_cosmosdb_mongo_database",
    "HAS",
    "azure_cosmosdb_mongo_collection",
    permissions=_READ_COLLECTIONS,
    per_row=True,
)
def azure_cosmosdb_mongo_database_has_collection(ctx: Context) -> Iterator[Relationship]:
    """A database for MongoDB has a collection."""
    yield from _COLLECTIONS.in_parents(ctx)


@relationship_step(
    "azure_cosmosdb_sql_database", "HAS", "azure_cosmosdb_sql_container", permissions=_READ_CONTAINERS, per_row=True
)
def azure_cosmosdb_sql_database_has_container(ctx: Context) -> Iterator[Relationship]:
    """A database has a container."""
    yield from _CONTAINERS.in_parents(ctx)


def _collections(ctx: Context, of: Children) -> Iterator[Entity]:
    for database, row in ctx.azure.children(of.type, of.below, api_version=of.api_version):
        yield resource(row, databaseId=database, classification=None)
