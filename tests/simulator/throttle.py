"""Resource units: what a request costs, how much budget is left, and what a client does when it is told to wait.

Source: Microsoft Graph service-specific throttling limits, identity and access; the two places where recorded
``x-ms-resource-unit`` headers differ from that table are kept as recorded.
"""

from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from math import ceil
from time import monotonic, time
from typing import Any

from tests.simulator.faults import RetryAfterForm
from tests.simulator.odata import Call

QUOTAS = {"S": 3500, "M": 5000, "L": 8000}
"""Resource units per 10 seconds of one application in one tenant: under 50 users, up to 500, above."""

_WINDOW_SECONDS = 10.0
_GRACE_SECONDS = 1.0
_EARLY_SECONDS = 0.02
_BASE = {
    "users": 2,
    "applications": 2,
    "oauth2PermissionGrants": 2,
    "subscribedSkus": 3,
    "groups/{id}/members": 3,
    "directoryRoles/{id}/members": 3,
    "servicePrincipals/{id}/appRoleAssignments": 2,
    "users/{id}/memberOf": 2,
    "users/{id}/ownedObjects": 2,
}
_SELECT_IS_NO_CHEAPER = frozenset({"users"})
_SMALL_TOP = 20


def is_directory(call: Call) -> bool:
    """Whether the request is served by the directory, the only service that reports resource units."""
    return call.segments[0] not in ("policies", "identity", "identityGovernance", "reports", "$batch")


def cost(call: Call) -> int:
    """Resource units of a directory request."""
    shape = "/".join(call.shape.split("/")[:3])
    if shape == "directoryObjects/getByIds":
        return 2 if "$select" in call.options else 5
    units = _BASE.get(shape, 1)
    units -= "$select" in call.options and shape not in _SELECT_IS_NO_CHEAPER
    units += "$expand" in call.options
    top = call.options.get("$top", "")
    units -= top.isdecimal() and int(top) < _SMALL_TOP
    return max(1, units)


class Bucket:
    """A token bucket of resource units. A refused request is charged too, down to an empty bucket's worth of debt."""

    def __init__(self, quota: int | None) -> None:
        self.quota = quota
        self._level = float(quota or 0)
        self._at = monotonic()
        self._answered = self._refused = 0.0

    def charge(self, units: int) -> tuple[float, float]:
        """Take units.

        (seconds to wait, 0 where granted; share of the limit in use, above 1 by the share that is refused).
        """
        if self.quota is None:
            return 0.0, 0.0
        now = monotonic()
        rate = self.quota / _WINDOW_SECONDS
        fade = max(0.0, 1 - (now - self._at) / _WINDOW_SECONDS)
        self._level = min(self.quota, self._level + (now - self._at) * rate)
        self._at = now
        refused = self._level < units
        self._answered = self._answered * fade + 1
        self._refused = self._refused * fade + refused
        self._level = max(-float(self.quota), self._level - units)
        used = 1 - max(0.0, self._level) / self.quota
        return (units - self._level) / rate if refused else 0.0, used + self._refused / self._answered


def retry_after(seconds: float, form: RetryAfterForm) -> tuple[dict[str, str], float]:
    """The Retry-After header of a wait in seconds, and the monotonic time until which it announces one: never less."""
    now = monotonic()
    match form:
        case "integer":
            wait = float(max(1, ceil(seconds)))
            return {"Retry-After": str(int(wait))}, now + wait
        case "fractional":
            wait = ceil(seconds * 1000) / 1000
            return {"Retry-After": f"{wait:.3f}"}, now + wait
        case "date":
            began = time()
            moment = ceil(began + seconds)
            return {"Retry-After": formatdate(moment, usegmt=True)}, now + moment - began
        case "missing":
            return {}, 0.0


@dataclass
class Stats:
    """What has been asked since the start or the last reset; ``requests`` and ``inner`` count by shape."""

    requests: Counter[str] = field(default_factory=Counter)
    inner: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    resource_units: int = 0
    throttled: int = 0
    rude: int = 0
    bytes: int = 0
    handler_seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "resource_units": self.resource_units,
            "requests": dict(self.requests),
            "inner": dict(self.inner),
            "statuses": {str(status): n for status, n in self.statuses.items()},
            "throttled": self.throttled,
            "rude": self.rude,
            "bytes": self.bytes,
            "handler_seconds": self.handler_seconds,
        }


class Manners:
    """Watches whether requests wait as long as an answer told them to.

    A 429 of the directory speaks to the whole application, any other and a 503 to its URL. What was on its way when the
    answer left is excused: requests within a second of it, since a busy machine takes its time to hand it over.
    """

    def __init__(self) -> None:
        self._told: dict[str, tuple[float, float]] = {}

    def tell(self, key: str, sent: float, end: float) -> None:
        """An answer that was sent at a monotonic time asked to wait until another: key is a URL, or empty for all."""
        since, until = self._told.get(key, (sent, 0.0))
        self._told[key] = (sent if sent > until else since, max(until, end - _EARLY_SECONDS))

    def rude(self, key: str, started: float) -> bool:
        """Whether a request that came at a monotonic time should still be waiting."""
        return any(since + _GRACE_SECONDS < started < until for since, until in map(self._of, ("", key)))

    def _of(self, key: str) -> tuple[float, float]:
        return self._told.get(key, (0.0, 0.0))
