"""Properties that Graph does not know: a collection is read without them, and it stays in mind that it was."""

from collections.abc import Sequence

from integration.errors import BadRequest, GraphError
from integration.sources.collection import Collection

ID = "id"
"""The property without which nothing else of an object is of use."""
_NOTED = "unknown property "
"""Begins the names of parts without objects, which keep in mind what a collection was read without."""


class UnknownProperties:
    """The properties that one collection is read without.

    Args:
        into: the collection, which keeps them in mind.

    Attributes:
        names: those that Graph turned out not to know since the reading began.
    """

    def __init__(self, into: Collection) -> None:
        self._into = into
        self.names: list[str] = []

    def noted(self) -> list[str]:
        """Return the properties that the collection was read without, in this run or in an earlier one."""
        return [part.removeprefix(_NOTED) for part in self._into.progress(beginning=_NOTED)]

    def note(self) -> None:
        """Have the collection keep them in mind."""
        if noted := [(f"{_NOTED}{name}", None) for name in self.names]:
            self._into.add_parts([], noted)

    def without(self, properties: Sequence[str] | None) -> list[str]:
        """Return the properties that are left of those that are wanted."""
        return [name for name in properties or () if name not in self.names]

    def turn_out(self, error: GraphError, wanted: Sequence[str] | None) -> bool:
        """Tell whether Graph does not know one of the properties that are wanted: it is not asked for any more.

        An id is not left out: without it no object is one, whereas all of them have it (msgraph, ``entity``).
        """
        if not isinstance(error, BadRequest) or error.unknown == ID or error.unknown not in self.without(wanted):
            return False
        self.names.append(error.unknown)
        return True
