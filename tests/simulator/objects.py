"""The log of a tenant's changes, and its objects as a mapping."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from tests.simulator.properties import LISTED, Json, object_of

if TYPE_CHECKING:
    from tests.simulator.tenant import Tenant


class Change(NamedTuple):
    """One entry of the log.

    ``what``: added, updated, deleted, restored, purged, related (``member`` came into ``relation`` or left it) or
    restored member (it came back from soft deletion).
    """

    object: int
    what: str
    names: frozenset[str] = frozenset()
    relation: str = ""
    member: int = -1


class Objects(Mapping[str, Json]):
    """The listed objects of one kind: id to object with every property. Objects are made when they are asked for."""

    def __init__(self, tenant: "Tenant", kind: int) -> None:
        self._tenant, self._kind = tenant, kind

    def __getitem__(self, key: str) -> Json:
        place = self._tenant.place.get(key, -1)
        if place < 0 or self._tenant.kind[place] != self._kind or self._tenant.state[place] != LISTED:
            raise KeyError(key)
        return object_of(self._kind, self._tenant.rows[place])

    def __iter__(self) -> Iterator[str]:
        state, ids = self._tenant.state, self._tenant.ids
        return (ids[place] for place in self._tenant.of_kind[self._kind] if state[place] == LISTED)

    def __len__(self) -> int:
        state = self._tenant.state
        return sum(state[place] == LISTED for place in self._tenant.of_kind[self._kind])
