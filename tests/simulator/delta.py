"""Delta queries on directory objects: first rounds, later rounds, slices of members, tokens and their end.

Every page is worked out from its token and the tenant's log, so a restarted simulator goes on where the last one was.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice
from time import time

import orjson

from tests.simulator.directory import Directory, context
from tests.simulator.odata import Answer, Call, GraphError, check_select, refuse, select_of, success
from tests.simulator.paging import expired_page, with_value
from tests.simulator.properties import (
    COLLECTIONS,
    CONTACT,
    DELETED,
    GROUP,
    LISTED,
    SERVICE_PRINCIPAL,
    TRACKED,
    UNLISTED,
    USER,
)
from tests.simulator.related import annotated
from tests.simulator.rounds import Changed, Rounds, State
from tests.simulator.tenant import Tenant, contains
from tests.simulator.tokens import BadToken, Seal

PAGE_OBJECTS, SLICE_MEMBERS = 200, 500
"""Objects and members of one delta page at most; both are the server's choice, members as observed in recordings."""

LIFETIME_SECONDS = 7 * 86400
_MAX_FILTER_IDS, _REPLAYED_CHANGES = 50, 5
_BOUNDED = (USER, GROUP, CONTACT)
_FILTER = re.compile(r"id\s+eq\s+'([^']+)'")


