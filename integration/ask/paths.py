"""Which entities lead to which: breadth-first search over the relationships of ``graph.db``.

A search looks up a whole frontier at a time in an index, so its cost is that of the part of the graph that it sees;
cycles end it, for no entity is looked at twice. Paths are the shortest there are, written in display names; of one with
many entities the middle is left out, so that a chain of thousands has no paths of megabytes.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence

import orjson

from integration.ask.cycles import shortest_cycles
from integration.text.visible import brief

ARROW = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
_AHEAD = (
    "SELECT source, target FROM json_each(?1) AS here CROSS JOIN edges"
    " ON source = here.value AND edges.type IN (SELECT value FROM json_each(?2)) ORDER BY here.id, target"
)
_BACK = (
    "SELECT target, source FROM json_each(?1) AS here CROSS JOIN edges"
    " ON target = here.value AND edges.type IN (SELECT value FROM json_each(?2)) ORDER BY here.id, source"
)
_NAMES = (
    "SELECT here.value, json_extract(properties, '$.displayName') FROM json_each(?) AS here"
    " CROSS JOIN nodes ON nodes.key = here.value"
)
_ALL = "SELECT source, target FROM edges WHERE type IN (SELECT value FROM json_each(?)) ORDER BY source, target"
Parents = dict[str, str]
"""The neighbour that each entity was reached from, nearest first."""
_END = 10
"""Entities at each end of a path that are always named."""
_Way = tuple[tuple[str, ...], int, tuple[str, ...]]
"""The first names of a path, how many come after them that are not named, and the last names."""


class Paths:
    """Searches that SQL can call as functions; their ``types`` are the relationships' types that they follow.

    Args:
        database: the graph.
        number: returns the number that stands for a type in ``edges``; raises where there is no such type.
    """

    def __init__(self, database: sqlite3.Connection, number: Callable[[str], int]) -> None:
        self._database, self._number = database, number

    def reachable(self, start: str, *types: str) -> str:
        """Return an entity and all that it leads to, as a JSON object of keys and paths, nearest first."""
        return self._reached(start, types, _AHEAD, is_back=False)

    def reaching(self, goal: str, *types: str) -> str:
        """Return an entity and all that leads to it, as ``reachable`` does; a path ends with the entity."""
        return self._reached(goal, types, _BACK, is_back=True)

    def cycles(self, *types: str) -> str:
        """Return the entities that lead to themselves, as a JSON object of keys and shortest paths back to them."""
        edges = self._database.execute(_ALL, (self._numbers(types),))
        found = {keys[0]: _shortened(keys) for keys in shortest_cycles(edges)}
        names = self._names(list({key for way in found.values() for key in (*way[0], *way[2])}))
        texts = {
            key: _text((_named(first, names), left, _named(last, names))) for key, (first, left, last) in found.items()
        }
        return orjson.dumps(texts).decode()

    def shortest_path(self, start: str, goal: str, *types: str) -> str | None:
        """Return a shortest path of one relationship or more, also from an entity to itself; ``None`` without one."""
        keys = self._search(start, goal, self._numbers(types))
        names = self._names(keys)
        return _text(_shortened([names[key] for key in keys])) if keys else None

    def _reached(self, start: str, types: Sequence[str], step: str, *, is_back: bool) -> str:
        numbers = self._numbers(types)
        level: dict[str, _Way] = {key: ((name,), 0, ()) for key, name in self._names([start]).items()}
        paths = {key: _text(way, is_back=is_back) for key, way in level.items()}
        while level:
            found: Parents = {}
            for parent, key in self._neighbours(step, list(level), numbers):
                if key not in paths:
                    found.setdefault(key, parent)
            names = self._names(list(found))
            ways = {key: _longer(level[parent], names[key]) for key, parent in found.items()}
            new = {key: _text(way, is_back=is_back) for key, way in ways.items()}
            level = {key: ways[key] for key in sorted(new, key=lambda key: (new[key], key))}
            paths |= {key: new[key] for key in level}
        return orjson.dumps(paths).decode()

    def _search(self, start: str, goal: str, numbers: str) -> list[str]:
        """Search from both ends, the smaller frontier first, until they meet; return the keys of the path."""
        ahead: Parents = {}
        back: Parents = {}
        from_start, from_goal = [start], [goal]
        while from_start and from_goal:
            if len(from_start) < len(from_goal):
                from_start = self._advance(_AHEAD, from_start, ahead, numbers)
                met = [key for key in from_start if key == goal or key in back]
            else:
                from_goal = self._advance(_BACK, from_goal, back, numbers)
                met = [key for key in from_goal if key == start or key in ahead]
            if met:
                first = [] if met[0] == start and start in back else _chain(ahead, met[0], start)
                last = [] if met[0] == goal and goal in ahead else _chain(back, met[0], goal)
                return [*reversed(first[1:]), met[0], *last[1:]]
        return []

    def _advance(self, step: str, frontier: Sequence[str], parents: Parents, numbers: str) -> list[str]:
        """Note the parents of what the frontier leads to, and return what is new of it."""
        new = []
        for parent, key in self._neighbours(step, frontier, numbers):
            if key not in parents:
                parents[key] = parent
                new.append(key)
        return new

    def _neighbours(self, step: str, frontier: Sequence[str], numbers: str) -> Iterator[tuple[str, str]]:
        return self._database.execute(step, (orjson.dumps(frontier).decode(), numbers))

    def _names(self, keys: Sequence[str]) -> dict[str, str]:
        """Return what a person calls each entity; its key where it was not collected."""
        found = dict(self._database.execute(_NAMES, (orjson.dumps(keys).decode(),)))
        return {key: found.get(key) or key for key in keys}

    def _numbers(self, types: Sequence[str]) -> str:
        """Return what stands for the types in ``edges``, as a JSON array."""
        return orjson.dumps([self._number(name) for name in types]).decode()


def _chain(parents: Parents, key: str, end: str) -> list[str]:
    """Return the keys from one that was reached to the end that the search began at."""
    keys = [key, parents[key]]
    while keys[-1] != end:
        keys.append(parents[keys[-1]])
    return keys


def _longer(way: _Way, name: str) -> _Way:
    """Return a path with one more entity at its far end."""
    first, left, last = way
    if len(first) < _END:
        return (*first, name), left, last
    if len(last) < _END:
        return first, left, (*last, name)
    return first, left + 1, (*last[1:], name)


def _shortened(path: Sequence[str]) -> _Way:
    return tuple(path[:_END]), max(0, len(path) - 2 * _END), tuple(path[_END:][-_END:])


def _named(keys: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names[key] for key in keys)


def _text(way: _Way, *, is_back: bool = False) -> str:
    """Return a path as people read it; one that was followed back is turned around."""
    first, left, last = way
    names = [*map(brief, first), *([f"… {left:,} more …"] if left else []), *map(brief, last)]
    return ARROW.join(reversed(names) if is_back else names)
