"""The tables that ``postgresql://…`` writes.

``entities`` and ``relationships`` are those of graph.db, with ``_scope``, which tells the graphs of several tenants
apart; their names are JupiterOne's, so those with capitals want quotes: ``"_fromEntityKey"``. Keys sort by code point,
as in graph.db; a record whose keys hold a NUL character, or more than 2,500 bytes with those of both ends counted
together, is left out with a word: no index takes it. ``revisions`` says which revision of which lineage of a type is
there, and whether it is behind: records that are gone are still there, since it was not complete or they were many.
"""

from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from integration.errors import OutputError

FORMAT = 1
"""Number of the layout. The tables of an older one are made anew, and filled by the next push of each graph."""

_TABLES = """
CREATE TABLE about(name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE revisions(
    _scope text COLLATE "C", _type text COLLATE "C", _class text NOT NULL, lineage text NOT NULL,
    revision bigint NOT NULL, behind boolean NOT NULL, PRIMARY KEY (_scope, _type)
);
CREATE TABLE verdicts(
    _scope text COLLATE "C", _type text COLLATE "C", verdict text NOT NULL, reason text NOT NULL,
    count bigint NOT NULL, seconds double precision NOT NULL, PRIMARY KEY (_scope, _type)
);
CREATE TABLE entities(
    _scope text COLLATE "C" NOT NULL, _key text COLLATE "C" NOT NULL, _type text COLLATE "C" NOT NULL,
    _class text[] NOT NULL, properties jsonb NOT NULL
);
CREATE TABLE relationships(
    _scope text COLLATE "C" NOT NULL,
    _key text COLLATE "C" GENERATED ALWAYS AS
        ("_fromEntityKey" || '|' || lower(_class) || '|' || "_toEntityKey") STORED,
    _type text COLLATE "C" NOT NULL, _class text COLLATE "C" NOT NULL,
    "_fromEntityKey" text COLLATE "C" NOT NULL, "_toEntityKey" text COLLATE "C" NOT NULL, properties jsonb NOT NULL
);
"""
_INDEXES = """
ALTER TABLE entities ADD PRIMARY KEY (_key, _scope);
CREATE INDEX entities_by_type ON entities(_scope, _type);
ALTER TABLE relationships ADD PRIMARY KEY ("_fromEntityKey", "_toEntityKey", _type, _scope);
CREATE INDEX relationships_by_target ON relationships("_toEntityKey", _scope);
CREATE INDEX relationships_by_type ON relationships(_scope, _type);
"""
"""Made when the first graph is loaded: that costs less than to keep them meanwhile."""
_NAMES = ["about", "entities", "relationships", "revisions", "verdicts"]
SYSTEM = ("_scope", "_key", "_type", "_class")
"""The columns that every view of a type begins with."""
_TENANTS = ("_scope", "tenant", "account", "name")
"""The columns of the view ``tenants``."""


def check(connection: Connection, schema: str) -> bool:
    """See whether the tables can be made where they are not there, and tell whether they are.

    Raises:
        OutputError: they are not ours or a newer version's, they cannot be made, or the database cannot be written or
            does not hold Unicode.
    """
    encoding, read_only, exists, may_make_schema, may_make_tables = _row(
        connection,
        "SELECT current_setting('server_encoding'), current_setting('transaction_read_only')::bool,"
        " namespace.oid IS NOT NULL, has_database_privilege(current_database(), 'CREATE'),"
        " coalesce(has_schema_privilege(namespace.oid, 'CREATE'), false)"
        " FROM (SELECT 1) AS one LEFT JOIN pg_namespace AS namespace ON nspname = %s",
        schema,
    )
    if encoding != "UTF8":
        raise OutputError(f"the database is encoded in {encoding}: make one with ENCODING 'UTF8'")
    if read_only:
        raise OutputError("the server or the database is read-only: name the one that takes writes")
    is_there = _is_current(connection, schema)
    if not is_there and not (may_make_tables if exists else may_make_schema):
        what = f'tables in the schema "{schema}"' if exists else f'the schema "{schema}"'
        raise OutputError(f"the user may not make {what}: grant it CREATE, or name another schema with ?schema=NAME")
    return is_there


def enter(connection: Connection, schema: str) -> bool:
    """Make the tables where they are missing or of an older layout; statements after this mean those of the schema.

    Returns:
        Whether they are new, and so without indexes: ``make_indexes`` makes these.

    Raises:
        OutputError: the tables are not ours, or a newer version's.
    """
    if search_in(connection, schema):
        return False
    lock(connection, schema)
    if _is_current(connection, schema):
        return False
    if not _row(connection, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s)", schema)[0]:
        connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    _drop_older(connection)
    connection.execute(_TABLES)
    connection.execute("INSERT INTO about VALUES ('layout', %s)", [str(FORMAT)])
    return True


def search_in(connection: Connection, schema: str) -> bool:
    """Have statements after this mean the schema's, and tell whether the tables are there; raises as ``enter`` does."""
    connection.execute("SELECT set_config('search_path', quote_ident(%s), true)", [schema])
    return _is_current(connection, schema)


def lock(connection: Connection, *names: str) -> None:
    """Wait until no other transaction holds a lock of these names, and hold it until the end of this one."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [" ".join(["integration", *names])])


def make_indexes(connection: Connection) -> None:
    """Make the indexes of new tables."""
    connection.execute(_INDEXES)


def _is_current(connection: Connection, schema: str) -> bool:
    """Tell whether the tables are there as this version makes them; not where they are missing or older.

    Raises:
        OutputError: they are not ours, or a newer version's.
    """
    (names,) = _row(
        connection,
        "SELECT coalesce(array_agg(relname::text ORDER BY relname), ARRAY[]::text[]) FROM pg_class JOIN pg_namespace"
        " ON relnamespace = pg_namespace.oid WHERE nspname = %s AND relname = ANY(%s)",
        schema,
        _NAMES,
    )
    if not names:
        return False
    layout = _layout(connection, schema) if "about" in names else None
    if layout is None:
        raise OutputError(
            f'the schema "{schema}" has a table {names[0]} that is not ours: name another with ?schema=NAME'
        )
    if layout > FORMAT:
        raise OutputError(f'the schema "{schema}" was made by a newer version (layout {layout}): update this one')
    return layout == FORMAT and names == _NAMES


def _layout(connection: Connection, schema: str) -> int | None:
    """Return the number of the layout; ``None`` where ``about`` is another program's, whatever its columns."""
    about = SQL("SELECT to_jsonb(about) ->> 'value' FROM {} AS about WHERE to_jsonb(about) ->> 'name' = 'layout'")
    row = connection.execute(about.format(Identifier(schema, "about"))).fetchone()
    return int(row[0]) if row and str(row[0]).isdecimal() else None


def _drop_older(connection: Connection) -> None:
    """Drop the tables of an older layout, and their views; not what others have made of them: that is an error."""
    views = connection.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relkind = 'v'"
        " AND nspname = current_schema() AND (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = pg_class.oid AND attnum <= %s) IN (%s, %s)",
        [len(SYSTEM), list(SYSTEM), list(_TENANTS)],
    ).fetchall()
    for (name,) in views:
        connection.execute(SQL("DROP VIEW {}").format(Identifier(name)))
    for name in _NAMES:
        connection.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier(name)))


def _row(connection: Connection, statement: str, *values: object) -> tuple[Any, ...]:
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return row
