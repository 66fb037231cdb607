"""What steps asked for in a run: the listings that relations have their parents from, and the relations."""

import threading
from collections import defaultdict

from integration.sources.request import Request


class Asked:
    """Remembers requests; safe for many threads."""

    def __init__(self) -> None:
        self._listings: dict[tuple[str, str], Request] = {}
        self._tracked: set[tuple[str, str]] = set()
        self._relations: defaultdict[str, set[Request]] = defaultdict(set)
        self._lock = threading.Lock()

    def note(self, request: Request, *, tracked: bool) -> None:
        """Remember a request.

        Args:
            request: what is asked for.
            tracked: later runs are told what changed of it: such a listing is preferred to another of the same path.
        """
        with self._lock:
            place = request.path, request.filter
            if request.kind == "relation":
                self._relations[request.name].add(request)
            elif request.kind == "collection" and (
                place not in self._listings or (tracked and place not in self._tracked)
            ):
                self._listings[place] = request
                self._tracked.update([place] if tracked else [])

    def listing(self, path: str, filter: str = "") -> Request | None:
        """Return the request for a collection; ``None`` where nobody asked for it.

        Args:
            path: the collection.
            filter: which of its objects; all where it is empty.
        """
        with self._lock:
            return self._listings.get((path, filter))

    def relations(self) -> dict[str, set[Request]]:
        """Return what was asked for of each relation, by the relation's name."""
        with self._lock:
            return {name: set(requests) for name, requests in sorted(self._relations.items())}
