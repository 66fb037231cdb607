"""Databases of accounts of Azure Cosmos DB for Apache Cassandra, Apache Gremlin and Table, and what is in them."""

from collections.abc import Iterator

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._children import Children
from steps.azure._resource import resource

_ACCOUNT, _VERSION = "microsoft.documentdb/databaseaccounts", "2023-11-15"
_TABLES = Children(_ACCOUNT, "/tables", _VERSION)
_KEYSPACES = Children(_ACCOUNT, "/cassandraKeyspaces", _VERSION)
_KEYSPACE_TABLES = Children(_ACCOUNT, "/cassandraKeyspaces/*/tables", _VERSION)
_GREMLIN = Children(_ACCOUNT, "/gremlinDatabases", _VERSION)
_GRAPHS = Children(_ACCOUNT, "/gremlinDatabases/*/graphs", _VERSION)
_OF = "Microsoft.DocumentDB/databaseAccounts"
_READ_TABLES = [f"{_OF}/tables/read"]
_READ_KEYSPACES = [f"{_OF}/cassandraKeyspaces/read"]
_READ_KEYSPACE_TABLES = [f"{_OF}/cassandraKeyspaces/tables/read"]
_READ_GREMLIN = [f"{_OF}/gremlinDatabases/read"]
_READ_GRAPHS = [f"{_OF}/gremlinDatabases/graphs/read"]
_DATABASE = ["Database", "DataStore"]


@entity_step(_DATABASE, permissions=_READ_TABLES, per_row=True, on_demand=True)
def azure_cosmosdb_table(ctx: Context) -> Iterator[Entity]:
    """A table of an account of Azure Cosmos DB for Table; never the rows in it."""
    yield from _databases(ctx, _TABLES)


@entity_step(_DATABASE, permissions=_READ_KEYSPACES, per_row=True, on_demand=True)
def azure_cosmosdb_cassandra_keyspace(ctx: Context) -> Iterator[Entity]:
    """A keyspace of an account of Azure Cosmos DB for Apache Cassandra, which has tables."""
    yield from _databases(ctx, _KEYSPACES)


@entity_step("DataCollection", permissions=_READ_KEYSPACE_TABLES, per_row=True, on_demand=True)
def azure_cosmosdb_cassandra_table(ctx: Context) -> Iterator[Entity]:
    """A table of a keyspace of Azure Cosmos DB for Apache Cassandra; never the rows in it."""
    yield from _collections(ctx, _KEYSPACE_TABLES)


@entity_step(_DATABASE, permissions=_READ_GREMLIN, per_row=True, on_demand=True)
def azure_cosmosdb_gremlin_database(ctx: Context) -> Iterator[Entity]:
    """A database of an account of Azure Cosmos DB for Apache Gremlin, which has graphs."""
    yield from _databases(ctx, _GREMLIN)


@entity_step("DataCollection", permissions=_READ_GRAPHS, per_row=True, on_demand=True)
def azure_cosmosdb_gremlin_graph(ctx: Context) -> Iterator[Entity]:
    """A graph of a database of Azure Cosmos DB for Apache Gremlin; never what is in it."""
    yield from _collections(ctx, _GRAPHS)


@relationship_step("azure_cosmosdb_account", "HAS", "azure_cosmosdb_table", permissions=_READ_TABLES, per_row=True)
def azure_cosmosdb_account_has_table(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure Cosmos DB has a table."""
    yield from _TABLES.in_parents(ctx)


@relationship_step(
    "azure_cosmosdb_account", "HAS", "azure_cosmosdb_cassandra_keyspace", permissions=_READ_KEYSPACES, per_row=True
)
def azure_cosmosdb_account_has_cassandra_keyspace(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure Cosmos DB has a keyspace."""
    yield from _KEYSPACES.in_parents(ctx)


@relationship_step(
    "azure_cosmosdb_cassandra_keyspace",
    "HAS",
    "azure_cosmosdb_cassandra_table",
    permissions=_READ_KEYSPACE_TABLES,
    per_row=True,
)
def azure_cosmosdb_cassandra_keyspace_has_table(ctx: Context) -> Iterator[Relationship]:
    """A keyspace has a table."""
    yield from _KEYSPACE_TABLES.in_parents(ctx)


@relationship_step(
    "azure_cosmosdb_account", "HAS", "azure_cosmosdb_gremlin_database", permissions=_READ_GREMLIN, per_row=True
)
def azure_cosmosdb_account_has_gremlin_database(ctx: Context) -> Iterator[Relationship]:
    """An account of Azure Cosmos DB has a database of graphs."""
    yield from _GREMLIN.in_parents(ctx)


@relationship_step(
    "azure_cosmosdb_gremlin_database", "HAS", "azure_cosmosdb_gremlin_graph", permissions=_READ_GRAPHS, per_row=True
)
def azure_cosmosdb_gremlin_database_has_graph(ctx: Context) -> Iterator[Relationship]:
    """A database has a graph."""
    yield from _GRAPHS.in_parents(ctx)


def _databases(ctx: Context, of: Children) -> Iterator[Entity]:
    for account, row in ctx.azure.children(of.type, of.below, api_version=of.api_version):
        yield resource(row, dbAccountId=account, classification=None, encrypted=True)


def _collections(ctx: Context, of: Children) -> Iterator[Entity]:
    for database, row in ctx.azure.children(of.type, of.below, api_version=of.api_version):
        yield resource(row, databaseId=database, classification=None)
