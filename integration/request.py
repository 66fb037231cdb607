"""What a step asks Graph for, and the objects that it gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integration.msgraph.delta import TRACKED

IDS = ("id",)
"""The ``$select`` of children of which only id and kind are of interest."""


class Row(dict[str, Any]):
    """An object from Graph.

    A property that was selected and that Graph left out is ``None``; one that was not selected raises ``KeyError``, and
    so does one that Graph left out where nothing was selected.
    """

    selected: frozenset[str] | None = None

    def __missing__(self, name: str) -> None:
        if self.selected is None:
            raise KeyError(f"Graph gave no {name}, and nothing was selected: ask for it with .get, or select it")
        if name not in self.selected:
            raise KeyError(f"{name} is not among the selected properties: add it to the step's select")


def row_of(select: Sequence[str] | None) -> type[Row]:
    """Return the class of the objects that a ``$select`` gives."""
    return type("Row", (Row,), {"selected": None if select is None else frozenset(select)})


@dataclass(frozen=True)
class Request:
    """What a step asks for: the same request is the same collection.

    Attributes:
        kind: ``object``, ``collection`` or ``relation``.
        path: the object, the collection, or the parents' collection.
        relation: navigation property of a relation.
        select: properties; Graph's default set where ``None``.
        top: page size of a collection; ``None`` where it is not paged.
        cast: the kind of children that is wanted of a relation, such as ``user``; all where it is empty.
    """

    kind: str
    path: str
    relation: str = ""
    select: tuple[str, ...] | None = None
    top: int | None = 999
    cast: str = ""

    @property
    def name(self) -> str:
        """Name of the collection in the mirror, which has the children of all kinds."""
        path = f"{self.path}/*/{self.relation}" if self.relation else self.path
        return path if self.select is None else f"{path}?$select={','.join(sorted(self.select))}"

    @property
    def title(self) -> str:
        """What people are told is read, such as ``/groups/{id}/members``."""
        return f"{self.path}/{{id}}/{self.relation}" if self.relation else self.path

    @property
    def tracked(self) -> tuple[str, ...] | None:
        """Properties whose changes a delta query tells of; ``None`` where Graph tracks none of it."""
        if self.path not in TRACKED or self.select is None:
            return None
        if self.kind == "relation":
            return ("id", self.relation) if self.select == IDS else None
        return self.select
