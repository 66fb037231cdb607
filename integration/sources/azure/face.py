"""What a step sees of Azure: ``sdk.context.Azure``, as requests."""

from collections.abc import Iterator

from integration.errors import PlanError
from integration.sdk.row import Row
from integration.sources.azure.fetch import of_table
from integration.sources.source import Reading


class AzureFace:
    """Turns what a step asks Azure for into requests.

    Args:
        reading: answers them.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def resources(self, type: str) -> Iterator[Row]:
        """Yield the resources of a type."""
        return self.table("resources", type=type)

    def table(self, table: str, *, type: str) -> Iterator[Row]:
        """Yield the rows of a type in a table of Azure Resource Graph."""
        named = type.strip("/").lower()
        if not table.isalpha() or "/" not in named:
            problem = f"{self._reading.step}: {table} of type {type!r}: write it as 'microsoft.compute/virtualmachines'"
            raise self._reading.noted(PlanError(problem))
        return self._reading.objects(of_table(table.lower(), named))
