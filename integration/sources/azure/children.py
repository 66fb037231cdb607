"""Bringing what Azure Resource Graph lacks into the mirror: children of resources, by a request for each resource.

Each resource counts by itself: what is read of it stays when a run is cut short, and where Azure refuses its children
those of the others are read all the same.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

from integration.errors import BadAnswer, BadRequest, FeatureAbsent, GraphError, NotFound, NotLicensed, Throttled
from integration.sources.azure.child_rows import OF_PARENT, child_row
from integration.sources.azure.client import AzureClient
from integration.sources.collection import Collection
from integration.sources.repeats import Came, CameTwice
from integration.sources.request import Request
from integration.text.exact_json import exact_json
from integration.text.phrases import counted
from integration.threads import Threads
from integration.values import arm_key

_HOPELESS = 20
"""So many resources are refused, and none answered, before the others are not asked about any more."""
_WRONG = {"invalidresourcenamespace", "missingsubscription", "subscriptionnotfound"}
"""Codes of a 404 that is about the question, or about who may ask it: what is there may be more than nothing."""
_OF_ANOTHER_KIND = {("microsoft.documentdb/databaseaccounts", "methodnotallowed")}
"""Codes by which a resource of one type says that it has nothing of what is asked for, such as databases of SQL in an
account of Azure Cosmos DB for MongoDB; of any other type the code says that the question is wrong. Source: azurerm
provider of Terraform, issue 18371."""
_NOT_THERE = {"notfound", "resourcenotfound", "parentresourcenotfound", "resourcegroupnotfound"}
"""Codes of a 404 that say that the resource itself is not there, which Azure has just listed."""
_EACH = "/*/"
"""Between a place where children are and one below each of them."""
_IN_A_PATH = "/()-_.~@:$&'+,;=!*"


class ChildrenFetch:
    """Fetches the children of all resources of a type.

    Args:
        client: sends the requests.
        request: what is asked for.
        into: the relation.
        side_by_side: the most requests at once.

    Attributes:
        refused: resources whose children Azure did not give, and why.
    """

    def __init__(self, client: AzureClient, request: Request, into: Collection, side_by_side: int) -> None:
        self._client, self._request, self._into, self._side_by_side = client, request, into, side_by_side
        self.refused: dict[str, GraphError] = {}
        self._any_read = False
        self._in_vain = 0
        self._had: Set[str] = frozenset()
        self._vanished: set[str] = set()
        self._half_read: set[str] = set()
        self._anew: set[str] = set()
        self._before: dict[str, Came] = {}
        self._spent: dict[str, Throttled] = {}
        self._unlicensed: dict[str, NotLicensed] = {}
        self._pending: deque[tuple[Mapping[str, Any], str | None]] = deque()
        self._lock = threading.Lock()

    def fetch(self) -> None:
        """Have the mirror hold the children as they are now.

        Raises:
            GraphError: Azure gave those of no resource.
        """
        into, known = self._into, self._into.known
        parents = {
            arm_key(parent["id"]): {name: parent.get(name) for name in ("id", *OF_PARENT)}
            for parent in into.parents(self._request)
        }
        if known is None or known.state not in ("running", "complete"):
            into.begin(None, before=[key for key, size in into.sizes() if size] if known else [])
        self._had = into.before()
        into.began()
        progress = into.progress()
        gone = [each for each in progress if each not in parents]
        left = [(parent, progress.get(key)) for key, parent in parents.items() if progress.get(key, "") is not None]
        if known and known.state == "complete" and not (gone or left):
            return
        into.forget(gone)
        self._any_read = len(left) < len(parents)
        self._pending.extend(_in_turn(left))
        into.expect(len(left))
        if left:
            with Threads(min(self._side_by_side, len(left)), thread_name_prefix="children") as executor:
                try:
                    for done in [executor.submit(self._work) for _ in range(min(self._side_by_side, len(left)))]:
                        done.result()
                except BaseException:
                    self._drop_pending()
                    raise
        if not self._any_read and (error := next(iter(self.refused.values()), None) or self._doubt()):
            raise error
        into.add_parts([], [(key, None) for key in sorted(self._vanished)])
        into.complete()

    def _work(self) -> None:
        try:
            while True:
                with self._lock:
                    if not self._pending:
                        return
                    parent, link = self._pending.popleft()
                self._read(parent, link)
        except BaseException:
            self._drop_pending()
            raise

    def _drop_pending(self) -> None:
        with self._lock:
            self._pending.clear()

    def _read(self, parent: Mapping[str, Any], link: str | None) -> None:
        """Read the children of a resource, from a page on."""
        key, subscription = arm_key(parent["id"]), str(parent.get("subscriptionId") or "").lower()
        tenant = str(parent.get("tenantId") or "").lower()
        if known := self._spent.get(subscription) or self._unlicensed.get(tenant):
            with self._lock:
                self.refused[key] = known
            return
        try:
            self._read_pages(key, parent, link)
        except NotFound as error:
            if error.code.lower() in _WRONG:
                self._refuse(key, FeatureAbsent(error.problem, path=error.path, status=error.status, code=error.code))
            elif key in self._had - self._anew:  # Azure lists the resource, and may not find it everywhere at once
                self._read_anew(key, parent, error)
            elif link is None and key not in self._half_read:
                if error.code.lower() in _NOT_THERE:
                    self._vanished.add(key)  # not noted before all are asked: a run that goes on has to ask again
                else:
                    self._has_none(key)
            else:
                lack = "a page that follows is not there"
                self._read_anew(key, parent, BadAnswer(lack, path=error.path, status=error.status))
        except (BadRequest, FeatureAbsent) as error:
            if (self._request.among, error.code.lower()) in _OF_ANOTHER_KIND:
                self._into.forget([key])
                self._has_none(key)
            elif link is None and key not in self._half_read:
                self._refuse(key, error)
            else:  # Azure has forgotten the link, or the version that it names
                self._read_anew(key, parent, error)
        except CameTwice as error:
            self._before[key] = error.came
            self._read_anew(key, parent, error)
        except Throttled as error:
            self._spent[subscription] = error
            self._refuse(key, error)
        except NotLicensed as error:
            self._unlicensed[tenant] = error
            self._refuse(key, error)
        except GraphError as error:
            self._refuse(key, error)

    def _read_pages(self, key: str, parent: Mapping[str, Any], link: str | None) -> None:
        path = quote(f"/{parent['id'].strip('/')}/{self._request.relation.rpartition(_EACH)[2]}", safe=_IN_A_PATH)
        for rows, following in self._client.pages(path, self._request.version, link, before=self._before.get(key)):
            children = [child_row(each, parent, path) for each in rows]
            pieces = [(key, exact_json(children))] if children else []
            self._into.add_parts(pieces, [(key, following)])
            if following is not None:
                self._half_read.add(key)
            self._into.count(
                pages=1, items=len(children), parents=int(following is None), throttled=self._client.waited
            )
        self._any_read = True

    def _read_anew(self, key: str, parent: Mapping[str, Any], error: GraphError) -> None:
        """Read a resource's children from the first page on, once more: what came of them is in doubt."""
        self._half_read.discard(key)
        if key in self._anew:
            self._refuse(key, error)
            return
        self._anew.add(key)
        self._into.forget([key])
        self._read(parent, None)

    def _has_none(self, key: str) -> None:
        """Note that a resource has no children, or has none any more."""
        self._into.add_parts([], [(key, None)])

    def _doubt(self) -> GraphError | None:
        """Return what is to be said where no resource was to be found, although Azure lists all of them.

        A few may go before they are asked for what they hold. Of what a resource has one at most, many may have none.
        """
        found = len(self._vanished)
        if not _is_list(self._request.relation) or not (self._vanished & self._had or found >= _HOPELESS):
            return None
        lack = f"none of {counted(found, 'resource')} that Azure lists was to be found"
        return BadAnswer(lack, path=self._request.title, status=404)

    def _refuse(self, key: str, error: GraphError) -> None:
        with self._lock:
            self.refused[key] = error
            self._in_vain += 1
            if not self._any_read and self._in_vain >= _HOPELESS:
                raise error


