"""What was decided in access reviews: each time that one takes place, and the decisions of that.

How to add to the demo is told in this package's docstring.
"""

from tests.simulator.areas.governance import ASKING, GONE, REVIEWS
from tests.simulator.demo_ids import SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.licences import ENTITLEMENT
from tests.simulator.properties import Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

_OPTIONS = frozenset({"$select", "$filter", "$top", "$skip", "$orderby"})
SHELVES = tuple(
    Shelf(f"{REVIEWS}/{{id}}/{below}", ("AccessReview.Read.All",), ENTITLEMENT, options=_OPTIONS)
    for below in ("instances", "instances/{id}/decisions")
)
"""The endpoints of this area."""
OF_GROUP, OF_PACKAGE = (f"5e71e000-0000-4f30-8a4b-{number:012}" for number in (1, 3))
"""Series of reviews, of a group and of an access package."""
PAST, NOW, ONCE = (f"1257a000-0000-4f30-8a4b-{number:012}" for number in range(1, 4))
"""Reviews: two of the group, and one of the package."""
_NOBODY = {"id": "00000000-0000-0000-0000-000000000000", "displayName": "", "userPrincipalName": ""}
_ADA = {"id": user_id(1), "displayName": "Ada Example", "userPrincipalName": "ada@contoso.example"}


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    group = {"id": group_id(3), "displayName": "some group", "type": "Group"}
    policy = {"id": ASKING, "displayName": "Policy 1", "type": "AccessPackageAssignmentPolicy"}
    service = {"id": SERVICE_PRINCIPAL_ID, "displayName": "finance-batch-job", "type": "ServicePrincipal"}
    stays = {"decision": "Approve", "reviewedBy": _ADA, "reviewedDateTime": "2025-09-10T08:00:00Z"}
    goes = {**stays, "decision": "Deny", "recommendation": "Deny"}
    done = {"applyResult": "AppliedSuccessfully", "appliedBy": _ADA, "appliedDateTime": "2025-09-16T08:00:00Z"}
    put = tenant.contents.put
    made: list[tuple[str, str, str, list[tuple[str, Json | None, Json]]]] = [
        (PAST, OF_GROUP, "Applied", [(user_id(1), group, {**stays, **done}), (user_id(2), group, {**goes, **done})]),
        (NOW, OF_GROUP, "InProgress", [(user_id(1), group, {}), (GONE, None, {"recommendation": None})]),
        (ONCE, OF_PACKAGE, "Completed", [(user_id(1), policy, goes), (SERVICE_PRINCIPAL_ID, service, stays)]),
    ]
    for number, (id, series, status, decisions) in enumerate(made, 1):
        times = {"startDateTime": f"2025-09-0{number}T08:00:00Z", "endDateTime": f"2025-09-1{number}T08:00:00Z"}
        put(f"{REVIEWS}/{series}/instances", {"id": id, "status": status, "scope": None, "reviewers": [], **times})
        rows = (
            decision(f"dec1de00-0000-4f30-8a4b-{10 * number + each:012}", id, *told)
            for each, told in enumerate(decisions)
        )
        put(f"{REVIEWS}/{series}/instances/{id}/decisions", *rows)


def decision(id: str, instance: str, principal: str, resource: Json | None, told: Json) -> Json:
    """A decision on whether somebody keeps something, as a listing gives it: not made yet, but for what is told."""
    is_service = principal == SERVICE_PRINCIPAL_ID
    kind = "servicePrincipalIdentity" if is_service else "userIdentity"
    place = "servicePrincipals" if is_service else "users"
    return {
        "id": id,
        "accessReviewId": instance,
        "appliedBy": _NOBODY,
        "appliedDateTime": None,
        "applyResult": "New",
        "decision": "NotReviewed",
        "justification": "somebody is known to me",
        "principal": {"@odata.type": f"#microsoft.graph.{kind}", "id": principal, "displayName": "somebody"},
        "principalLink": f"https://graph.microsoft.com/v1.0/{place}/{principal}",
        "recommendation": "Approve",
        "resource": resource,
        "resourceLink": None if resource is None else f"https://graph.microsoft.com/v1.0/groups/{group_id(3)}",
        "reviewedBy": _NOBODY,
        "reviewedDateTime": None,
        **told,
    }
