"""Made-up entitlement management: a catalog of packages, who may ask for them, and who has them."""

import random
from collections.abc import Callable

from tests.simulator.areas.governance import MANAGEMENT, REVIEWS
from tests.simulator.areas.reviews import decision
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import guid, listed, moment
from tests.simulator.properties import GROUP, SERVICE_PRINCIPAL, USER, Json
from tests.simulator.tenant import Tenant

_CATALOGS, _PACKAGES, _ASSIGNED, _DECIDED = 3, 4, 6, 20
_DECISIONS: tuple[Json, ...] = (
    {},
    {"decision": "Approve", "reviewedDateTime": "2025-09-10T08:00:00Z"},
    {"decision": "Deny", "recommendation": "Deny", "applyResult": "AppliedSuccessfully"},
)
ASSIGNMENTS = f"{MANAGEMENT}/assignments"


def fill(tenant: Tenant, sizes: Sizes, rng: random.Random) -> None:
    """Add catalogs with resources, packages with what they give, their policies, assignments and requests."""
    groups, principals, people = listed(tenant, GROUP), listed(tenant, SERVICE_PRINCIPAL), listed(tenant, USER)
    for number in range(_CATALOGS):
        packages = [_named(rng, f"Package {number}-{each}") | {"isHidden": False} for each in range(_PACKAGES)]
        catalog = _named(rng, f"Catalog {number}") | {"catalogType": "userManaged", "state": "published"}
        catalog |= {"isExternallyVisible": False, "accessPackages": packages}
        tenant.contents.put(f"{MANAGEMENT}/catalogs", catalog)
        origins = [("AadGroup", rng.choice(groups)), ("AadApplication", rng.choice(principals))]
        for system, origin in origins:
            resource = _named(rng, origin) | {"originId": origin, "originSystem": system, "roles": [], "scopes": []}
            tenant.contents.put(f"{MANAGEMENT}/catalogs/{catalog['id']}/resources", resource)
        for package in packages:
            _publish(tenant, package, origins, rng.choice(groups), rng.choice(people), rng)
    for _ in range(_ASSIGNED):
        _assign(tenant, rng)
    source = {"@odata.type": "#microsoft.graph.azureActiveDirectoryTenant", "tenantId": guid(rng), "displayName": "x"}
    organization = _named(rng, "Partner") | {"state": "configured", "identitySources": [source]}
    sponsors: Json = {"internalSponsors": [], "externalSponsors": []}
    tenant.contents.put(f"{MANAGEMENT}/connectedOrganizations", organization | sponsors)

    for group in rng.sample(groups, min(2, len(groups))):
        scope = {"query": f"/groups/{group}/transitiveMembers", "queryType": "MicrosoftGraph"}
        review = {"id": guid(rng), "displayName": "Review", "status": "InProgress", "scope": scope, "settings": None}
        nothing: Json = {
            "instanceEnumerationScope": None,
            "reviewers": [],
            "createdBy": None,
            "descriptionForAdmins": None,
        }
        times = {"createdDateTime": moment(rng), "lastModifiedDateTime": moment(rng)}
        tenant.contents.put(REVIEWS, review | nothing | times)
        _decide(tenant, f"{REVIEWS}/{review['id']}/instances", group, people, rng)


def _decide(tenant: Tenant, path: str, group: str, people: list[str], rng: random.Random) -> None:
    """Have a review of a group take place twice, and some of its decisions made."""
    resource = {"id": group, "displayName": "x", "type": "Group"}
    for status in ("Applied", "InProgress"):
        instance = guid(rng)
        times = {"startDateTime": moment(rng), "endDateTime": moment(rng)}
        tenant.contents.put(path, {"id": instance, "status": status, "scope": None, "reviewers": [], **times})
        about = rng.sample(people, min(_DECIDED, len(people)))
        rows = (decision(guid(rng), instance, each, resource, rng.choice(_DECISIONS)) for each in about)
        tenant.contents.put(f"{path}/{instance}/decisions", *rows)


def _named(rng: random.Random, name: str) -> Json:
    made = {"createdDateTime": moment(rng), "modifiedDateTime": moment(rng)}
    return {"id": guid(rng), "displayName": name, "description": name, **made}


def _publish(
    tenant: Tenant, package: Json, origins: list[tuple[str, str]], group: str, approver: str, rng: random.Random
) -> None:
    """Add a package that gives roles in some resources, and the policy by which the members of a group ask for it."""
    given = [
        {
            "id": guid(rng),
            "createdDateTime": moment(rng),
            "role": {"id": guid(rng), "displayName": "Member", "originId": f"Member_{origin}", "originSystem": system},
            "scope": {"id": guid(rng), "displayName": "Root", "originId": origin, "originSystem": system},
        }
        for system, origin in origins
    ]
    tenant.contents.put(f"{MANAGEMENT}/accessPackages", package | {"resourceRoleScopes": given})
    approvers = [{"@odata.type": "#microsoft.graph.singleUser", "userId": approver, "description": "x"}]
    approval = {"isApprovalRequiredForAdd": True, "isApprovalRequiredForUpdate": False}
    tenant.contents.put(
        f"{MANAGEMENT}/assignmentPolicies",
        _named(rng, "Policy")
        | {
            "allowedTargetScope": "specificDirectoryUsers",
            "specificAllowedTargets": [
                {"@odata.type": "#microsoft.graph.groupMembers", "groupId": group, "description": "x"}
            ],
            "expiration": {"type": "noExpiration", "duration": None, "endDateTime": None},
            "requestApprovalSettings": approval | {"stages": [{"primaryApprovers": approvers}]},
            "reviewSettings": None,
            "automaticRequestSettings": None,
            "accessPackage": package,
        },
    )


def _assign(tenant: Tenant, rng: random.Random) -> bool:
    """Have somebody ask for a package, and give it, or take an assignment back."""
    people, policies = listed(tenant, USER), [*tenant.contents.values(f"{MANAGEMENT}/assignmentPolicies")]
    given = tenant.contents.keys(ASSIGNMENTS)
    if len(given) > _ASSIGNED:
        tenant.contents.take(ASSIGNMENTS, rng.choice(given))
    elif policies and people:
        policy = rng.choice(policies)
        target = {"id": guid(rng), "objectId": rng.choice(people), "subjectType": "user"}
        named = {"accessPackage": policy["accessPackage"]}
        ends = {"startDateTime": moment(rng), "expiration": {"type": "noExpiration", "endDateTime": None}}
        state = {"state": "delivered", "status": "Delivered", "expiredDateTime": None, "schedule": ends}
        made = {"id": guid(rng), "assignmentPolicy": {"id": policy["id"]}, "target": target, **named, **state}
        tenant.contents.put(ASSIGNMENTS, made)
        asked = {"requestType": "userAdd", "state": "delivered", "status": "Fulfilled", "requestor": target, **named}
        times = {"createdDateTime": moment(rng), "completedDateTime": moment(rng)}
        request = guid(rng)
        tenant.contents.put(f"{MANAGEMENT}/assignmentRequests", {"id": request, **asked, **times})
        approvals = f"{MANAGEMENT}/accessPackageAssignmentApprovals"
        tenant.contents.put(approvals, {"id": request})
        review = {"reviewResult": "NotReviewed", "status": "InProgress", "reviewedBy": None, "reviewedDateTime": None}
        tenant.contents.put(f"{approvals}/{request}/stages", {"id": guid(rng), "displayName": None, **review})
    return bool(policies and people)


CHANGES: dict[str, tuple[int, Callable[[Tenant, random.Random], bool]]] = {"assign": (3, _assign)}
