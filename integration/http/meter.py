"""What reading cost: counted as Graph reports it."""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Meter:
    """Counts of one run; safe for many threads.

    Attributes:
        requests: HTTP requests by kind: ``get``, ``batch``, ``delta``.
        batched: requests inside batches.
        resource_units: as Graph charged them (``x-ms-resource-unit``).
        retries: requests that were sent again, and requests inside batches that were asked for again.
        throttled: answers with status 429.
        bytes: of the answers' bodies, decoded.
    """

    requests: Counter[str] = field(default_factory=Counter)
    batched: int = 0
    resource_units: int = 0
    retries: int = 0
    throttled: int = 0
    bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def sent(self, kind: str, size: int, units: int) -> None:
        """Count a request: what it was, the size of its answer, and what Graph charged."""
        with self._lock:
            self.requests[kind] += 1
            self.bytes += size
            self.resource_units += units

    def inner(self, count: int, units: int) -> None:
        """Count the requests inside a batch."""
        with self._lock:
            self.batched += count
            self.resource_units += units

    def again(self, count: int = 1, *, throttled: int = 0) -> None:
        """Count requests that must be sent again, and how many of them because Graph throttled."""
        with self._lock:
            self.retries += count
            self.throttled += throttled
