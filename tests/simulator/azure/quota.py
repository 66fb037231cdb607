"""How many queries Azure Resource Graph answers in a window of time, and what it tells of that."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic


@dataclass
class Quota:
    """``limit`` queries in each window of so many seconds, which begins with the first query; None is no limit.

    ``retry_after`` has a refusal tell how long to wait; what Azure does is not known. ``early`` counts the queries that
    came before a wait that a refusal had told was over.
    """

    limit: int | None = None
    seconds: float = 5.0
    retry_after: bool = True
    clock: Callable[[], float] = monotonic
    early: int = 0
    refused: int = 0
    _ends: float = 0.0
    _taken: int = 0
    _told: float = field(default=0.0, repr=False)

    def take(self) -> tuple[bool, dict[str, str]]:
        """Whether a query is granted, and the headers that its answer has."""
        if self.limit is None:
            return True, {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"}
        now = self.clock()
        self.early += now < self._told
        if now >= self._ends:
            self._ends, self._taken = now + self.seconds, 0
        self._taken += 1
        left = ceil(self._ends - now)
        granted = self._taken <= self.limit
        headers = {
            "x-ms-user-quota-remaining": str(max(0, self.limit - self._taken)),
            "x-ms-user-quota-resets-after": f"{left // 3600:02}:{left // 60 % 60:02}:{left % 60:02}",
        }
        if not granted:
            self.refused += 1
            self._told = now + left
            headers |= {"Retry-After": str(left)} if self.retry_after else {}
        return granted, headers