class Delta:
    """Answers ``/users/delta``, ``/groups/delta`` and their like."""

    def __init__(self, directory: Directory, seal: Seal, page_size: int | None) -> None:
        self._directory, self._seal = directory, seal
        self._tenant: Tenant = directory.tenant
        self._related = directory.related
        self._page_objects = min(PAGE_OBJECTS, page_size) if page_size else PAGE_OBJECTS
        self._rounds = Rounds(directory.tenant, silent_restores=directory.related.injector.faults.silent_restores)

    def answer(self, call: Call) -> Answer:
        """One page.

        Raises GraphError: 400 for options, page tokens and syncStateNotFound, 410 with Location for a reset.
        """
        refuse(call, "$top", "$expand", "$orderby", "$search", "$skip", "$count")
        kind = COLLECTIONS[call.collection]
        if "$skiptoken" in call.options:
            state = self._continued(call)
        elif call.options.get("$deltatoken"):
            return self._round(call, kind)
        else:
            state = self._first(call, kind)
        return self._page(call, kind, state)

    def _first(self, call: Call, kind: int) -> State:
        select = select_of(call)
        check_select(select or (), (kind,), frozenset(TRACKED[kind]))
        ids = None
        if text := call.options.get("$filter"):
            ids = _FILTER.findall(text)
            many = kind in _BOUNDED and len(ids) > _MAX_FILTER_IDS
            if not ids or _FILTER.sub("", text).replace("or", "").strip() or many:
                raise GraphError(
                    400, "Request_UnsupportedQuery", f"Only 'id eq' for up to {_MAX_FILTER_IDS} ids is supported."
                )
        return State(list(select) if select else None, ids, -1, len(self._tenant.log), time())

    def _round(self, call: Call, kind: int) -> Answer:
        token = call.options["$deltatoken"]
        if token.lower() == "latest":
            state = self._first(call, kind)
            return success(
                with_value({**self._head(call, state), "@odata.deltaLink": self._delta_link(call, state)}, [])
            )
        injector = self._related.injector
        try:
            last = State(*self._seal.open(f"delta {call.path}", token))
        except BadToken:
            raise _unknown_state() from None
        if injector.strikes("delta_gone", call.path):
            select = f"$select={','.join(last.select)}&" if last.select else ""
            location = f"{call.origin}/v1.0{call.path}?{select}$deltatoken="
            raise GraphError(410, "resyncRequired", "Resync is required.", {"Location": location})
        stale = time() - last.issued > LIFETIME_SECONDS or last.until > len(self._tenant.log)
        if stale or injector.strikes("delta_expired", call.path):
            raise _unknown_state()
        since = last.until
        if injector.strikes("delta_replays", call.path):
            since = max(0, since - _REPLAYED_CHANGES)
        return self._page(call, kind, State(last.select, last.ids, since, len(self._tenant.log), time()))

    def _continued(self, call: Call) -> State:
        token = call.options["$skiptoken"]
        self._directory.pager.check_alive(call, token)
        try:
            state = State(*self._seal.open(f"page {call.path}", token))
        except BadToken:
            raise GraphError(400, "Request_BadRequest", "The specified page token value is invalid.") from None
        if state.until > len(self._tenant.log):
            raise expired_page()
        return state

    def _page(self, call: Call, kind: int, state: State) -> Answer:
        rows: list[bytes] = []
        room = SLICE_MEMBERS
        following = None
        for position, place, changed in self._objects(kind, state):
            if len(rows) >= self._page_objects or room <= 0:
                following = (position, -1)
                break
            after = state.member if position == state.cursor else -1
            entries = (
                list(islice(self._members(place, changed, after), room + 1))
                if self._tracks(kind, state, "members")
                else []
            )
            rows.append(self._row(kind, place, state, changed, entries[:room]))
            if len(entries) > room:
                following = (position, entries[room - 1][0])
                break
            room -= len(entries)
        if rows and self._related.injector.strikes("delta_replays", f"{call.path} {state.cursor} {state.member}"):
            rows.append(rows[0])
        head = self._head(call, state)
        if following is None:
            head["@odata.deltaLink"] = self._delta_link(call, state)
        else:
            state.cursor, state.member = following
            state.generation = self._directory.pager.generation
            token = self._seal.close(f"page {call.path}", state.listed())
            call.options = {name: value for name, value in call.options.items() if name == "$skiptoken"}
            head["@odata.nextLink"] = self._directory.pager.link(call, token)
        return success(with_value(head, rows))

    def _objects(self, kind: int, state: State) -> Iterator[tuple[int, int, Changed]]:
        """(position, place, what to tell) from the token's position on."""
        wanted = None if state.ids is None else {self._tenant.place.get(each, -1) for each in state.ids}
        if state.since < 0:
            everything = Changed(whole=True)
            places = self._tenant.of_kind[kind]
            omits = wanted is not None and self._directory.related.injector.faults.delta_omits_groups
            for position in range(state.cursor, len(places)):
                place = places[position]
                if omits and position % 2:
                    continue
                if self._tenant.state[place] in (LISTED, DELETED) and (wanted is None or place in wanted):
                    yield position, place, everything
            return
        changes = list(self._rounds.changes(kind, state.since, state.until).items())
        for position in range(state.cursor, len(changes)):
            place, changed = changes[position]
            if (
                self._tells(kind, state, changed)
                and self._tenant.state[place] != UNLISTED
                and (wanted is None or place in wanted)
            ):
                yield position, place, changed

    def _tells(self, kind: int, state: State, changed: Changed) -> bool:
        """Whether a change is one that the round's $select tracks."""
        if changed.whole or any(self._tracks(kind, state, relation) for relation in changed.related):
            return True
        return bool(changed.names if state.select is None else changed.names.intersection(state.select))

    def _tracks(self, kind: int, state: State, relation: str) -> bool:
        """Whether a round tells of a relation: members without being asked, too."""
        return relation in TRACKED[kind] and relation in (state.select or ("members",))

    def _members(self, parent: int, changed: Changed, after: int) -> Iterator[tuple[int, bool]]:
        """(place, whether it is a member) in order of place, after a place."""
        if self._related.hides(parent):
            return
        faults = self._related.injector.faults
        for place, present in self._entries(parent, "members", changed, after):
            omitted = faults.delta_without_service_principals and self._tenant.kind[place] == SERVICE_PRINCIPAL
            if not omitted:
                yield place, present

    def _entries(self, parent: int, relation: str, changed: Changed, after: int) -> Iterator[tuple[int, bool]]:
        """(place, whether the relation leads there) in order of place, after a place."""
        tenant = self._tenant
        if tenant.state[parent] != LISTED:
            return
        present = tenant.related[relation][parent]
        touched = changed.related.get(relation, set())
        all_listed = changed.whole and self._related.injector.faults.delta_lists_deleted
        if changed.whole and not touched:
            places: Iterator[int] = islice(present, bisect_right(present, after), None)
        else:
            places = iter(sorted(each for each in {*touched, *(present if changed.whole else ())} if each > after))
        for place in places:
            if not contains(present, place):
                yield place, False
            elif all_listed or tenant.state[place] != DELETED:
                yield place, True

    def _row(self, kind: int, place: int, state: State, changed: Changed, members: list[tuple[int, bool]]) -> bytes:
        if self._tenant.state[place] != LISTED:
            reason = "changed" if self._tenant.state[place] == DELETED else "deleted"
            return orjson.dumps({"id": self._tenant.ids[place], "@removed": {"reason": reason}})
        selected = [name for name in state.select or () if name not in (*TRACKED[kind], "id")]
        row = self._related.encoders.plain(kind, None if state.select is None else (*selected, "id"))(place)
        for relation in TRACKED[kind]:
            if relation == "members":
                row = annotated(row, relation, self._texts(members))
            elif state.member < 0 and self._tracks(kind, state, relation):
                row = annotated(row, relation, self._texts(self._entries(place, relation, changed, -1)))
        return row

    def _texts(self, entries: Iterable[tuple[int, bool]]) -> list[bytes]:
        encode, removed = self._related.encoders.mixed(("id",)), b',"@removed":{"reason":"deleted"}}'
        return [encode(at) if present else encode(at)[:-1] + removed for at, present in entries]

    def _head(self, call: Call, state: State) -> dict[str, str | int]:
        return {"@odata.context": context(call, call.collection, tuple(state.select) if state.select else None)}

    def _delta_link(self, call: Call, state: State) -> str:
        token = self._seal.close(f"delta {call.path}", [*state.listed()[:5], 0, -1, 0])
        return f"{call.origin}/v1.0{call.path}?$deltatoken={token}"


def _unknown_state() -> GraphError:
    return GraphError(400, "syncStateNotFound", "The sync state of the delta token was not found.")
