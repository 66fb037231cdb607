"""Which licences a tenant has: what it lacks is not asked for.

Sources: List subscribedSkus; subscribedSku resource type; Product names and service plan identifiers for licensing.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeGuard

from integration.errors import GraphError
from integration.sources.msgraph.permissions import covers
from integration.sources.reader import Reader
from integration.sources.request import Request

SKUS = Request("collection", "/subscribedSkus", select=None, top=None)
"""What the tenant has bought; it is not paged, and takes no options."""
_PERMISSIONS = ("LicenseAssignment.Read.All", "Organization.Read.All")
_CONTAINED_IN: Mapping[str, Sequence[str]] = {"AAD_PREMIUM": ("AAD_PREMIUM_P2",)}
"""Plans that have all that another one has."""
_IN_USE = frozenset({"Enabled", "Warning"})


def has_one(plans: Sequence[str], reader: Reader, roles: Collection[str] | None) -> bool:
    """Tell whether a tenant has one of some service plans, or may have one, since it is not known which it has.

    Args:
        plans: names, such as ``AAD_PREMIUM_P2``.
        reader: the run's.
        roles: application permissions in the token; ``None`` where it does not tell.
    """
    if roles is not None and not may_ask(roles):
        return True
    try:
        reader.ensure(SKUS)
    except GraphError:
        return True  # the answers to what is asked will tell
    held = plans_in_use([row for _, row in reader.rows(SKUS)])
    return held is None or suffice(held, plans)


def may_ask(roles: Collection[str]) -> bool:
    """Tell whether application permissions let a token ask which licences the tenant has."""
    return any(covers(roles, name) for name in _PERMISSIONS)


def suffice(held: Collection[str], plans: Sequence[str]) -> bool:
    """Tell whether one of some service plans is among those that a tenant has, or is contained in one of these."""
    return any(name in held for plan in plans for name in (plan, *_CONTAINED_IN.get(plan, ())))


def plans_in_use(skus: object) -> frozenset[str] | None:
    """Return the names of the service plans of products that are in use, or that nothing says of that they are not.

    Args:
        skus: what Graph lists.

    Returns:
        ``None`` where that is no list of products with lists of plans, so that it is not known what the tenant has.
    """
    if not _are_objects(skus):
        return None
    used = [sku for sku in skus if sku.get("capabilityStatus") is None or str(sku["capabilityStatus"]) in _IN_USE]
    plans = [sku.get("servicePlans") or [] for sku in used]
    if not all(map(_are_objects, plans)):
        return None
    return frozenset(str(plan.get("servicePlanName")) for each in plans for plan in each)


def _are_objects(values: object) -> TypeGuard[Sequence[Mapping[str, Any]]]:
    return isinstance(values, list) and all(isinstance(value, Mapping) for value in values)
