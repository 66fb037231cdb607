"""What a step asks a source for."""

import re
from dataclasses import dataclass
from functools import cached_property

_EXPANDED = re.compile(r"(\w+)(?:\((?:[^()]|\([^()]*\))*\))?(?:,|$)")
"""Each name of an expansion such as ``a,b($select=c)``."""


@dataclass(frozen=True)
class Request:
    """What a step asks for: the same request is the same collection.

    Attributes:
        kind: ``object``, ``collection``, ``part`` of a collection, or ``relation``.
        path: the object, the collection, or the parents' collection, in the source's own terms.
        relation: navigation property of a relation; or the path of a collection, to which the filter or ``{id}`` in
            the path itself gives the parent's id.
        select: properties; the source's default set where ``None``.
        top: page size of a collection; ``None`` where it is not paged.
        cast: the kind of children that is wanted of a relation, such as ``user``; all where it is empty.
        part: which part of a collection is wanted, such as a resource type; ``*`` for those that nobody else takes.
        source: the name of the API that is asked.
        filter: which objects are wanted, in the API's own language; of a relation that is asked for by a filter, the
            one for a parent, with ``{id}`` where its id goes.
        expand: related objects that are to come with each object.
        key: the property by which objects of a collection are told apart.
        among: which parents a relation is wanted of, in the API's own language; all where it is empty.
        version: of the API, where each question has to name one.
    """

    kind: str
    path: str
    relation: str = ""
    select: tuple[str, ...] | None = None
    top: int | None = 999
    cast: str = ""
    part: str = ""
    source: str = "graph"
    filter: str = ""
    expand: str = ""
    key: str = "id"
    among: str = ""
    version: str = ""

    @property
    def name(self) -> str:
        """Name of the collection in the mirror, which has all parts, and the children of all kinds."""
        return self._name

    @cached_property
    def _name(self) -> str:
        """The name, kept since it is asked for again and again; orjson leaves out what begins with an underscore."""
        path = f"{self.path}/*/{self.relation.lstrip('/')}" if self.relation else self.path
        options = {
            "$select": ",".join(sorted(self.select or ())),
            "$filter": self.filter,
            "$expand": self.expand,
            "key": "" if self.key == "id" else self.key,
            "among": self.among,
            "version": self.version,
        }
        query = "&".join(f"{name}={value}" for name, value in options.items() if value)
        return f"{path}?{query}" if query else path

    @property
    def properties(self) -> tuple[str, ...] | None:
        """Names of what an object has that the request gives; ``None`` where that is the source's default set."""
        if self.select is None:
            return None
        return tuple(dict.fromkeys(["id", *self.select, *_EXPANDED.findall(self.expand)]))

    @property
    def title(self) -> str:
        """What people are told is read, such as ``/groups/{id}/members``."""
        if not self.relation:
            return self.path
        return self.relation if self.by_filter else f"{self.path}/{{id}}/{self.relation}"

    @property
    def by_filter(self) -> bool:
        """Whether the children of a parent are asked for elsewhere, by its id, and not below the parent."""
        return self.relation.startswith("/")
