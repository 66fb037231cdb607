"""What Graph limits by itself: services that take few requests, whatever the directory takes beside them.

Source: Microsoft Graph service-specific throttling limits: identity and access reports, identity protection and
conditional access.
"""

from collections.abc import Mapping

LIMITS: Mapping[str, tuple[int, float]] = {
    "conditional access": (1, 1.0),
    "reports": (5, 10.0),
    "sign-in activity": (10, 60.0),
}
"""Requests, and the seconds in which Graph takes so many of one application in one tenant."""
_PREFIXES: Mapping[str, str] = {
    "/auditLogs/": "reports",
    "/identity/conditionalAccess/": "conditional access",
    "/identityProtection/": "conditional access",
    "/reports/": "reports",
}
_SLOW_PROPERTY = "signInActivity"


def lane_of(path: str, query: str = "") -> str:
    """Return which limit a request falls under; empty where it is that of the directory.

    Args:
        path: below the version.
        query: the URL's, or the names of selected properties.
    """
    if _SLOW_PROPERTY in query:
        return "sign-in activity"
    return next((lane for prefix, lane in _PREFIXES.items() if path.startswith(prefix)), "")
