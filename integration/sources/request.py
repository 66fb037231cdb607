"""What a step asks a source for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What a step asks for: the same request is the same collection.

    Attributes:
        kind: ``object``, ``collection``, ``part`` of a collection, or ``relation``.
        path: the object, the collection, or the parents' collection, in the source's own terms.
        relation: navigation property of a relation.
        select: properties; the source's default set where ``None``.
        top: page size of a collection; ``None`` where it is not paged.
        cast: the kind of children that is wanted of a relation, such as ``user``; all where it is empty.
        part: which part of a collection is wanted, such as a resource type.
        source: the name of the API that is asked.
    """

    kind: str
    path: str
    relation: str = ""
    select: tuple[str, ...] | None = None
    top: int | None = 999
    cast: str = ""
    part: str = ""
    source: str = "graph"

    @property
    def name(self) -> str:
        """Name of the collection in the mirror, which has all parts, and the children of all kinds."""
        path = f"{self.path}/*/{self.relation}" if self.relation else self.path
        return path if self.select is None else f"{path}?$select={','.join(sorted(self.select))}"

    @property
    def title(self) -> str:
        """What people are told is read, such as ``/groups/{id}/members``."""
        return f"{self.path}/{{id}}/{self.relation}" if self.relation else self.path
