"""The reading endpoints of the directory: collections, single objects, members and owners, counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from tests.simulator.filters import Filter, filter_of
from tests.simulator.odata import Answer, Call, GraphError, check_select, refuse, select_of, success
from tests.simulator.paging import Pager, with_value
from tests.simulator.properties import (
    APPLICATION,
    COLLECTIONS,
    COLUMNS,
    DELETED,
    DIRECTORY_OBJECTS,
    GROUP,
    KINDS,
    LISTED,
    SEGMENTS,
    SERVICE_PRINCIPAL,
    SINGLE_VALUED,
    USER,
)
from tests.simulator.related import Related
from tests.simulator.tenant import Tenant

_MAX_IDS, _SIGN_IN_PAGE = 1000, 500
_REFUSED = ("$search", "$orderby", "$skip", "$deltatoken")
_RESTORED = (USER, GROUP, APPLICATION, SERVICE_PRINCIPAL)


@dataclass(frozen=True)
class Directory:
    """Reads on one tenant."""

    tenant: Tenant
    related: Related
    pager: Pager

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
        """``/users``, ``/groups``, ``/directory/administrativeUnits`` and the other collections."""
        kind = COLLECTIONS[call.collection]
        refuse(call, *_REFUSED)
        names = select_of(call)
        check_select(names or (), (kind,))
        expand, encode = self.related.expansion(call, kind), self.related.encoders.plain(kind, names)
        most = _SIGN_IN_PAGE if "signInActivity" in (names or ()) else None

        def item(place: int) -> bytes:
            return encode(place)[:-1] + expand(place) + b"}"

        head = context(call, call.collection, names)
        return self.pager.page(call, head, self.tenant.of_kind[kind], self._listed(call, kind), item, most=most)

    def deleted(self, call: Call) -> Answer:
        """``/directory/deletedItems/microsoft.graph.user`` and its like."""
        kind = _cast([call.segments[2]])
        if kind not in _RESTORED:
            raise GraphError(400, "Request_BadRequest", f"No {KINDS[kind or 0]} is restored here.")
        names = select_of(call)
        check_select(names or (), (kind,))
        state, encode = self.tenant.state, self.related.encoders.plain(kind, names)
        places = self.tenant.of_kind[kind]
        return self.pager.page(
            call, context(call, "directoryObjects", names), places, lambda p: state[p] == DELETED, encode
        )

    def collection_count(self, call: Call) -> Answer:
        """``/users/$count`` and its like."""
        kind = COLLECTIONS[call.collection]
        return _count(call, self.tenant.of_kind[kind], self._listed(call, kind))

    def one(self, call: Call) -> Answer:
        """One object by id, or one user by userPrincipalName."""
        kind = COLLECTIONS[call.collection]
        names = select_of(call)
        check_select(names or (), (kind,), single=True)
        place = self.find(kind, call.rest[0])
        body = self.related.encoders.plain(kind, names)(place)[1:-1] + self.related.expansion(call, kind)(place)
        return success(_with_context(call, call.collection, names, body))

    def relation(self, call: Call) -> Answer:
        """``/groups/{id}/members`` and its like, with an optional cast and ``/$count``."""
        parents = COLLECTIONS[call.collection]
        identity, relation, *rest = call.rest
        counting = rest[-1:] == ["$count"]
        kind = _cast(rest[:-1] if counting else rest)
        injector = self.related.injector
        if relation == "members" and identity in self.tenant.groups and injector.chosen("vanished", identity):
            self.tenant.delete(identity)
        parent = self.find(parents, identity)
        self._check_cast(call, parent, kind, counting)
        refuse(call, "$expand", "$filter", *_REFUSED)
        places, names = self.related.places(parent, relation), select_of(call)
        check_select(names or (), DIRECTORY_OBJECTS if kind is None else (kind,))
        shows_all = parents != GROUP or relation in ("memberOf", "ownedObjects")
        wanted = self.related.wanted(
            kind, with_service_principals=shows_all or call.advanced or (counting and call.eventual)
        )
        if counting:
            return _count(call, places, wanted)
        title = "directoryObjects" if kind is None else SEGMENTS[kind]
        encode = self.related.encoder(call, names) if kind is None else self.related.encoders.plain(kind, names)
        if relation in SINGLE_VALUED:
            found = next(filter(wanted, places), None)
            if found is None:
                raise GraphError(404, "Request_ResourceNotFound", f"Resource '{relation}' does not exist.")
            return success(_with_context(call, title, names, encode(found)[1:-1]))
        return self.pager.page(call, context(call, title, names), places, wanted, encode)

    def get_by_ids(self, call: Call) -> Answer:
        """``POST /directoryObjects/getByIds``: those of up to 1000 ids that exist, each with its type."""
        body = orjson.loads(call.body or b"{}")
        ids, types = body.get("ids"), body.get("types") or KINDS
        if not isinstance(ids, list) or not 1 <= len(ids) <= _MAX_IDS:
            raise GraphError(400, "Request_BadRequest", f"ids must hold 1 to {_MAX_IDS} ids.")
        names = select_of(call)
        check_select(names or (), DIRECTORY_OBJECTS)
        encode = self.related.encoder(call, names)
        wanted = self.related.wanted(None, with_service_principals=True)
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

    def _listed(self, call: Call, kind: int) -> Callable[[int], bool]:
        """Whether the collection lists an object, and the request's filter lets it through."""
        state, chosen = self.tenant.state, filter_of(call)
        if chosen is None:
            return lambda place: state[place] == LISTED
        self._check_filter(call, kind, chosen)
        return lambda place: state[place] == LISTED and chosen.holds(lambda name: self._filtered(place, name))

    def _check_filter(self, call: Call, kind: int, chosen: Filter) -> None:
        counts = {f"{relation}/$count" for relation in self.related.names(kind)}
        check_select(tuple(clause.name for clause in chosen.clauses), (kind,), frozenset(counts))
        if not call.advanced and any(clause.negated or clause.name in counts for clause in chosen.clauses):
            raise GraphError(400, "Request_UnsupportedQuery", "The filter needs ConsistencyLevel: eventual and $count.")

    def _filtered(self, place: int, name: str) -> object:
        """What a filter compares: a property, or the number of living objects that a relation leads to."""
        if name in COLUMNS[self.tenant.kind[place]]:
            return self.tenant.value(place, name)
        wanted = self.related.wanted(None, with_service_principals=True)
        return sum(map(wanted, self.related.places(place, name.removesuffix("/$count"))))

    def _check_cast(self, call: Call, group: int, kind: int | None, counting: bool) -> None:
        if kind is None:
            return
        if not (call.advanced or (counting and call.eventual)):
            raise GraphError(
                400, "Request_UnsupportedQuery", "A cast needs ConsistencyLevel: eventual and $count=true."
            )
        unified = self.tenant.kind[group] == GROUP and "Unified" in self.tenant.value(group, "groupTypes")
        if kind != USER and unified:
            raise GraphError(
                400, "Request_UnsupportedQuery", f"A Microsoft 365 group has no members of type {KINDS[kind]}."
            )


def context(call: Call, title: str, names: tuple[str, ...] | None) -> str:
    """The @odata.context of a collection; with $select it lists the properties."""
    listed = f"({','.join(names)})" if names else ""
    return f"{call.origin}/v1.0/$metadata#{title}{listed}"


def _with_context(call: Call, title: str, names: tuple[str, ...] | None, body: bytes) -> bytes:
    """One object's text, without its braces, made an answer."""
    head = orjson.dumps({"@odata.context": context(call, title, names) + "/$entity"})[:-1]
    return head + b"," + body + b"}"


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
