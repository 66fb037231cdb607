"""The endpoints under ``/_simulator``, for tests and benchmarks in other processes.

``GET stats``, ``GET truth`` and ``GET contents`` (numbers of everything) answer JSON; ``POST mutate?n=100&seed=1``
changes users, groups and memberships, and with ``areas=20`` so much of everything else; ``POST reset`` forgets
statistics, the log of requests, and what was spent of the budget.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import parse_qs

import orjson

from tests.simulator.areas import SHELVES
from tests.simulator.made_up import change
from tests.simulator.odata import Answer
from tests.simulator.properties import COLLECTIONS
from tests.simulator.tenant import Tenant

PREFIX = "/_simulator/"


def truth(tenant: Tenant) -> dict[str, dict[str, int | str]]:
    """Number and SHA-256 of users, groups and memberships.

    A hash covers one line per item, sorted, each ended by a line feed: the id, or ``group id, member id, kind`` joined
    by tabs, kind being user, group, device, servicePrincipal or orgContact.
    """
    with tenant.lock:
        lines: dict[str, Iterable[str]] = {
            "users": sorted(tenant.users),
            "groups": sorted(tenant.groups),
            "memberships": _triples(tenant),
        }
        return {name: _checksum(each) for name, each in lines.items()}


def contents(tenant: Tenant) -> dict[str, int]:
    """How many objects each collection lists, and how many rows the shelves hold; children of all parents together."""
    with tenant.lock:
        counts = {f"/{name}": len(tenant.objects(kind)) for name, kind in COLLECTIONS.items()}
        for path in tenant.contents.paths():
            shelf = SHELVES.find(tuple(path[1:].split("/")))
            name = shelf.path if shelf else path
            counts[name] = counts.get(name, 0) + len(tenant.contents.keys(path))
        return counts | {shelf.path: 1 for shelf in SHELVES.all if shelf.single is not None}


def _triples(tenant: Tenant) -> Iterator[str]:
    """The lines of all memberships, sorted group by group."""
    for group in sorted(tenant.groups):
        yield from sorted(f"{group}\t{member}\t{kind}" for kind, member in tenant.members_of(group))


def _checksum(lines: Iterable[str]) -> dict[str, int | str]:
    digest, count = hashlib.sha256(), 0
    for line in lines:
        digest.update(line.encode() + b"\n")
        count += 1
    return {"count": count, "sha256": digest.hexdigest()}


def administer(
    tenant: Tenant, method: str, target: str, stats: Callable[[], object], reset: Callable[[], None]
) -> Answer:
    """Answer a request whose path starts with PREFIX."""
    path, _, query = target.removeprefix(PREFIX).partition("?")
    given = {name: int(values[0]) for name, values in parse_qs(query).items()}
    match method, path:
        case "GET", "stats":
            return _json(200, stats())
        case "GET", "truth":
            return _json(200, truth(tenant))
        case "GET", "contents":
            return _json(200, contents(tenant))
        case "POST", "mutate":
            tenant.mutate(given.get("n", 1), given.get("seed", 1))
            change(tenant, given.get("areas", 0), given.get("seed", 1))
            return _json(200, {"changes": len(tenant.log)})
        case "POST", "reset":
            reset()
            return _json(200, {})
    return _json(404, {"error": f"{method} {path} is not known"})


def _json(status: int, value: object) -> Answer:
    return Answer(status, orjson.dumps(value), {"Content-Type": "application/json"})
