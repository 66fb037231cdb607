"""What a delta token stands for: a query, and a span of the tenant's log."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tests.simulator.tenant import Tenant

_REMEMBERED = 4


@dataclass(slots=True)
class Changed:
    """What a round has to tell of an object: all of it, or some properties and, by relation, other objects."""

    whole: bool = False
    names: set[str] = field(default_factory=set)
    related: dict[str, set[int]] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """A delta token's content. ``since`` and ``until`` are places in the log; since -1 is a first round."""

    select: list[str] | None
    ids: list[str] | None
    since: int
    until: int
    issued: float
    cursor: int = 0
    member: int = -1
    generation: int = 0

    def listed(self) -> list[Any]:
        """The content as JSON values."""
        return [self.select, self.ids, self.since, self.until, self.issued, self.cursor, self.member, self.generation]


class Rounds:
    """The log between two places, by object; the last few are remembered, since each page of a round asks again."""

    def __init__(self, tenant: Tenant, *, silent_restores: bool) -> None:
        self._tenant, self._silent = tenant, silent_restores
        self._known: dict[tuple[int, int, int], dict[int, Changed]] = {}

    def changes(self, kind: int, since: int, until: int) -> dict[int, Changed]:
        """What happened to objects of a kind (by number), keyed by place, in the order of first change."""
        key = (kind, since, until)
        if key not in self._known:
            self._known[key] = self._read(kind, since, until)
            if len(self._known) > _REMEMBERED:
                del self._known[next(iter(self._known))]
        return self._known[key]

    def _read(self, kind: int, since: int, until: int) -> dict[int, Changed]:
        found: dict[int, Changed] = {}
        for change in islice(self._tenant.log, since, until):
            if self._tenant.kind[change.object] != kind or (self._silent and change.what == "restored member"):
                continue
            changed = found.setdefault(change.object, Changed())
            if change.member >= 0:
                changed.related.setdefault(change.relation, set()).add(change.member)
            elif change.what == "updated":
                changed.names.update(change.names)
            else:
                changed.whole = True
        return found
