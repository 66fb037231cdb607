"""Which entities lead to which: breadth-first search over the relationships of ``graph.db``.

A search looks up a whole frontier at a time in an index, so its cost is that of the part of the graph that it sees;
cycles end it, for no entity is looked at twice. Paths are the shortest there are, written in display names.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence

import orjson

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
Parents = dict[str, str]
"""The neighbour that each entity was reached from, nearest first."""


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
        return self._reached(start, types, _AHEAD, lambda path, name: f"{path}{ARROW}{name}")

    def reaching(self, goal: str, *types: str) -> str:
        """Return an entity and all that leads to it, as ``reachable`` does; a path ends with the entity."""
        return self._reached(goal, types, _BACK, lambda path, name: f"{name}{ARROW}{path}")

    def shortest_path(self, start: str, goal: str, *types: str) -> str | None:
        """Return a shortest path of one relationship or more, also from an entity to itself; ``None`` without one."""
        keys = self._search(start, goal, self._numbers(types))
        names = self._names(keys)
        return ARROW.join(names[key] for key in keys) or None

    def _reached(self, start: str, types: Sequence[str], step: str, extend: Callable[[str, str], str]) -> str:
        numbers = self._numbers(types)
        level = self._names([start])
        paths = dict(level)
        while level:
            found: Parents = {}
            for parent, key in self._neighbours(step, list(level), numbers):
                if key not in paths:
                    found.setdefault(key, parent)
            names = self._names(list(found))
            new = {key: extend(level[parent], names[key]) for key, parent in found.items()}
            level = {key: new[key] for key in sorted(new, key=lambda key: (new[key], key))}
            paths |= level
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
