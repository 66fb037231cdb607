"""Microsoft Graph as a source."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from integration.errors import CredentialsError, Forbidden, GraphError, ServiceUnavailable, Unreachable
from integration.sdk.context import Graph
from integration.sdk.plan import Plan
from integration.sources.collection import Collection
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.counted import short_of
from integration.sources.msgraph.delta import tracked
from integration.sources.msgraph.doubts import doubts
from integration.sources.msgraph.face import GraphFace
from integration.sources.msgraph.fetch import Fetcher
from integration.sources.msgraph.habits import LISTED, MAY_HIDE, OTHER_END
from integration.sources.msgraph.kinds import COLLECTIONS, Takes, kind_of
from integration.sources.msgraph.lanes import lane_of
from integration.sources.msgraph.licences import has_one
from integration.sources.msgraph.members import counts_by_kind, hiding, without_names
from integration.sources.msgraph.permissions import PermissionReview, covers, reads_others, review
from integration.sources.msgraph.recycle_bin import RecycleBin
from integration.sources.msgraph.relation import RelationFetcher
from integration.sources.msgraph.within import cut_short
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.sources.source import Reading

_KIND = "@odata.type"
_HIDDEN = "Member.Read.Hidden"


class GraphSource:
    """Microsoft Graph v1.0.

    Args:
        client: sends the requests.
        tenant: names the tenant that is read, and where.
        roles: application permissions in the token; ``None`` where it does not tell.
        in_flight: the most requests at once for one relation.
        incremental: use delta queries.
        full_every: seconds after which everything is read whole, whatever delta queries would tell.

    Attributes:
        client: as given.
        incremental: as given.
        full_every: as given.
        in_flight: as given.
        smaller_pages: page sizes that Graph served where it did not serve the usual one, by path; 0 where it chose one.
        unknown: properties that Graph does not know, although they are asked for, by path.
        plain: relations that may lack service principals.
        bin: what was deleted before relations were read whole, and may be restored.
        refused: parents whose children Graph did not give to the end, and why, by relation.
        is_alone: nothing else can be read in the run.
    """

    name = "graph"

    def __init__(
        self,
        client: GraphClient,
        tenant: str = "",
        *,
        roles: frozenset[str] | None = None,
        in_flight: int = 1,
        incremental: bool = True,
        full_every: float = 7 * 86_400.0,
    ) -> None:
        self.client, self.tenant = client, tenant
        self.in_flight, self.incremental, self.full_every = in_flight, incremental, full_every
        self.smaller_pages: dict[str, int] = {}
        self.unknown: dict[str, list[str]] = {}
        self.plain: set[str] = set()
        self.bin = RecycleBin(client)
        self.refused: dict[str, dict[str, GraphError]] = {}
        self.is_alone = True
        self._reads_others = False
        self._given_up: GraphError | None = None
        self._roles = roles
        self._review: PermissionReview | None = None
        self._takes: dict[str, Takes] = {}

    def face(self, reading: Reading) -> Graph:
        """Return what a step sees of Graph."""
        return GraphFace(reading)

    def fetch(self, request: Request, into: Collection) -> None:
        """Have the mirror hold a collection as Graph has it now.

        Raises:
            GraphError: Graph did not give all of it.
            CredentialsError: Graph refused the token, and nothing else is read, or the next run can go on from here.
            Unreachable: Graph never answered, likewise.
        """
        if self._given_up:
            raise self._given_up.with_traceback(None)
        try:
            (RelationFetcher if request.kind == "relation" else Fetcher)(self, request, into).fetch()
        except (CredentialsError, Unreachable) as error:
            if self.is_alone or not self._reads_others or self.client.has_answered or into.resumed:
                raise
            kind = ServiceUnavailable if isinstance(error, Unreachable) else GraphError
            self._given_up = kind(f"nothing of Graph was read: {error}", path=request.path)
            raise self._given_up from None

    def tracks(self, request: Request) -> bool:
        """Tell whether a delta query tells what changed of a collection."""
        return tracked(request) is not None

    def parents(self, request: Request) -> Request:
        """Return the request for the parents of a relation: of groups and units, whether they hide their members too.

        Sources: group resource type; administrativeUnit resource type, ``visibility``.
        """
        select = ("id", "visibility") if request.path in MAY_HIDE else ("id",)
        return Request("collection", request.path, select=select, filter=request.among)

    def hides(self, request: Request) -> bool:
        """Tell whether Graph may keep children of a relation from this run for want of a permission."""
        may_hide = request.path in MAY_HIDE and request.relation == "members"
        return may_hide and not covers(self._roles or (), _HIDDEN)

    def choose(self, request: Request, objects: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Return the objects of the kind that a request names."""
        if not request.cast:
            return objects
        takes = self._takes.get(request.cast) or self._takes.setdefault(request.cast, Takes(request.cast))
        return [each for each in objects if takes[each.get(_KIND)]]

    def left_out(self, request: Request) -> Sequence[str]:
        """Return nothing: of a relation each kind of children is asked for by name."""
        return ()

    def inputs(self, request: Request, reader: Reader) -> Sequence[Request]:
        """Return the listing of the kind that is wanted, where Graph did not name the kind of some children."""
        unnamed = request.cast and "" in counts_by_kind(reader.mirror, request.name)
        listing = reader.asked.listing(COLLECTIONS.get(request.cast, "")) if unnamed else None
        return [listing] if listing else []

    def further(self, request: Request, reader: Reader) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield parent's id and child for children whose kind Graph did not name, and that are of the kind wanted."""
        for listing in self.inputs(request, reader):
            reader.ensure(listing)
            with reader.mirror.pieces(request.name) as pieces:
                for parent, objects in pieces.more():
                    if without := [each for each in objects if not kind_of(each)]:
                        known = reader.mirror.holds(listing.name, [each["id"] for each in without])
                        yield from ((parent, each) for each in without if each["id"] in known)

    def gaps(self, request: Request, reader: Reader) -> Iterator[GraphError]:
        """Yield what answers do not hold: hidden children, parents that were refused, properties, the rest of lists.

        Sources: Hidden membership in groups needs ``Member.Read.Hidden``; "limited information" (List group members).
        """
        yield from doubts(request, reader)
        yield from cut_short(reader.mirror, request)
        yield from short_of(reader, request)
        if request.kind != "relation":
            return
        if "displayName" in (request.select or ()):
            for kind in without_names(reader.mirror, request.name):
                if self.choose(request, [{_KIND: kind}]):
                    what = f"the {request.relation} of kind {kind or 'unknown'}"
                    yield Forbidden(f"{what} come without properties: grant what reads them", path=request.path)
        if self.hides(request) and (hidden := hiding(reader.mirror, request.name, reader.parents(request))):
            refused = Forbidden(f"{hidden} of them hide their {request.relation}: grant {_HIDDEN}", path=request.path)
            refused.permission = _HIDDEN
            yield refused
        if refusals := self.refused.get(request.name):
            example = next(iter(refusals.values()))
            problem = f"the {request.relation} of {len(refusals)} of them could not be read: {example}"
            yield GraphError(problem, path=request.path)

    def review(self, plan: Plan) -> PermissionReview | None:
        """Compare what a plan needs with the permissions in the token."""
        self._reads_others = reads_others(plan)
        self._review = None if self._roles is None else review(plan, self._roles)
        return self._review

    def unlicensed(self, licences: Sequence[str], reader: Reader) -> bool:
        """Tell whether the tenant is known to have none of some service plans."""
        return not has_one(licences, reader, self._roles)

    def is_slow(self, request: Request) -> bool:
        """Tell whether Graph gives a collection slowly, by a limit of its own, so that it is to be begun first."""
        return lane_of(request.path, ",".join(request.select or ())) != ""

    def untaken(self, reader: Reader, holds_any: Callable[[Sequence[str]], bool]) -> Mapping[str, Mapping[str, int]]:
        """Return how many children of each relation are of a kind that no step takes, by ``@odata.type``.

        A step takes the kind that it names; one that names none takes the kinds that the graph has entities of.
        """
        found = {}
        relations = reader.asked.relations()
        read = {(request.path, request.relation) for requests in relations.values() for request in requests}
        for name, requests in relations.items():
            if reader.mirror.find(name) is None:
                continue  # nothing of it came
            takes = [Takes(request.cast) for request in requests if request.cast]
            takes_all = len(takes) < len(requests)
            places = {(each.path, each.relation) for each in requests}
            ends = [OTHER_END[end] for end in places if end in OTHER_END]
            takes += [Takes(kind) for parents, relation, kind in ends if (parents, relation) in read]
            listed = [LISTED[place] for place in places if place in LISTED]
            takes += [Takes(kind) for kind, listing in listed if reader.asked.listing(listing)]
            counts = {
                kind: count - (self._known_otherwise(reader, requests) if not kind else 0)
                for kind, (count, sample) in counts_by_kind(reader.mirror, name).items()
                if not (any(one[kind] for one in takes) or (takes_all and (not kind or holds_any(sample))))
            }
            if any(counts.values()):
                found[name] = {kind: count for kind, count in counts.items() if count}
        return found

    def _known_otherwise(self, reader: Reader, requests: Iterable[Request]) -> int:
        """Return how many children of no named kind are of one that a step takes, by the listings that came."""
        known = 0
        for request in requests:
            with suppress(GraphError):  # a listing that did not come is told by the types that need it
                known += sum(1 for _ in self.further(request, reader))
        return known

    def cost(self) -> Mapping[str, Any]:
        """Return what was asked, what Graph charged, and what it did not serve as usual.

        Units: ``throttledSeconds`` are seconds, ``bytes`` are of decoded bodies.
        """
        meter = self.client.meter
        otherwise = {
            "smallerPages": dict(self.smaller_pages),
            "unknownProperties": dict(self.unknown),
            "withoutServicePrincipals": sorted(self.plain),
            "withoutDeletedItems": sorted(self.bin.refused),
        }
        return {
            **({"permissions": self._review.as_json()} if self._review else {}),
            "requests": dict(meter.requests),
            "batchedRequests": meter.batched,
            "resourceUnits": meter.resource_units,
            "retries": meter.retries,
            "throttled": meter.throttled,
            "throttledSeconds": round(self.client.waited, 3),
            "bytes": meter.bytes,
            **{name: what for name, what in otherwise.items() if what},
        }

    def stop(self) -> None:
        """Make everybody who waits for Graph raise ``Interrupted``."""
        self.client.stop()
