"""What a step sees of Azure: ``sdk.context.Azure``, as requests."""

import re
from collections.abc import Iterator

from integration.errors import PlanError
from integration.sdk.row import Row
from integration.sdk.step import OTHERS
from integration.sources.azure.children import children_of
from integration.sources.azure.tables import of_table
from integration.sources.request import Request
from integration.sources.source import Reading

_QUERY = re.compile(r"[?#&\s]")
_STEP = re.compile(r"[|;\n]")


class AzureFace:
    """Turns what a step asks Azure for into requests.

    Args:
        reading: answers them.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def resources(self, type: str) -> Iterator[Row]:
        """Yield the resources of a type, or of those that no step names."""
        if type == OTHERS:
            return self._reading.objects(of_table("resources", OTHERS))
        return self.table("resources", type=type)

    def table(self, table: str, *, type: str, filter: str = "") -> Iterator[Row]:
        """Yield the rows of a type in a table of Azure Resource Graph, or those of which a filter is true."""
        return self._reading.objects(self._of_table(table, type, filter))

    def children(
        self, type: str, below: str, *, api_version: str, table: str = "resources"
    ) -> Iterator[tuple[str, Row]]:
        """Yield the key of a resource and one of its children, for all resources of a type."""
        if not below.strip("/") or not api_version or _QUERY.search(below + api_version):
            problem = (
                f"children of {type} at {below!r}, version {api_version!r}: write them as '/keys' and '2023-07-01'"
            )
            raise self._reading.noted(PlanError(f"{self._reading.step}: {problem}"))
        return self._reading.children(children_of(self._of_table(table, type), below, api_version))

    def _of_table(self, table: str, type: str, filter: str = "") -> Request:
        named = type.strip("/").lower()
        if not table.isalpha() or "/" not in named:
            problem = f"{self._reading.step}: {table} of type {type!r}: write it as 'microsoft.compute/virtualmachines'"
            raise self._reading.noted(PlanError(problem))
        if _STEP.search(filter):
            problem = f"{self._reading.step}: {filter!r} is no filter: write what is to be true of a row"
            raise self._reading.noted(PlanError(problem))
        return of_table(table.lower(), named, filter)
