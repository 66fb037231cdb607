"""One tenant in memory: what is true, how it changes, and the log of changes that delta queries read."""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from threading import RLock
from typing import Any

from tests.simulator.changes import random_changes
from tests.simulator.contents import Contents
from tests.simulator.licences import license_tenant
from tests.simulator.objects import Change, Objects
from tests.simulator.properties import (
    APPLICATION,
    COLUMNS,
    DELETED,
    GROUP,
    KINDS,
    LISTED,
    PURGED,
    RELATIONS,
    SERVICE_PRINCIPAL,
    UNLISTED,
    USER,
    Json,
    object_of,
    row_of,
)

_DELETED_SOFTLY = (USER, APPLICATION, SERVICE_PRINCIPAL)


class Tenant:
    """Objects by place (an integer in order of creation) and, by relation, the sorted places that each leads to.

    What is no directory object is in ``contents``. ``subtypes`` holds the type of objects whose type inherits from that
    of their kind. ``empty_page_after`` holds (path, page number from 1) pairs: where more follows, that page is
    followed by an empty one.
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
        self.related: dict[str, dict[int, array[int]]] = {
            name: {} for name in dict.fromkeys(relation for relations in RELATIONS for relation in relations)
        }
        self.subtypes: dict[int, str] = {}
        self.contents = Contents()
        self.log: list[Change] = []
        license_tenant(self)

    @property
    def id(self) -> str:
        """The tenant's id, a GUID."""
        return str(self.organization["id"])

    @property
    def members(self) -> "dict[int, array[int]]":
        """The members of each group and administrative unit."""
        return self.related["members"]

    @property
    def owners(self) -> "dict[int, array[int]]":
        """The owners of each group, application and service principal."""
        return self.related["owners"]

    def objects(self, kind: int) -> Mapping[str, Json]:
        """Every object of a kind that its collection lists."""
        return Objects(self, kind)

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

    def add(self, kind: int, properties: Json, *, listed: bool = True, subtype: str = "") -> str:
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
            for relation in RELATIONS[kind]:
                self.related[relation][place] = array("i")
            if subtype:
                self.subtypes[place] = subtype
            self.log.append(Change(place, "added"))
            return identity

    def add_user(self, properties: Json, *, listed: bool = True) -> str:
        """Add a user, listed by ``/users`` or not."""
        return self.add(USER, properties, listed=listed)

    def add_group(self, properties: Json) -> str:
        """Add a group without members."""
        return self.add(GROUP, properties)

    def update(self, identity: str, **properties: Any) -> None:
        """Change properties of a directory object."""
        place = self._find(identity, LISTED, UNLISTED)
        kind = self.kind[place]
        with self.lock:
            self.rows[place] = row_of(kind, object_of(kind, self.rows[place]) | properties)
            self.log.append(Change(place, "updated", frozenset(properties)))

    def delete(self, identity: str) -> None:
        """Delete a directory object: softly where Entra does, else for good.

        What is deleted softly keeps its relations, unseen, until it is restored or purged.
        """
        place = self._find(identity, LISTED)
        kind = self.kind[place]
        if kind in _DELETED_SOFTLY or (kind == GROUP and "Unified" in self.value(place, "groupTypes")):
            self._set(place, DELETED, "deleted")
        else:
            self._purge(place)

    def restore(self, identity: str) -> None:
        """Bring a softly deleted object back, with its relations."""
        place = self._find(identity, DELETED)
        with self.lock:
            self._set(place, LISTED, "restored")
            self.log.extend(
                Change(parent, "restored member", relation=relation, member=place)
                for relation, parent in self.parents(place)
            )

    def purge(self, identity: str) -> None:
        """Delete an object for good, relations included."""
        self._purge(self._find(identity, LISTED, DELETED))

    def relate(self, parent: str, relation: str, child: str) -> None:
        """Make an object one of those that a relation leads to. Raises ValueError where it is one."""
        with self.lock:
            place, other = self._find(parent, LISTED, UNLISTED), self.place[child]
            places = self.related[relation][place]
            if contains(places, other):
                raise ValueError(f"{child} is in {relation} of {parent}")
            insort(places, other)
            self.log.append(Change(place, "related", relation=relation, member=other))

    def unrelate(self, parent: str, relation: str, child: str) -> None:
        """End a relation. Raises ValueError where there is none."""
        with self.lock:
            place, other = self._find(parent, LISTED, UNLISTED), self.place[child]
            if not contains(self.related[relation][place], other):
                raise ValueError(f"{child} is not in {relation} of {parent}")
            self._unlink(relation, place, other)

    def add_member(self, group: str, member: str) -> None:
        """Make an object a direct member of a group. Raises ValueError where it is one."""
        self.relate(group, "members", member)

    def remove_member(self, group: str, member: str) -> None:
        """End a direct membership. Raises ValueError where there is none."""
        self.unrelate(group, "members", member)

    def mutate(self, n: int, seed: int) -> None:
        """Make n random changes, the same for the same tenant and seed."""
        with self.lock:
            random_changes(self, n, seed)

    def value(self, place: int, name: str) -> Any:
        """One property of an object."""
        return self.rows[place][COLUMNS[self.kind[place]][name]]

    def parents(self, member: int) -> list[tuple[str, int]]:
        """Each relation that leads to an object, and the place that it leads from."""
        return [
            (relation, parent)
            for relation, by_parent in self.related.items()
            for parent, places in by_parent.items()
            if contains(places, member)
        ]

    def _find(self, identity: str, *states: int) -> int:
        place = self.place[identity]
        if self.state[place] not in states:
            raise KeyError(identity)
        return place

    def _set(self, place: int, state: int, what: str) -> None:
        with self.lock:
            self.state[place] = state
            self.log.append(Change(place, what))

    def _purge(self, place: int) -> None:
        with self.lock:
            for relation, parent in self.parents(place):
                self._unlink(relation, parent, place)
            for relation in RELATIONS[self.kind[place]]:
                self.related[relation][place] = array("i")
            self._set(place, PURGED, "purged")

    def _unlink(self, relation: str, parent: int, member: int) -> None:
        places = self.related[relation][parent]
        del places[bisect_left(places, member)]
        self.log.append(Change(parent, "related", relation=relation, member=member))


def contains(places: Sequence[int], place: int) -> bool:
    """Whether sorted places hold a place."""
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place
