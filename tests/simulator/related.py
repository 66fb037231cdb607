"""What an object's relations lead to, seen from both ends, as far as the application may see it."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson

from tests.simulator.encode import Encode, Encoders
from tests.simulator.faults import Injector
from tests.simulator.odata import Call, GraphError, check_select
from tests.simulator.properties import (
    CONTACT,
    DELETED,
    DEVICE,
    DIRECTORY_OBJECTS,
    GROUP,
    INVERSE,
    RELATIONS,
    SERVICE_PRINCIPAL,
    SINGLE_VALUED,
    USER,
)
from tests.simulator.tenant import Tenant

_INVERSES: tuple[tuple[str, ...], ...] = tuple(
    ("memberOf", "ownedObjects")
    if kind in (USER, SERVICE_PRINCIPAL)
    else ("memberOf",)
    if kind in (GROUP, DEVICE, CONTACT)
    else ()
    for kind in range(len(RELATIONS))
)


@dataclass(frozen=True)
class Related:
    """Relations of one tenant's objects. ``may_read`` says which kinds may be seen with more than their ids."""

    tenant: Tenant
    encoders: Encoders
    injector: Injector
    may_read: Callable[[int], bool]
    may_see_hidden: bool
    _inverse: dict[str, tuple[int, dict[int, "array[int]"]]] = field(default_factory=dict)

    def names(self, kind: int) -> tuple[str, ...]:
        """The relations that objects of a kind have."""
        return RELATIONS[kind] + _INVERSES[kind]

    def places(self, place: int, relation: str) -> Sequence[int]:
        """Where a relation leads to, sorted; nowhere where that is hidden from the application."""
        if relation in INVERSE:
            leading = self._leading(INVERSE[relation]).get(place, array("i"))
            return leading if self.may_see_hidden else [each for each in leading if not self.hides(each)]
        if relation == "members" and self.hides(place):
            return array("i")
        return self.tenant.related[relation][place]

    def hides(self, place: int) -> bool:
        """Whether the membership of a group or administrative unit is hidden from the application."""
        if self.may_see_hidden or place not in self.tenant.members:
            return False
        return bool(self.tenant.value(place, "visibility") == "HiddenMembership")

    def wanted(self, kind: int | None, *, with_service_principals: bool) -> Callable[[int], bool]:
        """Whether an object is alive, and of a kind where one is given."""
        state, kinds = self.tenant.state, self.tenant.kind
        if kind is not None:
            return lambda place: kinds[place] == kind and state[place] < DELETED
        if with_service_principals:
            return lambda place: state[place] < DELETED
        return lambda place: kinds[place] != SERVICE_PRINCIPAL and state[place] < DELETED

    def encoder(self, call: Call, names: tuple[str, ...] | None) -> Encode:
        """Makes the text of objects of any kind: those that may not be read have ids only."""
        if self.injector.strikes("stripped_members", call.path):
            return self.encoders.mixed(names, DIRECTORY_OBJECTS)
        return self.encoders.mixed(names, tuple(kind for kind in DIRECTORY_OBJECTS if not self.may_read(kind)))

    def expansion(self, call: Call, kind: int) -> Callable[[int], bytes]:
        """Makes the text that $expand adds to an object. Raises GraphError for what it does not support."""
        text = call.options.get("$expand")
        if text is None:
            return lambda place: b""
        relation, _, inner = text.partition("(")
        if relation not in self.names(kind) or call.advanced:
            raise GraphError(400, "Request_UnsupportedQuery", f"$expand={text} is not supported on {call.path}.")
        chosen = inner.removesuffix(")").removeprefix("$select=")
        names = tuple(chosen.split(",")) if chosen else None
        check_select(names or (), DIRECTORY_OBJECTS)
        encode, wanted = self.encoders.mixed(names), self.wanted(None, with_service_principals=True)
        cap = self.injector.faults.expand_cap

        def expand(place: int) -> bytes:
            rows = [encode(each) for each in self.places(place, relation) if wanted(each)]
            if relation in SINGLE_VALUED:
                return b',"%s":%s' % (relation.encode(), rows[0]) if rows else b""
            if len(rows) > cap and self.injector.chosen("expand_fewer", f"{relation} {self.tenant.ids[place]}"):
                rows = rows[: min(len(rows), 2 * cap - 1) // 2]
            return b',"%s":[%s]' % (relation.encode(), b",".join(rows[:cap]))

        return expand

    def _leading(self, relation: str) -> dict[int, "array[int]"]:
        """Object to the sorted places whose relation leads to it, made anew after every change."""
        version = len(self.tenant.log)
        known = self._inverse.get(relation)
        if known is None or known[0] != version:
            found: dict[int, array[int]] = {}
            for parent in sorted(self.tenant.related[relation]):
                for child in self.tenant.related[relation][parent]:
                    found.setdefault(child, array("i")).append(parent)
            known = self._inverse[relation] = (version, found)
        return known[1]


def annotated(row: bytes, relation: str, entries: list[bytes]) -> bytes:
    """An object's text with ``members@delta`` or its like; an empty slice leaves no trace."""
    return b"%s,%s:[%s]}" % (row[:-1], orjson.dumps(f"{relation}@delta"), b",".join(entries)) if entries else row
