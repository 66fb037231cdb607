"""What Azure limits by itself: queries, and each provider of resources takes so many requests for each subscription.

Sources: Azure Resource Manager, request limits and throttling; Azure Resource Graph, guidance for throttled requests;
Azure Storage, limits of the resource provider.
"""

import re
from collections.abc import Mapping

_PROVIDER, _STORAGE = "provider", "storage lists"
QUERIES = "queries"
"""The lane of what Azure Resource Graph is asked."""
LIMITS: Mapping[str, tuple[int, float]] = {QUERIES: (15, 5.0), _STORAGE: (100, 300.0), _PROVIDER: (250, 10.0)}
"""Requests, and the seconds in which Azure takes so many: of queries, of lists by Microsoft.Storage, and of reads by
any provider, whose bucket of 250 fills by 25 a second."""
_PLACE = re.compile(
    r"/subscriptions/([^/]+)/|/providers/microsoft\.management/managementgroups/[^/]+/providers/", re.IGNORECASE
)
_NAMED = re.compile(r"/providers/([^/]+)/", re.IGNORECASE)


def provider_lane(path: str) -> str:
    """Return the lane of requests for a path; empty where that is below no subscription and no management group."""
    place, providers = _PLACE.match(path), _NAMED.findall(path)
    if not place or not providers:
        return ""
    provider = providers[-1].lower()
    limit = _STORAGE if provider == "microsoft.storage" and not path.endswith("/default") else _PROVIDER
    return f"{limit} of {provider} in {(place[1] or 'groups').lower()}"
