"""What became of one entity, and of its relationships, in the revisions that the graph remembers."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from integration.ask.difference import Difference, Teller
from integration.ask.echoes import Echoes
from integration.ask.lookup import find_key
from integration.errors import QueryError
from integration.sdk.changes import Change, What
from integration.sdk.step import Step
from integration.store.read import ReadableStore

_TOUCHED = (
    "SELECT name, revision, key, target, what, properties FROM types JOIN changes ON type = number"
    " WHERE key = ?1 OR target = ?1 ORDER BY name, key, target, revision DESC"
)
_NOW = {
    True: "SELECT coalesce(properties, bare) FROM types JOIN edges ON type = types.number"
    " WHERE name = ? AND source = ? AND target = ?",
    False: "SELECT properties FROM types JOIN nodes ON type = types.number WHERE name = ? AND key = ? AND ? = ''",
}
_Dated = tuple[int, Step, Change]


def meant(database: sqlite3.Connection, text: str) -> str:
    """Return the key of the entity that a person means, which may be gone.

    Raises:
        QueryError: as ``find_key`` raises.
    """
    types = [name for (name,) in database.execute("SELECT name FROM types WHERE between_keys IS NULL ORDER BY name")]
    try:
        return find_key(database, types, text)
    except QueryError:
        if database.execute("SELECT 1 FROM changes WHERE key = ? LIMIT 1", (text,)).fetchone():
            return text
        raise


def biography(database: sqlite3.Connection, steps: Sequence[Step], key: str) -> Iterator[tuple[int, Difference]]:
    """Yield number of revision and what it changed of an entity, or of what relates it, each fact once.

    Args:
        database: the graph; nobody writes it meanwhile.
        steps: all declarations.
        key: the entity's.
    """
    graph = ReadableStore(database)
    classes = {step.name: step.class_name for step in steps}
    declared = {step.name: step for step in steps}
    found = sorted(_changes(database, declared, key), key=itemgetter(0))
    for revision, dated in groupby(found, key=itemgetter(0)):
        by_type: dict[str, list[Change]] = {}
        for _, step, change in dated:
            by_type.setdefault(step.name, []).append(change)
        echoes = Echoes(graph, [declared[name] for name in by_type], classes)
        teller = Teller(graph, revision - 1, classes)
        for step in echoes.order:
            for change in by_type[step.name]:
                if not echoes.is_echo(step, change):
                    yield revision, teller.tell(step, change)


def _changes(database: sqlite3.Connection, declared: Mapping[str, Step], key: str) -> Iterator[_Dated]:
    """Yield revision, type and change; what it is now stands in the next one or in the graph."""
    rows = database.execute(_TOUCHED, (key,)).fetchall()
    for (name, source, target), of_one in groupby(rows, key=itemgetter(0, 2, 3)):
        if (step := declared.get(name)) is None:
            continue
        row = database.execute(_NOW[step.is_relationship], (name, source, target)).fetchone()
        later: str | None = row[0] if row else None
        for _, revision, _, _, what, before in of_one:
            ends = (source, target) if step.is_relationship else (source,)
            old = None if what == "created" else before or "{}"
            yield revision, step, Change(_what(what), ends, old, None if what == "deleted" else later or "{}")
            later = old


def _what(text: str) -> What:
    return "created" if text == "created" else "deleted" if text == "deleted" else "updated"
