"""How far the reading of each collection is."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a collection is.

    Attributes:
        collection: its path, without host and query.
        pages: answers that were read.
        items: objects or links that they held.
        parents: for a relation, parents that are read to their end.
        all_parents: for a relation, parents in all; 0 where that does not apply.
        throttled: seconds for which Graph has held the run back so far.
        done: nothing more of it will come in this run.
    """

    collection: str
    pages: int = 0
    items: int = 0
    parents: int = 0
    all_parents: int = 0
    throttled: float = 0.0
    done: bool = False


class Counter:
    """Adds up what was read of each collection, and tells; safe for many threads.

    Args:
        tell: called after each addition.
    """

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._collections: dict[str, Progress] = {}
        self._readers: dict[str, int] = {}

    @contextmanager
    def counting(self, collection: str) -> Iterator[None]:
        """Say when the reading of a collection begins, and when it ends, however it does."""
        self.begin(collection)
        try:
            yield
        finally:
            self.end(collection)

    def begin(self, collection: str) -> None:
        """Say that a collection is read from now on."""
        with self._lock:
            self._readers[collection] = self._readers.get(collection, 0) + 1
            progress = replace(self._collections.get(collection, Progress(collection)), done=False)
            self._collections[collection] = progress
        self._tell(progress)

    def end(self, collection: str) -> None:
        """Say that nothing more of a collection will come."""
        with self._lock:
            self._readers[collection] -= 1
            progress = replace(self._collections[collection], done=not self._readers[collection])
            self._collections[collection] = progress
        self._tell(progress)

    def expect(self, collection: str, parents: int) -> None:
        """Say how many parents of a relation are left to read."""
        with self._lock:
            self._collections[collection] = Progress(collection, all_parents=parents)

    def add(self, collection: str, *, pages: int, items: int, throttled: float, parents: int = 0) -> None:
        """Count pages."""
        with self._lock:
            so_far = self._collections.get(collection, Progress(collection))
            progress = replace(
                so_far,
                pages=so_far.pages + pages,
                items=so_far.items + items,
                parents=so_far.parents + parents,
                throttled=throttled,
            )
            self._collections[collection] = progress
        self._tell(progress)

    def so_far(self) -> list[Progress]:
        """Return how far every collection is of which something was read."""
        with self._lock:
            return [progress for progress in self._collections.values() if progress.pages]
