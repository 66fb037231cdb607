"""Azure as a source: all resources of all subscriptions by Azure Resource Graph."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from integration.errors import (
    BadAnswer,
    CredentialsError,
    Forbidden,
    GraphError,
    ServiceUnavailable,
    SourceUnavailable,
    Unreachable,
)
from integration.sdk.context import Azure
from integration.sdk.plan import Plan
from integration.sdk.step import OTHERS
from integration.sources.azure.children import ChildrenFetch, parents_of, refused_gap
from integration.sources.azure.client import AzureClient
from integration.sources.azure.face import AzureFace
from integration.sources.azure.fetch import TableFetch
from integration.sources.azure.notes import GAP, gaps_of
from integration.sources.azure.partitions import Partition
from integration.sources.azure.resource_graph import ResourceGraph, count_by_type
from integration.sources.azure.subscriptions import Subscriptions
from integration.sources.azure.tables import CONTAINERS, RESOURCES
from integration.sources.azure.told import untold_gaps
from integration.sources.collection import Collection
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.sources.source import Reading, Review

SIDE_BY_SIDE = 15
"""Queries at once: as many as Azure takes in five seconds, so that the largest table alone can use them up."""
_OF_A_RELATION = 8
"""Requests at once for the children of resources: they have limits of their own."""
_NO_AZURE = re.compile(r"AADSTS500011\b")
"""The tenant has no service principal of Azure Resource Manager. Source: Microsoft Entra authentication error codes."""
_MANAGEMENT_GROUP = "microsoft.management/managementgroups"
_CONTAINERS = "microsoft.resources/subscriptions"
"""Types that are in a subscription, or are one, begin so, of which a table has others too."""
GRANT = "grant the application Reader on the tenant's root management group"
"""What an administrator does so that all subscriptions are read."""


class AzureSource:
    """Azure Resource Graph and Azure Resource Manager.

    Args:
        client: sends the requests.
        side_by_side: the most queries at once.
    """

    name = "azure"
    tenant = ""

    def __init__(self, client: AzureClient, *, side_by_side: int = SIDE_BY_SIDE) -> None:
        self._client = client
        self._graph, self._subscriptions = ResourceGraph(client), Subscriptions(client)
        self._side_by_side = side_by_side
        self._refused: dict[str, Mapping[str, GraphError]] = {}
        self._missing: dict[str, Mapping[str, str | None]] = {}
        self._taken: Sequence[str] = ()
        self._takes_others = False

    def face(self, reading: Reading) -> Azure:
        """Return what a step sees of Azure."""
        return AzureFace(reading)

    def fetch(self, request: Request, into: Collection) -> None:
        """Have the mirror hold a table, or the children of resources, as it is now.

        Raises:
            SourceUnavailable: the application sees no subscription, or the tenant has none.
            GraphError: Azure did not give all of it.
        """
        try:
            if not self._subscriptions.visible():
                what = "the application sees no Azure subscription"
                raise SourceUnavailable(f"{what}: {GRANT}, and resources are read too", path=request.path)
            if request.kind == "relation":
                self._fetch_children(request, into)
            else:
                TableFetch(self._graph, self._subscriptions, request, into, self._side_by_side).fetch()
        except CredentialsError as error:
            if knows_no_azure(error):
                raise SourceUnavailable("the tenant does not know Azure", path=request.path) from None
            raise GraphError(f"Azure could not be signed in to: {error}", path=request.path) from None
        except Unreachable as error:  # which ends a run, of which Azure is but a part
            raise ServiceUnavailable(str(error), path=request.path) from None

    def _fetch_children(self, request: Request, into: Collection) -> None:
        at_once = 1 if self._side_by_side == 1 else _OF_A_RELATION
        children = ChildrenFetch(self._client, request, into, at_once)
        children.fetch()
        self._refused[request.name] = children.refused

    def tracks(self, request: Request) -> bool:
        """Return ``False``: Azure does not tell what changed."""
        return False

    def parents(self, request: Request) -> Request:
        """Return the request for the resources whose children a request asks for."""
        return parents_of(request)

    def choose(self, request: Request, objects: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Return the objects: they are kept in parts by what a request asks for."""
        return objects

    def left_out(self, request: Request) -> Sequence[str]:
        """Return the types of resources that steps name, for a request for all others."""
        return self._taken if request.part == OTHERS else ()

    def inputs(self, request: Request, reader: Reader) -> Sequence[Request]:
        """Return nothing: each table is one collection."""
        return ()

    def further(self, request: Request, reader: Reader) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield nothing: each table is one collection."""
        return iter(())

    def gaps(self, request: Request, reader: Reader) -> Iterator[GraphError]:
        """Yield what answers do not hold: rows and children that did not come, subscriptions that are not visible."""
        if request.kind == "relation":
            if refused := self._refused.get(request.name):
                yield refused_gap(request, refused)
            yield from self.gaps(parents_of(request), reader)
            return
        yield from gaps_of(self._noted(request.name, reader), request, self._taken)
        with suppress(GraphError):  # then it is not known whether something is missing
            reader.ensure(Request("part", CONTAINERS, top=None, source=self.name))
        yield from untold_gaps(self._noted(CONTAINERS, reader))
        if self._graph.partial_scope:
            yield Forbidden("Azure answered for a part of the subscriptions alone", path=request.path)
        if self._graph.names_subscriptions and not _is_within_subscriptions(request) and (lack := self._lack_above):
            yield BadAnswer(lack, path=request.path)
        if hidden := self._subscriptions.hidden():
            number = "1 subscription exists" if len(hidden) == 1 else f"{len(hidden):,} subscriptions exist"
            which = f"{number} that the application does not see, such as {hidden[0]}"
            yield Forbidden(f"{which}: {GRANT.replace('the application', 'it')}", path=request.path)
        if untold := self._subscriptions.untold():
            yield BadAnswer(f"it is not known which subscriptions exist: {untold}", path=request.path)

    def _noted(self, table: str, reader: Reader) -> Mapping[str, str | None]:
        """Return what the mirror has noted as missing of a table, which is over before anybody asks."""
        if table not in self._missing:
            self._missing[table] = reader.mirror.progress(table, beginning=GAP)
        return self._missing[table]

    @cached_property
    def _lack_above(self) -> str:
        """What is not known to have come of what is in no subscription, where these are too many for one query.

        Azure then answers for a part of the subscriptions, which ought to be of no concern to that: all management
        groups have to be there.
        """
        what = "the tenant has more subscriptions than a query ranges over: of what is in none of them,"
        existing = self._subscriptions.groups()
        if not existing:
            return f"{what} it is not known whether all came: {GRANT}"
        try:
            rows = self._graph.above(Partition("resourcecontainers", type=_MANAGEMENT_GROUP).counts)
            came = count_by_type(rows, CONTAINERS).total()
        except (GraphError, CredentialsError, Unreachable) as error:
            return f"{what} it is not known whether all came: {error}"
        return f"{what} such as {existing:,} management groups, a part came" if came < existing else ""

    def review(self, plan: Plan) -> Review | None:
        """Learn which types of resources have a type of their own; roles on scopes are not in the token."""
        self._taken = plan.resources
        self._takes_others = any(OTHERS in step.resources for step in plan.steps)
        return None

    def unlicensed(self, licences: Sequence[str], reader: Reader) -> bool:
        """Return ``False``: nothing that is read of Azure needs a licence of the tenant."""
        return False

    def is_slow(self, request: Request) -> bool:
        """Tell whether children of resources are asked for: that takes a request for each, with limits of their own."""
        return request.kind == "relation"

    def untaken(self, reader: Reader, holds_any: Callable[[Sequence[str]], bool]) -> Mapping[str, Mapping[str, int]]:
        """Return how many resources were read of each type that no step takes: none where one takes all others."""
        if self._takes_others or reader.mirror.find(RESOURCES) is None:
            return {}
        sizes = reader.mirror.sizes(RESOURCES)
        untaken = {type: size for type, size in sizes if size and type not in self._taken}
        return {RESOURCES: untaken} if untaken else {}

    def cost(self) -> Mapping[str, Any]:
        """Return what was asked of Azure, and which subscriptions it was asked for; nothing where nobody asked.

        Units: ``throttledSeconds`` are seconds, ``bytes`` are of decoded bodies.
        """
        meter = self._client.meter
        if not meter.requests:
            return {}
        return {
            "azure": {
                "requests": dict(meter.requests),
                "retries": meter.retries,
                "throttled": meter.throttled,
                "throttledSeconds": round(self._client.waited, 3),
                "bytes": meter.bytes,
                **self._subscriptions.seen(),
            }
        }

    def stop(self) -> None:
        """Make everybody who waits for Azure raise ``Interrupted``."""
        self._client.stop()


def knows_no_azure(error: CredentialsError) -> bool:
    """Tell whether a refused sign-in means that nobody in the tenant ever used Azure."""
    return bool(_NO_AZURE.search(str(error)))


def _is_within_subscriptions(request: Request) -> bool:
    """Tell whether all that a request asks for is in some subscription."""
    return request.path == RESOURCES or request.part.startswith(_CONTAINERS)
