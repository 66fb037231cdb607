"""Services that let through few requests, whatever is left of the directory's budget.

Source: Microsoft Graph service-specific throttling limits.
"""

from collections import deque
from dataclasses import dataclass
from time import monotonic

from tests.simulator.odata import Call

_TOLERANCE = 0.95


@dataclass(frozen=True)
class Lane:
    """So many requests in so many seconds; ``announces`` says whether its 429 has a Retry-After."""

    requests: int
    seconds: float
    announces: bool


CONDITIONAL_ACCESS, REPORTS, SIGN_IN, KEYS = "conditionalAccess", "reports", "signInActivity", "keyCredentials"
LANES = {
    CONDITIONAL_ACCESS: Lane(1, 1.0, announces=False),
    REPORTS: Lane(5, 10.0, announces=True),
    SIGN_IN: Lane(10, 60.0, announces=True),
    KEYS: Lane(150, 60.0, announces=True),
}
_SELECTED = {("users", "signInActivity"): SIGN_IN, ("applications", "keyCredentials"): KEYS}


def lane_of(call: Call) -> str:
    """The name of the lane that a listing of the directory belongs to by what it selects, or an empty text."""
    names = call.options.get("$select", "").split(",")
    return next(
        (lane for (collection, name), lane in _SELECTED.items() if call.path == f"/{collection}" and name in names), ""
    )


class Lanes:
    """Counts requests by lane. ``scale`` is how long a second of theirs is; None lets everything through."""

    def __init__(self, scale: float | None) -> None:
        self.scale = scale
        self._seen: dict[str, deque[float]] = {}

    def wait(self, name: str) -> float:
        """Count a request; return the seconds that it must wait, 0 where it is let through.

        Those that are refused count as well, so asking at once again makes it longer.
        """
        if not name or self.scale is None:
            return 0.0
        lane, now = LANES[name], monotonic()
        span = lane.seconds * self.scale
        seen = self._seen.setdefault(name, deque(maxlen=lane.requests))
        full = len(seen) == lane.requests and now - seen[0] < span * _TOLERANCE
        seen.append(now)
        return seen[0] + span - now if full else 0.0
