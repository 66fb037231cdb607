"""Endpoints that serve what is no directory object: collections, single objects, and children of an object."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from tests.simulator.filters import filter_of
from tests.simulator.licences import Licence
from tests.simulator.odata import Answer, Call, GraphError, select_of, success
from tests.simulator.paging import DEFAULT_PAGE, Pager, with_value
from tests.simulator.properties import Json
from tests.simulator.tenant import Tenant

ANY = "{id}"
_ALWAYS = frozenset({"$skiptoken", "$format", "$count"})


@dataclass(frozen=True)
class Shelf:
    """One endpoint, and what it asks of a request.

    Attributes:
        path: such as ``/domains``, or ``/applications/{id}/federatedIdentityCredentials`` for children of an object.
        permissions: any one of them opens it; the first is the least.
        licence: what the tenant must have.
        single: the object of an endpoint that gives one, as tenants have it that have set nothing.
        options: the query options that it takes; others are refused.
        navigations: properties that come when they are expanded: ``policy``, and ``policy/rules`` inside of it.
        filters: properties that a $filter must name, one of each group; without such a filter it is refused.
        page: rows of a page without $top; ``None`` where all rows always come at once.
        key: the property that tells rows apart.
        absent: the code of the answer where what has the children is not there.
        counts: the property of a single object that says how many rows there are, and of which path.
        lane: the service that counts its requests apart, of ``lanes.LANES``.
    """

    path: str
    permissions: tuple[str, ...]
    licence: Licence | None = None
    single: Json | None = None
    options: frozenset[str] = frozenset({"$select"})
    navigations: tuple[str, ...] = ()
    filters: tuple[tuple[str, ...], ...] = ()
    page: int | None = DEFAULT_PAGE
    key: str = "id"
    absent: str = "Request_ResourceNotFound"
    counts: tuple[str, str] | None = None
    lane: str = ""


class Shelves:
    """All shelves, found by the path of a request."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self.all = shelves
        self._by_path = {shelf.path: shelf for shelf in shelves}
        parts = (shelf.path[1:].split("/") for shelf in shelves)
        self._places = sorted(
            {tuple(place for place, each in enumerate(path) if each == ANY) for path in parts}, key=len
        )

    def find(self, segments: tuple[str, ...]) -> Shelf | None:
        """The shelf whose path this is, with any id in each place of ``{id}``."""
        for places in self._places:
            path = "/".join(ANY if number in places else each for number, each in enumerate(segments))
            if shelf := self._by_path.get(f"/{path}"):
                return shelf
        return None

    def holding(self, segments: tuple[str, ...]) -> Shelf | None:
        """The collection that a path names, or one row of."""
        found = self.find(segments)
        if found is None and len(segments) > 1 and (found := self.find(segments[:-1])) and found.single is not None:
            return None
        return found


