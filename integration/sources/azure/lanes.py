"""What Azure limits by itself: each provider of resources takes so many requests for each subscription.

Sources: Azure Resource Manager, request limits and throttling; Azure Storage, limits of the resource provider.
"""

import re
from collections.abc import Mapping

_PROVIDER, _STORAGE = "provider", "storage lists"
LIMITS: Mapping[str, tuple[int, float]] = {_STORAGE: (100, 300.0), _PROVIDER: (250, 10.0)}
"""Requests, and the seconds in which Azure takes so many: of lists by Microsoft.Storage, and of reads by any provider,
whose bucket of 250 fills by 25 a second."""
_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)/", re.IGNORECASE)
_NAMED = re.compile(r"/providers/([^/]+)/", re.IGNORECASE)


def provider_lane(path: str) -> str:
    """Return the lane of requests for a path; empty where that is in no subscription, or of no provider."""
    subscription, providers = _SUBSCRIPTION.match(path), _NAMED.findall(path)
    if not subscription or not providers:
        return ""
    provider = providers[-1].lower()
    limit = _STORAGE if provider == "microsoft.storage" and not path.endswith("/default") else _PROVIDER
    return f"{limit} of {provider} in {subscription[1].lower()}"
