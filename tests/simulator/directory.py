"""The reading endpoints of the directory: collections, single objects, members and owners, counts."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from tests.simulator.encode import Encode, Encoders
from tests.simulator.faults import Injector
from tests.simulator.odata import Answer, Call, GraphError, check_select, refuse, select_of, success
from tests.simulator.paging import Pager, with_value
from tests.simulator.properties import (
    COLLECTIONS,
    CONTACT,
    DELETED,
    DEVICE,
    GROUP,
    KINDS,
    LISTED,
    SEGMENTS,
    SERVICE_PRINCIPAL,
    USER,
)
from tests.simulator.tenant import Tenant

EXPAND_CAP = 20
"""How many related objects $expand returns at most."""

_ALL_KINDS = (USER, GROUP, DEVICE, SERVICE_PRINCIPAL, CONTACT)
_EXPANDABLE = {"users": ("manager",), "groups": ("members", "owners")}
_MAX_IDS = 1000
_REFUSED = ("$filter", "$search", "$orderby", "$skip", "$deltatoken")


@dataclass(frozen=True)
class Directory:
    """Reads on one tenant. ``may_read`` says which kinds, by number, the application may see more than ids of."""

    tenant: Tenant
    encoders: Encoders
    pager: Pager
    injector: Injector
    may_read: Callable[[int], bool]
    may_see_hidden: bool

    def organization(self, call: Call) -> Answer:
        """The one-element collection of the tenant itself; it is not paged."""
        names = select_of(call)
        value = self.tenant.organization
        for name in names or ():
            if name not in value:
                raise GraphError(
                    400, "Request_BadRequest", f"Could not find a property named '{name}' on type 'organization'."
                )
        shown = {name: value[name] for name in names} if names else value
        return success(with_value({"@odata.context": context(call, "organization", names)}, [orjson.dumps(shown)]))

    def collection(self, call: Call) -> Answer:
        """``/users``, ``/groups``, ``/devices``, ``/servicePrincipals``, ``/contacts``."""
        kind = COLLECTIONS[call.segments[0]]
        refuse(call, *_REFUSED)
        names = select_of(call)
        check_select(names or (), (kind,))
        expand, encode, state = self._expansion(call), self.encoders.plain(kind, names), self.tenant.state

        def item(place: int) -> bytes:
            return encode(place)[:-1] + expand(place) + b"}"

        places = self.tenant.of_kind[kind]
        return self.pager.page(
            call, context(call, call.segments[0], names), places, lambda place: state[place] == LISTED, item
        )

    def deleted(self, call: Call) -> Answer:
        """``/directory/deletedItems/microsoft.graph.user`` and ``…group``."""
        kind = _cast([call.segments[2]])
        if kind not in (USER, GROUP):
            raise GraphError(400, "Request_BadRequest", "Only users and groups are restored here.")
        names = select_of(call)
        check_select(names or (), (kind,))
        state, encode = self.tenant.state, self.encoders.plain(kind, names)
        places = self.tenant.of_kind[kind]
        return self.pager.page(
            call, context(call, "directoryObjects", names), places, lambda p: state[p] == DELETED, encode
        )

    def collection_count(self, call: Call) -> Answer:
        """``/users/$count`` and its like."""
        state = self.tenant.state
        return _count(call, self.tenant.of_kind[COLLECTIONS[call.segments[0]]], lambda place: state[place] == LISTED)

    def one(self, call: Call) -> Answer:
        """One object by id, or one user by userPrincipalName."""
        kind = COLLECTIONS[call.segments[0]]
        names = select_of(call)
        check_select(names or (), (kind,), single=True)
        place = self.find(kind, call.segments[1])
        body = self.encoders.plain(kind, names)(place)[1:-1] + self._expansion(call)(place)
        head = orjson.dumps({"@odata.context": context(call, call.segments[0], names) + "/$entity"})[:-1]
        return success(head + b"," + body + b"}")

    def related(self, call: Call) -> Answer:
        """``/groups/{id}/members`` and ``/owners``, with an optional cast and ``/$count``."""
        _, identity, relation, *rest = call.segments
        counting = rest[-1:] == ["$count"]
        kind = _cast(rest[:-1] if counting else rest)
        if relation == "members" and identity in self.tenant.groups and self.injector.chosen("vanished", identity):
            self.tenant.delete_group(identity)
        group = self.find(GROUP, identity)
        self._check_cast(call, group, kind, counting)
        refuse(call, "$expand", *_REFUSED)
        places = self.visible_members(group) if relation == "members" else self.tenant.owners[group]
        wanted = self._wanted(kind, with_service_principals=call.advanced or (counting and call.eventual))
        if counting:
            return _count(call, places, wanted)
        names = select_of(call)
        check_select(names or (), _ALL_KINDS if kind is None else (kind,))
        title = "directoryObjects" if kind is None else SEGMENTS[kind]
        encode = self._member_encoder(call, names) if kind is None else self.encoders.plain(kind, names)
        return self.pager.page(call, context(call, title, names), places, wanted, encode)

    def get_by_ids(self, call: Call) -> Answer:
        """``POST /directoryObjects/getByIds``: those of up to 1000 ids that exist, each with its type."""
        body = orjson.loads(call.body or b"{}")
        ids, types = body.get("ids"), body.get("types") or KINDS
        if not isinstance(ids, list) or not 1 <= len(ids) <= _MAX_IDS:
            raise GraphError(400, "Request_BadRequest", f"ids must hold 1 to {_MAX_IDS} ids.")
        names = select_of(call)
        check_select(names or (), _ALL_KINDS)
        encode, wanted = self._member_encoder(call, names), self._wanted(None, with_service_principals=True)
        places = sorted({self.tenant.place[each] for each in ids if each in self.tenant.place})
        rows = [encode(place) for place in places if wanted(place) and KINDS[self.tenant.kind[place]] in types]
        return success(with_value({"@odata.context": context(call, "directoryObjects", names)}, rows))

    def find(self, kind: int, identity: str) -> int:
        """The place of a living object. Raises GraphError 404."""
        tenant = self.tenant
        place = tenant.place.get(identity, -1)
        if place < 0 and kind == USER and "@" in identity:
            place = next((at for at in tenant.of_kind[USER] if tenant.value(at, "userPrincipalName") == identity), -1)
        if place < 0 or tenant.kind[place] != kind or tenant.state[place] >= DELETED:
            raise GraphError(404, "Request_ResourceNotFound", f"Resource '{identity}' does not exist.")
        return place

    def visible_members(self, group: int) -> Sequence[int]:
        """A group's members, none where its membership is hidden from the application."""
        return array("i") if self.hides(group) else self.tenant.members[group]

    def hides(self, group: int) -> bool:
        """Whether a group's membership is hidden from the application."""
        return not self.may_see_hidden and bool(self.tenant.value(group, "visibility") == "HiddenMembership")

    def _wanted(self, kind: int | None, *, with_service_principals: bool) -> Callable[[int], bool]:
        state, kinds = self.tenant.state, self.tenant.kind
        if kind is not None:
            return lambda place: kinds[place] == kind and state[place] < DELETED
        if with_service_principals:
            return lambda place: state[place] < DELETED
        return lambda place: kinds[place] != SERVICE_PRINCIPAL and state[place] < DELETED

    def _member_encoder(self, call: Call, names: tuple[str, ...] | None) -> Encode:
        if self.injector.strikes("stripped_members", call.path):
            return self.encoders.mixed(names, _ALL_KINDS)
        return self.encoders.mixed(names, tuple(kind for kind in _ALL_KINDS if not self.may_read(kind)))

    def _check_cast(self, call: Call, group: int, kind: int | None, counting: bool) -> None:
        if kind is None:
            return
        if not (call.advanced or (counting and call.eventual)):
            raise GraphError(
                400, "Request_UnsupportedQuery", "A cast needs ConsistencyLevel: eventual and $count=true."
            )
        if kind != USER and "Unified" in self.tenant.value(group, "groupTypes"):
            raise GraphError(
                400, "Request_UnsupportedQuery", f"A Microsoft 365 group has no members of type {KINDS[kind]}."
            )

    def _expansion(self, call: Call) -> Callable[[int], bytes]:
        text = call.options.get("$expand")
        if text is None:
            return lambda place: b""
        relation, _, inner = text.partition("(")
        if relation not in _EXPANDABLE.get(call.segments[0], ()) or call.advanced:
            raise GraphError(400, "Request_UnsupportedQuery", f"$expand={text} is not supported on {call.path}.")
        if relation == "manager":
            return lambda place: b""
        chosen = inner.removesuffix(")").removeprefix("$select=")
        names = tuple(chosen.split(",")) if chosen else None
        check_select(names or (), _ALL_KINDS)
        encode, wanted = self.encoders.mixed(names), self._wanted(None, with_service_principals=True)

        def expand(place: int) -> bytes:
            places = self.visible_members(place) if relation == "members" else self.tenant.owners[place]
            rows = [encode(each) for each in places if wanted(each)]
            return b',"%s":[%s]' % (relation.encode(), b",".join(rows[:EXPAND_CAP]))

        return expand


def context(call: Call, title: str, names: tuple[str, ...] | None) -> str:
    """The @odata.context of a collection; with $select it lists the properties."""
    listed = f"({','.join(names)})" if names else ""
    return f"{call.origin}/v1.0/$metadata#{title}{listed}"


def _cast(segments: list[str]) -> int | None:
    match segments:
        case []:
            return None
        case [name] if name.removeprefix("microsoft.graph.") in KINDS and name.startswith("microsoft.graph."):
            return KINDS.index(name.removeprefix("microsoft.graph."))
    raise GraphError(400, "BadRequest", f"Resource not found for the segment '{segments[0]}'.")


def _count(call: Call, places: Sequence[int], wanted: Callable[[int], bool]) -> Answer:
    if not call.eventual:
        raise GraphError(400, "Request_BadRequest", "$count is not currently supported.")
    return Answer(200, str(sum(map(wanted, places))).encode(), {"Content-Type": "text/plain", "OData-Version": "4.0"})
