"""Tables beside the graph, in which records are until they are published."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass

from integration.store.spelling import know_spelling
from integration.store.statements import Statements


@dataclass(frozen=True, slots=True)
class Stage:
    """Two tables for the records of one type.

    Attributes:
        new: name of the table of the records that are added.
        old: name of that of the records that were made of what has changed since.
        sql: the statements, on these tables.
    """

    new: str
    old: str
    sql: Statements


class Staging:
    """The tables of a graph's connection, which serve one publication after the other.

    SQLite understands every statement anew when a table comes or goes, and knows a statement again by its text: where
    hundreds of types share a few tables, it seldom has to.

    Args:
        database: the graph; whoever calls holds its lock.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        know_spelling(database)
        self._free: defaultdict[tuple[str, ...], list[Stage]] = defaultdict(list)
        self._made = 0

    def take(self, kind: Statements) -> Stage:
        """Return two empty tables that nobody else has."""
        if free := self._free[kind.columns]:
            return free.pop()
        self._made += 1
        new, old = f"temp.new_{self._made}", f"temp.old_{self._made}"
        stage = Stage(new, old, kind.on(new, old))
        for statement in stage.sql.make:
            self._database.execute(statement)
        return stage

    def give_back(self, stage: Stage, *, is_measured: bool) -> None:
        """Empty the tables for who comes next; those of which SQLite knows how large they were go."""
        for table in (stage.new, stage.old):
            self._database.execute(f"DROP TABLE {table}" if is_measured else f"DELETE FROM {table}")
        if not is_measured:
            self._free[stage.sql.columns].append(stage)
