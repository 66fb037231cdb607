"""The views of types in PostgreSQL: one for each, with a column for each property of its schema.

Columns are text, boolean or numeric, and jsonb for lists. What PostgreSQL would cut, since it is longer than 63 bytes,
ends with a digest of the whole name: two properties of a type may begin alike.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Composable, Identifier, Literal

from integration.errors import OutputError
from integration.sdk.schema import json_types_of, load_schema
from integration.sdk.step import Step
from integration.sinks.postgresql.layout import SYSTEM

_ENDS = ("_fromEntityKey", "_toEntityKey")
_LONGEST_NAME, _DIGEST = 63, 4
"""Bytes of a name that PostgreSQL keeps (NAMEDATALEN), and of the digest that a longer one ends with."""
_TYPES = {"string": "text", "boolean": "boolean", "integer": "numeric", "number": "numeric"}


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
        [[name_of(step.name) for step in steps]],
    ).fetchall()
    there = {name: (is_view, dict(zip(columns, types, strict=True))) for name, is_view, columns, types in found}
    for step in steps:
        name, system = name_of(step.name), _system(step)
        is_view, columns = there.get(name, (True, {}))
        if name in there and not (is_view and tuple(columns)[: len(system)] == system):
            raise OutputError(
                f'the schema has a table or view "{name}" that is not ours: name another with ?schema=NAME'
            )
        _make_view(connection, step, columns)


def _make_view(connection: Connection, step: Step, there: Mapping[str, str]) -> None:
    """Make the view of a type, unless it has the right columns: name and SQL type of those that it has."""
    definitions = load_schema(step).document["properties"]
    properties = {name_of(name): name for name in definitions if not name.startswith("_")}
    own = {column: _sql_type(definitions[name]) for column, name in properties.items()}
    system = _system(step)
    old = {name: type for name, type in there.items() if name not in system}
    if there and old == own:
        return
    name = Identifier(name_of(step.name))
    if not old.items() <= own.items():
        connection.execute(SQL("DROP VIEW {}").format(name))
    order = [*(old if old.items() <= own.items() else ()), *own]
    further = (_column(each, properties[each], own[each]) for each in dict.fromkeys(order))
    columns = [*map(Identifier, system), *further]
    connection.execute(
        SQL("CREATE OR REPLACE VIEW {} AS SELECT {} FROM {} WHERE _type = {}").format(
            name, SQL(", ").join(columns), Identifier(table_of(step)), Literal(step.name)
        )
    )
    connection.execute(SQL("COMMENT ON VIEW {} IS {}").format(name, Literal(step.description)))


def name_of(name: str) -> str:
    """Return what a view or a column is called for a type or a property: the same, unless PostgreSQL would cut it."""
    written = name.encode()
    if len(written) <= _LONGEST_NAME:
        return name
    digest = blake2b(written, digest_size=_DIGEST).hexdigest()
    return f"{written[: _LONGEST_NAME - len(digest) - 1].decode(errors='ignore')}_{digest}"


def table_of(step: Step) -> str:
    """Return the name of the table that holds the step's records."""
    return "relationships" if step.is_relationship else "entities"


def _system(step: Step) -> tuple[str, ...]:
    return SYSTEM + (_ENDS if step.is_relationship else ())


def _sql_type(definition: Mapping[str, Any]) -> str:
    kinds = json_types_of(definition)
    return _TYPES.get(kinds[0], "jsonb") if len(kinds) == 1 else "jsonb"


def _column(column: str, name: str, sql_type: str) -> Composable:
    """Return a property as a column; a value of another type than the schema's, from an earlier schema, is null."""
    value = SQL("properties -> {}").format(Literal(name))
    if sql_type == "text":
        value = SQL("properties ->> {}").format(Literal(name))
    elif sql_type != "jsonb":
        json_type = "number" if sql_type == "numeric" else sql_type
        value = SQL("CASE jsonb_typeof({0}) WHEN {1} THEN ({0})::{2} END").format(
            value, Literal(json_type), SQL(sql_type)
        )
    return SQL("{} AS {}").format(value, Identifier(column))
