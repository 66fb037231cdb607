"""What an answer tells, whatever API it is of."""

from typing import Protocol

from integration.errors import GraphError


class Reply(Protocol):
    """What an API answered."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def retry_after(self) -> float | None:
        """Seconds that it asks to wait before the same is asked again; ``None`` where it does not."""

    @property
    def percentage(self) -> float | None:
        """The share of a limit that is used; ``None`` where it does not tell."""

    @property
    def units(self) -> int:
        """What it charged; 0 where it does not tell."""

    def error(self) -> GraphError | None:
        """Return the error that it stands for, or ``None`` where it is whole."""
