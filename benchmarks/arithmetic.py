"""How few requests a tenant can be read with: pages of what is listed, batches of 20 of what every object has."""

from collections.abc import Mapping
from math import ceil

_BATCH, _PAGE, _USUAL_PAGE, _REPORT_PAGE, _SIGN_IN_PAGE = 20, 999, 100, 1000, 500
_OWN_PAGE = {"deviceManagement/managedDevices": _PAGE, "deviceManagement/detectedApps": 50}
"""How many a page has of what is no directory object and has another number than is usual."""
_ENTITLEMENT = "identityGovernance/entitlementManagement"
_ON_DEMAND = {"contacts", f"{_ENTITLEMENT}/assignmentRequests", f"{_ENTITLEMENT}/accessPackageAssignmentApprovals"}
_LISTED = {
    "users": 2,
    "groups": 2,
    "devices": 3,
    "servicePrincipals": 2,
    "applications": 2,
    "oauth2PermissionGrants": 1,
    "directory/administrativeUnits": 1,
}
"""How often each collection of directory objects is listed: once, and once more for each relation that comes along."""
_OF_EACH = {
    "groups/{id}/members": "groups",
    "servicePrincipals/{id}/appRoleAssignedTo": "servicePrincipals",
    "servicePrincipals/{id}/memberOf": "servicePrincipals",
    "servicePrincipals/{id}/ownedObjects": "servicePrincipals",
    "applications/{id}/federatedIdentityCredentials": "applications",
    "directory/administrativeUnits/{id}/members": "directory/administrativeUnits",
    f"{_ENTITLEMENT}/catalogs/{{id}}/resources": f"{_ENTITLEMENT}/catalogs",
    f"{_ENTITLEMENT}/accessPackages/{{id}}": f"{_ENTITLEMENT}/accessPackages",
}
"""What is asked of every object of a collection."""
_TRACKED = frozenset({"groups/{id}/members", "directory/administrativeUnits/{id}/members"})
"""Relations of which a delta query tells the changes, beside those that come with a listing of users and groups."""
_LISTED_AGAIN = {"devices": 2, "servicePrincipals": 1, "applications": 1}
"""How often a later run lists collections whose objects are tracked, for relations of which no delta query tells."""


def fewest(contents: Mapping[str, int]) -> dict[str, int]:
    """Return how often each kind of request has to be made; ``$batch`` is the batches that hold those of each object.

    Args:
        contents: how many objects each collection has.
    """
    return _requests(contents, _LISTED, _OF_EACH)


def fewest_again(contents: Mapping[str, int]) -> dict[str, int]:
    """Return how often each kind of request has to be made by a later run, for what no delta query tells."""
    listed = {name: _LISTED_AGAIN.get(name, 0) for name in _LISTED}
    return _requests(contents, listed, {path: name for path, name in _OF_EACH.items() if path not in _TRACKED})


def _requests(contents: Mapping[str, int], listed: Mapping[str, int], of_each: Mapping[str, str]) -> dict[str, int]:
    found = {name: times * max(1, ceil(contents.get(f"/{name}", 0) / _PAGE)) for name, times in listed.items()}
    found["users"] += ceil(contents["/users"] / _SIGN_IN_PAGE)
    found |= {path: contents.get(f"/{name}", 0) for path, name in of_each.items()}
    found["$batch"] = sum(ceil(found[path] / _BATCH) for path in of_each)
    for path, count in contents.items():
        name = path.removeprefix("/")
        if name not in found and "{id}" not in name and name not in _ON_DEMAND:
            page = _OWN_PAGE.get(name, _REPORT_PAGE if name.startswith("reports/") else _USUAL_PAGE)
            found[name] = max(1, ceil(count / page))
    return found


def total(asked: Mapping[str, int]) -> int:
    """Return the requests over HTTP: a batch is one, and what is inside of it none."""
    return sum(number for path, number in asked.items() if path not in _OF_EACH)
