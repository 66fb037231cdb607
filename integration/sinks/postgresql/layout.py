"""The tables and views that ``postgresql://…`` writes.

``entities`` and ``relationships`` are those of graph.db, with ``_scope``, which tells the graphs of several tenants
apart; their names are JupiterOne's, so those with capitals want quotes: ``"_fromEntityKey"``. A view for each type has
one column for each property of its schema: text, boolean or numeric, and jsonb for lists. Keys sort by code point, as
they do in graph.db; a record whose keys hold a NUL character, or more than 2,500 bytes with those of both ends counted
together, is left out with a word: no index takes it. ``revisions`` says which revision of which lineage of a type is
there, and whether it is behind: records that are gone are still there, since it was not complete or they were many.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier, Literal

from integration.errors import OutputError
from integration.sdk.schema import json_types_of, load_schema
from integration.sdk.step import Step

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
_SYSTEM = ("_scope", "_key", "_type", "_class")
_TENANTS = ("_scope", "tenant", "account", "name")
"""The columns of the view ``tenants``."""
_ENDS = ("_fromEntityKey", "_toEntityKey")
_TYPES = {"string": "text", "boolean": "boolean", "integer": "numeric", "number": "numeric"}


def check(connection: Connection, schema: str) -> None:
    """See whether the tables are there or can be made.

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
    if not _is_current(connection, schema) and not (may_make_tables if exists else may_make_schema):
        what = f'tables in the schema "{schema}"' if exists else f'the schema "{schema}"'
        raise OutputError(f"the user may not make {what}: grant it CREATE, or name another schema with ?schema=NAME")


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


def make_views(connection: Connection, steps: Sequence[Step]) -> None:
    """Make the views of the types, and change those whose schema has changed.

    Columns that stay keep their place, and new ones come behind them, so that whatever reads a view goes on.

    Raises:
        OutputError: a table or view of a type's name is not ours.
    """
    found = connection.execute(
        "SELECT relname, relkind = 'v', array_agg(attname ORDER BY attnum),"
        " array_agg(format_type(atttypid, NULL) ORDER BY attnum) FROM pg_class JOIN pg_attribute ON attrelid ="
        " pg_class.oid AND attnum > 0 AND NOT attisdropped JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE nspname = current_schema() AND relname = ANY(%s) GROUP BY relname, relkind",
        [[step.name for step in steps]],
    ).fetchall()
    there = {name: (is_view, dict(zip(columns, types, strict=True))) for name, is_view, columns, types in found}
    for step in steps:
        is_view, columns = there.get(step.name, (True, {}))
        system = _system(step)
        if step.name in there and not (is_view and tuple(columns)[: len(system)] == system):
            raise OutputError(
                f'the schema has a table or view "{step.name}" that is not ours: name another with ?schema=NAME'
            )
        _make_view(connection, step, columns)


def _make_view(connection: Connection, step: Step, there: Mapping[str, str]) -> None:
    """Make the view of a type, unless it has the right columns: name and SQL type of those that it has."""
    definitions = load_schema(step).document["properties"]
    own = {name: _sql_type(of) for name, of in definitions.items() if not name.startswith("_")}
    system = _system(step)
    old = {name: type for name, type in there.items() if name not in system}
    if there and old == own:
        return
    name = Identifier(step.name)
    if not old.items() <= own.items():
        connection.execute(SQL("DROP VIEW {}").format(name))
    order = [*(old if old.items() <= own.items() else ()), *own]
    columns = [*map(Identifier, system), *(_column(each, own[each]) for each in dict.fromkeys(order))]
    connection.execute(
        SQL("CREATE OR REPLACE VIEW {} AS SELECT {} FROM {} WHERE _type = {}").format(
            name, SQL(", ").join(columns), Identifier(table_of(step)), Literal(step.name)
        )
    )
    connection.execute(SQL("COMMENT ON VIEW {} IS {}").format(name, Literal(step.description)))


def table_of(step: Step) -> str:
    """Return the name of the table that holds the step's records."""
    return "relationships" if step.is_relationship else "entities"


def _system(step: Step) -> tuple[str, ...]:
    return _SYSTEM + (_ENDS if step.is_relationship else ())


def _sql_type(definition: Mapping[str, Any]) -> str:
    kinds = json_types_of(definition)
    return _TYPES.get(kinds[0], "jsonb") if len(kinds) == 1 else "jsonb"


def _column(name: str, sql_type: str) -> Composable:
    """Return a property as a column; a value of another type than the schema's, from an earlier schema, is null."""
    value = SQL("properties -> {}").format(Literal(name))
    if sql_type == "text":
        value = SQL("properties ->> {}").format(Literal(name))
    elif sql_type != "jsonb":
        json_type = "number" if sql_type == "numeric" else sql_type
        value = SQL("CASE jsonb_typeof({0}) WHEN {1} THEN ({0})::{2} END").format(
            value, Literal(json_type), SQL(sql_type)
        )
    return SQL("{} AS {}").format(value, Identifier(name))


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
        [len(_SYSTEM), list(_SYSTEM), list(_TENANTS)],
    ).fetchall()
    for (name,) in views:
        connection.execute(SQL("DROP VIEW {}").format(Identifier(name)))
    for name in _NAMES:
        connection.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier(name)))


def _row(connection: Connection, statement: str, *values: object) -> tuple[Any, ...]:
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return row