class Shelving:
    """Answers requests to shelves. ``find_parent`` raises GraphError where what has the children is not there."""

    def __init__(
        self,
        tenant: Tenant,
        shelves: Shelves,
        pager: Pager,
        find_parent: Callable[[str, str], object],
        is_broken: Callable[[str], bool],
    ) -> None:
        self._tenant, self._shelves, self._pager = tenant, shelves, pager
        self._find_parent, self._is_broken = find_parent, is_broken

    def answer(self, call: Call) -> Answer | None:
        """The answer, or None where the path is no shelf's. Raises GraphError as Graph refuses."""
        shelf = self._shelves.holding(call.segments)
        if shelf is None:
            return None
        if shelf.licence:
            shelf.licence.require(self._tenant)
        self._check_options(call, shelf)
        if len(call.segments) > shelf.path.count("/"):
            answer = self._one(call, shelf)
        elif shelf.single is not None:
            answer = self._single(call, shelf)
        else:
            answer = self._listing(call, shelf)
        return broken(answer) if self._is_broken(call.path) else answer

    def _check_options(self, call: Call, shelf: Shelf) -> None:
        for name in call.options.keys() - shelf.options - _ALWAYS:
            if not (name == "$filter" and shelf.filters) and not (name == "$expand" and shelf.navigations):
                raise GraphError(400, "Request_UnsupportedQuery", f"{name} is not supported on {call.path}.")

    def _single(self, call: Call, shelf: Shelf) -> Answer:
        found = self._tenant.contents.single(call.path) or shelf.single or {}
        if shelf.counts:
            name, path = shelf.counts
            found = {**found, name: sum(row is not None for row in self._tenant.contents.rows(path))}
        return self._entity(call, shelf, found)

    def _one(self, call: Call, shelf: Shelf) -> Answer:
        *parent, key = call.segments
        found = self._tenant.contents.row("/" + "/".join(parent), key)
        if found is None:
            raise GraphError(404, "Request_ResourceNotFound", f"Resource '{key}' does not exist.")
        return self._entity(call, shelf, orjson.loads(found))

    def _entity(self, call: Call, shelf: Shelf, value: Json) -> Answer:
        head = {"@odata.context": f"{call.origin}/v1.0/$metadata#{call.path[1:]}/$entity"}
        return success(orjson.dumps(head | self._shown(call, shelf)(value)))

    def _listing(self, call: Call, shelf: Shelf) -> Answer:
        parents, is_below, _ = shelf.path[1:].rpartition(f"/{ANY}/")
        if is_below:
            depth = parents.count("/") + 1
            self._require_parent(shelf, "/".join(call.segments[:depth]), call.segments[depth])
        chosen = filter_of(call)
        names = {clause.name for clause in chosen.clauses} if chosen else set()
        if any(names.isdisjoint(group) for group in shelf.filters):
            wanted = " and ".join(" or ".join(group) for group in shelf.filters)
            raise GraphError(400, "BadRequest", f"The $filter must name {wanted}.")
        rows, shown = self._tenant.contents.rows(call.path), self._shown(call, shelf)

        def passes(place: int) -> bool:
            text = rows[place]
            return text is not None and (chosen is None or chosen.holds(_reader(orjson.loads(text))))

        def encode(place: int) -> bytes:
            text = rows[place] or b""
            return text if shown is _as_it_is else orjson.dumps(shown(orjson.loads(text)))

        context = f"{call.origin}/v1.0/$metadata#{call.path[1:]}"
        places = range(len(rows))
        if shelf.page is None:
            return success(with_value({"@odata.context": context}, [encode(each) for each in places if passes(each)]))
        return self._pager.page(call, context, places, passes, encode, default=shelf.page)

    def _require_parent(self, shelf: Shelf, parent: str, key: str) -> None:
        try:
            self._find_parent(parent, key)
        except GraphError as gone:
            raise GraphError(gone.status, shelf.absent, gone.message) from None

    def _shown(self, call: Call, shelf: Shelf) -> Callable[[Json], Json]:
        names = select_of(call)
        if names is None and not shelf.navigations:
            return _as_it_is
        expanded = _expanded(call.options.get("$expand", ""))
        for path in expanded:
            if path not in shelf.navigations:
                raise GraphError(400, "Request_BadRequest", f"Could not find a property named '{path}' to expand.")
        hidden = frozenset(shelf.navigations) - frozenset(expanded)
        kept = None if names is None else (*names, *expanded)
        return lambda row: _projected(row, kept, hidden, "")


def broken(answer: Answer) -> Answer:
    """The answer as Graph ends it where an error strikes while it is written: status 200, and no JSON."""
    answer.broken = True
    answer.body = answer.body[:-2] + b'{"error":{"code":"UnknownError","message":"","innerError":{}}}'
    return answer


def _as_it_is(row: Json) -> Json:
    return row


def _projected(row: Json, names: Sequence[str] | None, hidden: frozenset[str], prefix: str) -> Json:
    shown: Json = {}
    for name, value in row.items():
        path = prefix + name
        if path in hidden or not (names is None or name in names or name == "@odata.type" or prefix):
            continue
        deeper = f"{path}/"
        if any(each.startswith(deeper) for each in hidden):
            value = _deeper(value, hidden, deeper)
        shown[name] = value
    return shown


def _deeper(value: object, hidden: frozenset[str], prefix: str) -> object:
    if isinstance(value, list):
        return [_deeper(each, hidden, prefix) for each in value]
    return _projected(value, None, hidden, prefix) if isinstance(value, dict) else value


def _expanded(text: str, prefix: str = "") -> list[str]:
    """The paths of $expand: ``policy($expand=rules)`` is policy and policy/rules."""
    found: list[str] = []
    for part in _parts(text):
        name, _, inner = part.partition("(")
        found.append(prefix + name)
        for option in _parts(inner.removesuffix(")"), ";"):
            if option.startswith("$expand="):
                found += _expanded(option.removeprefix("$expand="), f"{prefix}{name}/")
    return found


def _parts(text: str, separator: str = ",") -> Iterator[str]:
    """Split outside of parentheses."""
    depth, start = 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == separator and not depth:
            yield text[start:place]
            start = place + 1
    if text[start:]:
        yield text[start:].strip()


def _reader(row: Mapping[str, object]) -> Callable[[str], object]:
    return lambda name: row.get(name)
