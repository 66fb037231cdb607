"""What is left to be asked for of a relation, and what is kept of the answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from integration.errors import GraphError
from integration.sources.chain import Chain
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.batch import Inner
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.delta import IDS
from integration.sources.msgraph.habits import ADVANCED, SINGLE, UNPAGED, WITH_PARENT
from integration.sources.msgraph.headcount import Headcount
from integration.sources.msgraph.links import relative
from integration.sources.msgraph.objects import spell_alike
from integration.sources.msgraph.paging import Page, page_of
from integration.sources.msgraph.unknown import ID
from integration.sources.repeats import Came
from integration.sources.request import Request

_FULL, _SMALL = "999", "100"
_ADVANCED = {"ConsistencyLevel": "eventual"}


@dataclass(frozen=True, slots=True)
class Task:
    """The next page of a parent, or of the changes of a shard of parents.

    Attributes:
        parents: ids; one, where it is no shard.
        delta: it is read by a delta query.
        told: parents of which the pages before told.
        alone: a delta query did not tell of the parent, so it is not read by one.
        plain: Graph refused the advanced query.
        small: Graph did not serve a full page.
        link: of the page; the first one where ``None``.
        failures: how often it was tried in vain.
        restarts: how often it began anew, because Graph had forgotten where it was.
        chain: the pages that led to this one; ``None`` for the first.
        headcount: how many children the pages before held; ``None`` for the first.
        recounted: it began anew because fewer had come, or some twice.
        before: what came then, as ``CameTwice`` tells.
        doubt: Graph found no children of the parent; the parent itself is asked for, which may be gone.
    """

    parents: tuple[str, ...]
    delta: bool = False
    told: frozenset[str] = frozenset()
    alone: bool = False
    plain: bool = False
    small: bool = False
    link: str | None = None
    failures: int = 0
    restarts: int = 0
    chain: Chain | None = None
    headcount: Headcount | None = None
    recounted: bool = False
    before: Came | None = None
    doubt: GraphError | None = None


class Questions:
    """Says what to ask Graph for.

    Args:
        client: knows Graph's root.
        request: the relation.
        unknown: properties that Graph does not know, and that are not asked for; more may turn out to be such.

    Attributes:
        plain: no advanced query is asked: Graph takes none, or lists the relation whole without.
    """

    def __init__(self, client: GraphClient, request: Request, unknown: list[str]) -> None:
        self._client, self._request, self._unknown = client, request, unknown
        self._parents, self._relation = request.path, request.relation
        self._is_single = self._relation in SINGLE
        self.plain = self._relation not in ADVANCED

    def inner(self, task: Task) -> Inner:
        """Return the request for a task."""
        if task.doubt is not None:
            return Inner(relative(f"{self._parents}/{task.parents[0]}", {"$select": "id"}), {})
        select = ",".join(name for name in self._request.select or IDS if name not in self._unknown)
        plain = self.plain or task.plain
        headers = {} if plain or task.delta else _ADVANCED
        if task.link is not None:
            return Inner(self._client.relative_link(task.link), headers)
        if task.delta:
            ids = " or ".join(f"id eq '{parent}'" for parent in task.parents)
            options = {"$select": f"id,{self._relation}", "$filter": ids}
            return Inner(relative(f"{self._parents}/delta", options), headers)
        if self._is_single:
            options = {"$select": "id", "$expand": f"{self._relation}($select={select})"}
            return Inner(relative(f"{self._parents}/{task.parents[0]}", options), {})
        if self._relation in WITH_PARENT:
            options = {"$select": "id", "$expand": f"{self._relation}($expand={WITH_PARENT[self._relation]})"}
            return Inner(relative(f"{self._parents}/{task.parents[0]}", options), {})
        if self._request.by_filter and not self._request.filter:
            return Inner(relative(self._relation.replace("{id}", task.parents[0]), {"$select": select}), {})
        if self._request.by_filter:
            options = {"$filter": self._request.filter.replace("{id}", task.parents[0]), "$select": select}
            options |= {"$expand": self._request.expand} if self._request.expand else {}
            return Inner(relative(self._relation, options), {})
        if self._relation in UNPAGED:
            return Inner(relative(f"{self._parents}/{task.parents[0]}/{self._relation}", {"$select": select}), {})
        options = {"$select": select, "$top": _SMALL if task.small else _FULL}
        options |= {} if plain else {"$count": "true"}
        return Inner(relative(f"{self._parents}/{task.parents[0]}/{self._relation}", options), headers)

    def leave_out(self, name: str) -> bool:
        """Ask no more for a property that Graph does not know; ``False`` where it is not asked for."""
        is_asked = name != ID and name in (self._request.select or ()) and name not in self._unknown
        if is_asked:
            self._unknown.append(name)
        return is_asked

    def page(self, answer: Answer) -> Page:
        """Return the page of children that an answer holds.

        Raises:
            BadAnswer: it holds none.
            PagingError: its next link leads to another host.
        """
        if self._relation in WITH_PARENT and "value" not in answer.body:
            inner = {"value": self._relation, "@odata.nextLink": f"{self._relation}@odata.nextLink"}
            body = {name: answer.body[place] for name, place in inner.items() if place in answer.body}
            return page_of(self._client, replace(answer, body=body))
        if not self._is_single or "value" in answer.body:
            return page_of(self._client, answer)
        child = answer.body.get(self._relation)
        spell_alike([child])
        return Page(
            [child] if isinstance(child, dict) else [],
            None,
            answer.turn,
            odd=int(child is not None and not isinstance(child, dict)),
        )


@dataclass(slots=True)
class Kept:
    """What is kept of the answers to some tasks.

    Attributes:
        pieces: a parent's id, and a JSON array of some of its children.
        items: how many children these are.
        progress: how far parents are read: id, and the link of the next page where one is left.
        again: the tasks that are left.
        failures: how often the one of these has failed that failed most, and now again; 0 where none did.
    """

    pieces: list[tuple[str, bytes]] = field(default_factory=list)
    items: int = 0
    progress: list[tuple[str, str | None]] = field(default_factory=list)
    again: list[Task] = field(default_factory=list)
    failures: int = 0

    @property
    def parents_read(self) -> int:
        """How many parents are read to the end."""
        return sum(1 for _, link in self.progress if link is None)


def each_once(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the objects without those that came again."""
    return list({row["id"]: row for row in rows}.values())
