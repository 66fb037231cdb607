"""A source that cannot be read in a run: the types that read it are skipped, with the reason."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from integration.errors import GraphError, SourceUnavailable
from integration.sdk.plan import Plan
from integration.sources.collection import Collection
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.sources.source import Reading, Review


class UnavailableSource:
    """Stands for a source that cannot be read.

    Args:
        name: the source's.
        face: makes what a step sees of it.
        reason: why it cannot be read, and what to do about it.
        tenant: the source's.
    """

    def __init__(self, name: str, face: Callable[[Reading], Any], reason: str, tenant: str = "") -> None:
        self.name, self.tenant = name, tenant
        self._face, self._reason = face, reason

    def face(self, reading: Reading) -> Any:
        """Return what a step sees of the source."""
        return self._face(reading)

    def fetch(self, request: Request, into: Collection) -> None:
        """Raise ``SourceUnavailable``."""
        raise SourceUnavailable(self._reason, path=request.path)

    def tracks(self, request: Request) -> bool:
        """Return ``False``."""
        return False

    def parents(self, request: Request) -> Request:
        """Return the request as it is: nothing can be read."""
        return request

    def choose(self, request: Request, objects: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Return the objects."""
        return objects

    def left_out(self, request: Request) -> Sequence[str]:
        """Return nothing."""
        return ()

    def inputs(self, request: Request, reader: Reader) -> Sequence[Request]:
        """Return nothing."""
        return ()

    def further(self, request: Request, reader: Reader) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield nothing."""
        return iter(())

    def gaps(self, request: Request, reader: Reader) -> Iterator[GraphError]:
        """Yield nothing."""
        return iter(())

    def review(self, plan: Plan) -> Review | None:
        """Return ``None``."""
        return None

    def unlicensed(self, licences: Sequence[str], reader: "Reader") -> bool:
        """Return ``False``: nothing is known."""
        return False

    def is_slow(self, request: Request) -> bool:
        """Return ``False``: nothing is read."""
        return False

    def untaken(self, reader: Reader, holds_any: Callable[[Sequence[str]], bool]) -> Mapping[str, Mapping[str, int]]:
        """Return nothing."""
        return {}

    def cost(self) -> Mapping[str, Any]:
        """Return nothing."""
        return {}

    def stop(self) -> None:
        """Do nothing."""