def _is_list(relation: str) -> bool:
    """Tell whether what is below a resource is a list, whose path ends with a type, and not with the name of one."""
    names = relation.rpartition(_EACH)[2].split("/")
    return len(names[2:] if names[0].lower() == "providers" else names) % 2 == 1


def _in_turn(parents: Iterable[tuple[Mapping[str, Any], str | None]]) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    """Yield resources of one subscription after those of another, since each subscription has limits of its own."""
    of_subscription: defaultdict[str, list[tuple[Mapping[str, Any], str | None]]] = defaultdict(list)
    for parent, link in parents:
        of_subscription[str(parent.get("subscriptionId"))].append((parent, link))
    for some in zip_longest(*of_subscription.values()):
        yield from filter(None, some)


def children_of(table: Request, below: str, version: str) -> Request:
    """Return the request for the children of the rows that a request for a table's type gives."""
    return Request(
        "relation", table.path, below.strip("/"), top=None, among=table.part, source="azure", version=version
    )


def parents_of(request: Request) -> Request:
    """Return the request for the resources, or the children of resources, whose children a request asks for."""
    above, each, _ = request.relation.rpartition(_EACH)
    if each:
        return replace(request, relation=above)
    return Request("part", request.path, part=request.among, top=None, source="azure")


def refused_gap(request: Request, refused: Mapping[str, GraphError]) -> GraphError:
    """Return what is missing where the children of some resources were refused."""
    (key, example), *_ = refused.items()
    what = (
        f"{request.relation} of 1 resource"
        if len(refused) == 1
        else f"{request.relation} of {len(refused):,} resources"
    )
    return type(example)(f"{what} could not be read, such as {key}: {example}", path=request.path)
