"""One tenant in memory: what is true, how it changes, and the log of changes that delta queries read."""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from threading import RLock
from typing import Any, NamedTuple

from tests.simulator.changes import random_changes
from tests.simulator.properties import (
    COLUMNS,
    DELETED,
    GROUP,
    KINDS,
    LISTED,
    PURGED,
    UNLISTED,
    USER,
    Json,
    object_of,
    row_of,
)


class Change(NamedTuple):
    """One entry of the log. ``what``: added, updated, deleted, restored, purged, member
    (joined or left) or restored member (a member came back from soft deletion)."""

    object: int
    what: str
    names: frozenset[str] = frozenset()
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


class Tenant:
    """Objects by place (an integer in order of creation) and the sorted places of each group's members and owners.

    ``empty_page_after`` holds (path, page number from 1) pairs: where more follows, that page is followed by an empty
    one.
    """

    def __init__(
        self,
        organization: Json,
        *,
        security_defaults: bool = True,
        empty_page_after: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        self.organization = organization
        self.security_defaults = security_defaults
        self.empty_page_after = empty_page_after
        self.lock = RLock()
        self.ids: list[str] = []
        self.kind = bytearray()
        self.state = bytearray()
        self.rows: list[tuple[Any, ...]] = []
        self.place: dict[str, int] = {}
        self.of_kind: tuple[array[int], ...] = tuple(array("i") for _ in KINDS)
        self.members: dict[int, array[int]] = {}
        self.owners: dict[int, array[int]] = {}
        self.log: list[Change] = []

    @property
    def id(self) -> str:
        """The tenant's id, a GUID."""
        return str(self.organization["id"])

    @property
    def users(self) -> Mapping[str, Json]:
        """Every user that ``/users`` lists."""
        return Objects(self, USER)

    @property
    def groups(self) -> Mapping[str, Json]:
        """Every group that ``/groups`` lists."""
        return Objects(self, GROUP)

    def memberships(self) -> Iterator[tuple[str, str, str]]:
        """Each direct membership as (group id, member kind, member id); those of soft-deleted objects are at rest."""
        for group in self.groups:
            for kind, member in self.members_of(group):
                yield group, kind, member

    def members_of(self, group: str) -> Iterator[tuple[str, str]]:
        """Each direct member of a group as (kind, id), soft-deleted ones left out."""
        for member in self.members[self.place[group]]:
            if self.state[member] != DELETED:
                yield KINDS[self.kind[member]], self.ids[member]

    def add(self, kind: int, properties: Json, *, listed: bool = True) -> str:
        """Add an object of a kind (by number); ``properties`` needs at least ``id``. Returns the id."""
        with self.lock:
            identity, place = str(properties["id"]), len(self.ids)
            if identity in self.place:
                raise ValueError(f"{identity} exists")
            self.rows.append(row_of(kind, properties))
            self.ids.append(identity)
            self.kind.append(kind)
            self.state.append(LISTED if listed else UNLISTED)
            self.place[identity] = place
            self.of_kind[kind].append(place)
            if kind == GROUP:
                self.members[place], self.owners[place] = array("i"), array("i")
            self.log.append(Change(place, "added"))
            return identity

    def add_user(self, properties: Json, *, listed: bool = True) -> str:
        """Add a user, listed by ``/users`` or not."""
        return self.add(USER, properties, listed=listed)

    def add_group(self, properties: Json) -> str:
        """Add a group without members."""
        return self.add(GROUP, properties)

    def update_user(self, identity: str, **properties: Any) -> None:
        """Change properties of a user."""
        self._update(self._find(identity, USER, LISTED, UNLISTED), properties)

    def update_group(self, identity: str, **properties: Any) -> None:
        """Change properties of a group."""
        self._update(self._find(identity, GROUP, LISTED), properties)

    def delete_user(self, identity: str) -> None:
        """Soft-delete a user: it keeps its memberships, unseen, until it is restored or purged."""
        self._set(self._find(identity, USER, LISTED), DELETED, "deleted")

    def restore_user(self, identity: str) -> None:
        """Bring a soft-deleted user back, with its memberships."""
        self._restore(self._find(identity, USER, DELETED))

    def purge_user(self, identity: str) -> None:
        """Delete a user for good, memberships included."""
        self._purge(self._find(identity, USER, LISTED, DELETED))

    def delete_group(self, identity: str) -> None:
        """Delete a group: a Microsoft 365 group softly, as Entra does, any other for good."""
        place = self._find(identity, GROUP, LISTED)
        if "Unified" in self.value(place, "groupTypes"):
            self._set(place, DELETED, "deleted")
        else:
            self._purge(place)

    def restore_group(self, identity: str) -> None:
        """Bring a soft-deleted group back, with its members."""
        self._restore(self._find(identity, GROUP, DELETED))

    def add_member(self, group: str, member: str) -> None:
        """Make an object a direct member of a group. Raises ValueError where it is one."""
        with self.lock:
            parent, place = self._find(group, GROUP, LISTED), self.place[member]
            if contains(self.members[parent], place):
                raise ValueError(f"{member} is a member of {group}")
            insort(self.members[parent], place)
            self.log.append(Change(parent, "member", member=place))

    def remove_member(self, group: str, member: str) -> None:
        """End a direct membership. Raises ValueError where there is none."""
        with self.lock:
            parent, place = self._find(group, GROUP, LISTED), self.place[member]
            if not contains(self.members[parent], place):
                raise ValueError(f"{member} is no member of {group}")
            self._unlink(parent, place)

    def add_owner(self, group: str, owner: str) -> None:
        """Make an object an owner of a group. Owners are not tracked in the log."""
        insort(self.owners[self._find(group, GROUP, LISTED)], self.place[owner])

    def mutate(self, n: int, seed: int) -> None:
        """Make n random changes, the same for the same tenant and seed."""
        with self.lock:
            random_changes(self, n, seed)

    def value(self, place: int, name: str) -> Any:
        """One property of an object."""
        return self.rows[place][COLUMNS[self.kind[place]][name]]

    def parents(self, member: int) -> list[int]:
        """The places of the groups that an object is a direct member of."""
        return [group for group, members in self.members.items() if contains(members, member)]

    def _find(self, identity: str, kind: int, *states: int) -> int:
        place = self.place[identity]
        if self.kind[place] != kind or self.state[place] not in states:
            raise KeyError(identity)
        return place

    def _update(self, place: int, properties: Json) -> None:
        kind = self.kind[place]
        with self.lock:
            self.rows[place] = row_of(kind, object_of(kind, self.rows[place]) | properties)
            self.log.append(Change(place, "updated", frozenset(properties)))

    def _set(self, place: int, state: int, what: str) -> None:
        with self.lock:
            self.state[place] = state
            self.log.append(Change(place, what))

    def _restore(self, place: int) -> None:
        with self.lock:
            self._set(place, LISTED, "restored")
            self.log.extend(Change(parent, "restored member", member=place) for parent in self.parents(place))

    def _purge(self, place: int) -> None:
        with self.lock:
            for parent in self.parents(place):
                self._unlink(parent, place)
            if self.kind[place] == GROUP:
                self.members[place] = array("i")
            self._set(place, PURGED, "purged")

    def _unlink(self, parent: int, member: int) -> None:
        members = self.members[parent]
        del members[bisect_left(members, member)]
        self.log.append(Change(parent, "member", member=member))


def contains(places: Sequence[int], place: int) -> bool:
    """Whether sorted places hold a place."""
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place
