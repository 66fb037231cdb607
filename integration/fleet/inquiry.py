"""Questions about many tenants, to the PostgreSQL database that their graphs are pushed to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

from integration.ask.answer import QueryAnswer
from integration.errors import OutputError, QueryError
from integration.sinks.postgresql.sink import PostgresqlSink
from integration.text.visible import line

if TYPE_CHECKING:
    import psycopg

_WORD = re.compile(r"\w+")
_ALL = frozenset({"entities", "relationships"})
_ROWS = 1_000
_NOT_WHOLE = """
SELECT _type, verdict, count(*), min(coalesce(name, _scope))
FROM verdicts LEFT JOIN tenants USING (_scope)
WHERE verdict <> 'complete' AND (%s OR _type = ANY(%s)) GROUP BY _type, verdict ORDER BY _type, verdict
"""


class FleetInquiry:
    """One question, or several, on the graphs of many tenants as they were when the first was asked.

    Args:
        connection: of ``PostgresqlSink.reading``.
    """

    def __init__(self, connection: "psycopg.Connection") -> None:
        self._connection = connection
        self._read: set[str] = set()

    def select(self, sql: str) -> QueryAnswer:
        """Answer one SELECT in the SQL of PostgreSQL.

        Args:
            sql: names the tables and views of the database: ``tenants``, ``entities``, one for each type.

        Raises:
            QueryError: it is not one statement that PostgreSQL can answer.
            psycopg.Error: the server refuses or goes away.
        """
        import psycopg

        cursor = self._connection.cursor(binary=True)  # the protocol of binary answers takes one statement alone
        self._read.update(_WORD.findall(sql))
        try:
            cursor.execute(sql.encode())
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
            said = line(error.diag.message_primary or error)
            raise QueryError(f"{said}: no graph that was pushed to this database has it") from None
        except (psycopg.ProgrammingError, psycopg.DataError, psycopg.InternalError) as error:
            raise QueryError(f"PostgreSQL cannot answer it: {line(error.diag.message_primary or error)}") from None
        if cursor.description is None:
            raise QueryError("there is nothing to answer: write a SELECT")
        return QueryAnswer(tuple(column.name for column in cursor.description), _rows(cursor))

    def caveats(self) -> list[str]:
        """Return a phrase for each type that the statements so far name and that is not complete in each tenant."""
        found = self._connection.execute(_NOT_WHOLE, [bool(self._read & _ALL), [*self._read]])
        return [
            f"{type} is {verdict} in {number:,} tenant{'' if number == 1 else 's'}, such as {example}"
            for type, verdict, number, example in found
        ]


@contextmanager
def open_database(url: str) -> Iterator[FleetInquiry]:
    """Open the database that graphs are pushed to, for questions.

    Args:
        url: as ``--to`` takes it.

    Raises:
        ConfigurationError: it is no such URL, or the driver is missing.
        QueryError: the server is not reached or refuses, or nothing was pushed.
    """
    try:
        with PostgresqlSink(url).reading() as connection:
            yield FleetInquiry(connection)
    except OutputError as error:
        raise QueryError(str(error)) from None


def _rows(cursor: "psycopg.Cursor[Any]") -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_ROWS):
        for row in rows:
            yield tuple(map(_plain, row))


def _plain(value: object) -> object:
    """Return a value as text, a number or ``None``, as the forms of answers take it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    return orjson.dumps(value, default=str).decode() if isinstance(value, dict | list) else str(value)
