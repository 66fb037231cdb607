"""The objects of a tenant as a step is handed them: a property is indexed, and what is missing says why."""

from functools import lru_cache
from typing import Any

_CLASSES = 1_000


class NotSelected(KeyError):
    """A step reads a property that it does not select: a mistake of its author's, whatever the object."""


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
            raise NotSelected(f"{name} is not among the selected properties: name it in also, or in select")


@lru_cache(_CLASSES)
def row_of(select: tuple[str, ...] | None) -> type[Row]:
    """Return the class of the objects that a ``$select`` gives."""
    return type("Row", (Row,), {"selected": None if select is None else frozenset(select)})
