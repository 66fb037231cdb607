"""Which entities lead to themselves: strongly connected components of the relationships (Tarjan, 1972).

All of them are found in one pass over the relationships, so that a long chain of entities costs no more than a short
one; a shortest cycle is then looked for in a component alone.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

_Graph = Mapping[str, Sequence[str]]


def shortest_cycles(edges: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """Yield for each entity that leads to itself the keys of a shortest cycle, from it back to it.

    Args:
        edges: source and target of each relationship.
    """
    graph: dict[str, list[str]] = {}
    for source, target in edges:
        graph.setdefault(source, []).append(target)
    for members in _components(graph):
        inside = {key: sorted({target for target in graph.get(key, ()) if target in members}) for key in members}
        if all(len(targets) == 1 for targets in inside.values()):
            yield from _ring(inside)
        elif len(members) > 1:
            yield from (_shortest(inside, key) for key in inside)


def _components(graph: _Graph) -> Iterator[set[str]]:
    """Yield the strongly connected components; without recursion, for a chain may be longer than Python's stack."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_keys: list[str] = []
    is_open: set[str] = set()
    for root in graph:
        if root in order:
            continue
        walk = [(root, iter(graph[root]))]
        while walk:
            key, targets = walk[-1]
            if key not in order:
                order[key] = lowest[key] = len(order)
                open_keys.append(key)
                is_open.add(key)
            for target in targets:
                if target not in order:
                    walk.append((target, iter(graph.get(target, ()))))
                    break
                if target in is_open:
                    lowest[key] = min(lowest[key], order[target])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[key])
                if lowest[key] == order[key]:
                    component = {open_keys.pop()}
                    while key not in component:
                        component.add(open_keys.pop())
                    is_open -= component
                    yield component


def _ring(inside: _Graph) -> Iterator[list[str]]:
    """Yield the one cycle there is, as each of its entities sees it."""
    first = next(iter(inside))
    keys = [first]
    while (key := inside[keys[-1]][0]) != first:
        keys.append(key)
    for at in range(len(keys)):
        yield [*keys[at:], *keys[: at + 1]]


def _shortest(inside: _Graph, start: str) -> list[str]:
    """Return a shortest cycle through an entity, breadth first; in its component there is one."""
    parents: dict[str, str] = {}
    pending = deque([start])
    while start not in parents:
        key = pending.popleft()
        for target in inside[key]:
            if target not in parents:
                parents[target] = key
                pending.append(target)
    keys = [start, parents[start]]
    while keys[-1] != start:
        keys.append(parents[keys[-1]])
    return keys[::-1]
