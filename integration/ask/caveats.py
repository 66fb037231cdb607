"""What was read of the graph, and why that may not be all there is."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integration.errors import QueryError

_BASES = {"entities": "nodes", "relationships": "edges"}
"""The table that each view of all types reads."""
_STATE = """
SELECT name, iif(number IS NULL, NULL, iif(between_keys IS NULL, 'entities', 'relationships')), verdict, reason,
    (SELECT count(*) FROM loose_edges WHERE type = number)
FROM (SELECT name FROM types UNION SELECT _type FROM verdicts)
    LEFT JOIN types USING (name) LEFT JOIN verdicts ON _type = name
ORDER BY name
"""


class NotRead(QueryError):
    """The graph lacks what is asked for.

    Attributes:
        caveat: the same as a phrase of what an answer may lack.
    """

    def __init__(self, message: str, caveat: str) -> None:
        super().__init__(message)
        self.caveat = caveat


class Judged(NotRead):
    """It lacks a type, and says why: no fault of the question."""


class Standings:
    """How each type of a graph stands: found out once, however many questions are asked of the graph."""

    def __init__(self) -> None:
        self._rows: Sequence[Any] | None = None

    def rows(self, database: sqlite3.Connection) -> Sequence[Any]:
        """Return name, view, verdict, reason and dangling relationships of each type; those that were skipped last."""
        if self._rows is None:
            self._rows = sorted(database.execute(_STATE), key=lambda row: row[2] == "skipped")
        return self._rows


class Readings:
    """Collects what statements read.

    Args:
        standings: how the graph's types stand, where that serves others too.

    Attributes:
        standings: as given.
        types: names of types that were read by their name.
        views: tables and views that were read, each with the view that read it or ``None``, as SQLite's authorizer
            is told of them: a type's view reads a view of all types, which reads a table.
    """

    def __init__(self, standings: Standings | None = None) -> None:
        self.standings = standings or Standings()
        self.types: set[str] = set()
        self.views: set[tuple[str | None, str | None]] = set()

    def caveats(self, database: sqlite3.Connection) -> list[str]:
        """Return a phrase for each type that was read and is not complete, by name; those that were skipped last."""
        rows = self.standings.rows(database)
        read = self._types_read({name: view for name, view, *_ in rows})
        return [phrase for name, _, *state in rows if name in read for phrase in _phrases(name, *state)]

    def _types_read(self, kinds: Mapping[str, str | None]) -> set[str]:
        """Return the types that were read: by their own view, by name, or because all of their kind were.

        Args:
            kinds: the view of all types that holds each type; ``None`` where the graph never had any of it.
        """
        named = self.types | {by for _, by in self.views if by is not None and by in kinds}
        whole = {kind for kind in _BASES if self._is_read_whole(kind, kinds, named)}
        return named | {name for name, kind in kinds.items() if whole and (kind in whole or kind is None)}

    def _is_read_whole(self, kind: str, kinds: Mapping[str, str | None], named: set[str]) -> bool:
        """Tell whether the view of all types was read, or its table, by anything but the view of a type.

        A statement that takes no column of the view, such as a count, only shows that something read its table.
        """
        directly = any(what in (kind, _BASES[kind]) and by != kind and by not in kinds for what, by in self.views)
        return directly or (any(by == kind for _, by in self.views) and all(kinds.get(name) != kind for name in named))


def _phrases(name: str, verdict: str | None, reason: str | None, dangling: int) -> Iterator[str]:
    if verdict is None:
        yield f"{name} was left out of the last run"
    elif verdict != "complete":
        yield f"{name} is {verdict}: {reason}"
    if dangling:
        yield f"{name}: {dangling} with an end that was not collected"
