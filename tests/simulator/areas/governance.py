"""Entitlement management and access reviews: who may ask for what, who has it, and who looks at that again.

How to add to the demo is told in this package's docstring.
"""

from collections.abc import Iterator

from tests.simulator.areas.policies_demo import FABRIKAM
from tests.simulator.areas.roles import HELPDESK
from tests.simulator.demo_ids import SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.licences import ENTITLEMENT
from tests.simulator.properties import Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

MANAGEMENT = "/identityGovernance/entitlementManagement"
REVIEWS = "/identityGovernance/accessReviews/definitions"
_READ = ("EntitlementManagement.Read.All",)
_QUERIED = frozenset({"$select", "$filter"})
_SCOPES = ("resourceRoleScopes", "resourceRoleScopes/role", "resourceRoleScopes/scope")


def _shelf(name: str, *navigations: str, options: frozenset[str] = _QUERIED) -> Shelf:
    return Shelf(f"{MANAGEMENT}/{name}", _READ, ENTITLEMENT, options=options, navigations=navigations)


SHELVES = (
    _shelf("catalogs", "accessPackages"),
    _shelf("catalogs/{id}/resources", "roles", "scopes"),
    _shelf("accessPackages", *_SCOPES),
    _shelf("assignmentPolicies", "accessPackage"),
    _shelf("assignments", "target", "accessPackage", "assignmentPolicy"),
    _shelf("assignmentRequests", "requestor", "accessPackage"),
    Shelf(f"{MANAGEMENT}/accessPackageAssignmentApprovals/{{id}}/stages", _READ, ENTITLEMENT, absent=""),
    _shelf("connectedOrganizations", "internalSponsors", "externalSponsors"),
    Shelf(REVIEWS, ("AccessReview.Read.All",), ENTITLEMENT, options=_QUERIED | {"$top", "$skip", "$orderby"}),
)
"""The endpoints of this area."""

GENERAL, PARTNERS, EMPTY = (f"ca7a1090-0000-4f30-8a4b-{number:012}" for number in range(1, 4))
FINANCE, PROJECT, ADMINISTRATION = (f"acce5500-0000-4f30-8a4b-{number:012}" for number in range(1, 4))
ASKING, OPEN, AUTOMATIC, CHOSEN = (f"b0110000-0000-4f30-8a4b-{number:012}" for number in range(1, 5))
CONTOSO_PARTNER, BY_DOMAIN = (f"c0220000-0000-4f30-8a4b-{number:012}" for number in range(1, 3))
ASKED, WAITING, DENIED = (f"5e9e5700-0000-4f30-8a4b-{number:012}" for number in (1, 3, 4))
"""Requests that somebody approved, is to decide about, and denied; about the others nobody had to."""
GONE = "dead0000-1d2e-4f30-8a4b-5c6d7e8f9003"
"""A group, and an approver, who were deleted while their names stayed."""
_TIMES = {"createdDateTime": "2025-09-01T08:00:00Z", "modifiedDateTime": "2025-10-01T08:00:00Z"}
_SITE = "https://contoso.example/sites/finance"
_ADMINS = 7
"""The number of the group that roles can be assigned to."""


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    put = tenant.contents.put
    put(f"{MANAGEMENT}/catalogs", *_catalogs())
    for catalog, resources in _resources().items():
        put(f"{MANAGEMENT}/catalogs/{catalog}/resources", *resources)
    put(f"{MANAGEMENT}/accessPackages", *_packages())
    put(f"{MANAGEMENT}/assignmentPolicies", *_policies())
    put(f"{MANAGEMENT}/assignments", *_assignments())
    put(f"{MANAGEMENT}/assignmentRequests", *_requests())
    put(f"{MANAGEMENT}/connectedOrganizations", *_organizations())
    put(REVIEWS, *_reviews())
    for number, (request, result) in enumerate({ASKED: "Approve", WAITING: "NotReviewed", DENIED: "Deny"}.items(), 1):
        put(f"{MANAGEMENT}/accessPackageAssignmentApprovals", {"id": request})
        put(f"{MANAGEMENT}/accessPackageAssignmentApprovals/{request}/stages", _stage(number, result))


def _named(id: str, name: str) -> Json:
    return {"id": id, "displayName": name, "description": f"What {name} is for.", **_TIMES}


def _package(id: str) -> Json:
    names = {FINANCE: "Finance", PROJECT: "Project X", ADMINISTRATION: "Administration"}
    return {**_named(id, names[id]), "isHidden": id == ADMINISTRATION}


def _catalogs() -> Iterator[Json]:
    for id, name, type, packages in (
        (GENERAL, "General", "serviceDefault", (FINANCE, ADMINISTRATION)),
        (PARTNERS, "Partners", "userManaged", (PROJECT,)),
        (EMPTY, "Nothing yet", "userManaged", ()),
    ):
        of = {"catalogType": type, "state": "unpublished" if id == EMPTY else "published"}
        inside = [_package(package) for package in packages]
        yield {**_named(id, name), **of, "isExternallyVisible": id == PARTNERS, "accessPackages": inside}


def _resource(number: int, name: str, system: str, origin: str) -> Json:
    more: Json = {"attributes": [], "roles": [], "scopes": []}
    id = f"de500000-0000-4f30-8a4b-{number:012}"
    return {**_named(id, name), "originId": origin, "originSystem": system, **more}


def _resources() -> dict[str, list[Json]]:
    return {
        GENERAL: [
            _resource(1, "admins", "AadGroup", group_id(_ADMINS)),
            _resource(2, "finance-batch-job", "AadApplication", SERVICE_PRINCIPAL_ID),
            _resource(3, "Finance site", "SharePointOnline", _SITE),
        ],
        PARTNERS: [_resource(4, "gone", "AadGroup", GONE), _resource(5, "project", "AadGroup", group_id(3))],
    }


def _given(number: int, role: str, origin: str, system: str, scope: str) -> Json:
    base = f"5c0be000-0000-4f30-8a4b-{number:012}"
    told = {"id": base, "displayName": role, "description": role, "originSystem": system, "originId": origin}
    root = {"id": base, "displayName": "Root", "description": "Root Scope", "isRootScope": True, "url": None}
    inside = {**root, "originId": scope, "originSystem": system}
    return {"id": f"{base}_{base}", "createdDateTime": "2025-09-02T08:00:00Z", "role": told, "scope": inside}


def _packages() -> Iterator[Json]:
    given = {
        FINANCE: [
            _given(1, "User", "401e0000-2f3e-4d5c-8b6a-7f8e9d0c1b01", "AadApplication", SERVICE_PRINCIPAL_ID),
            _given(2, "Member", f"Member_{group_id(3)}", "AadGroup", group_id(3)),
            _given(3, "Contributors", "4", "SharePointOnline", _SITE),
        ],
        PROJECT: [_given(4, "Member", f"Member_{GONE}", "AadGroup", GONE)],
        ADMINISTRATION: [
            _given(number, role, f"{role}_{group_id(_ADMINS)}", "AadGroup", group_id(_ADMINS))
            for number, role in enumerate(("Member", "Owner"), 5)
        ],
    }
    for id, scopes in given.items():
        yield {**_package(id), "resourceRoleScopes": scopes}


def _user(id: str) -> Json:
    return {"@odata.type": "#microsoft.graph.singleUser", "userId": id, "description": "somebody"}


def _group(id: str) -> Json:
    return {"@odata.type": "#microsoft.graph.groupMembers", "groupId": id, "description": "some group"}


def _approval(*approvers: Json) -> Json:
    stages = [{"durationBeforeAutomaticDenial": "P14D", "primaryApprovers": list(approvers), "escalationApprovers": []}]
    asked = {"isApprovalRequiredForAdd": bool(approvers), "isApprovalRequiredForUpdate": False}
    return {**asked, "stages": stages if approvers else []}


def _policy(id: str, package: str, scope: str, approval: Json, *allowed: Json, auto: bool = False) -> Json:
    ends = {"type": "afterDuration", "duration": "P365D", "endDateTime": None}
    if package == PROJECT:
        ends = {"type": "afterDateTime", "duration": None, "endDateTime": "2027-06-30T00:00:00Z"}
    return {
        **_named(id, f"Policy {id[-1]}"),
        "allowedTargetScope": scope,
        "specificAllowedTargets": list(allowed),
        "expiration": ends,
        "requestApprovalSettings": approval,
        "requestorSettings": {
            "enableTargetsToSelfAddAccess": not auto,
            "enableOnBehalfRequestorsToAddAccess": False,
            "onBehalfRequestors": [],
        },
        "reviewSettings": {"isEnabled": True, "primaryReviewers": []} if id == ASKING else None,
        "automaticRequestSettings": {"requestAccessForAllowedTargets": True} if auto else None,
        "notificationSettings": {"isAssignmentNotificationDisabled": False},
        "accessPackage": _package(package),
    }


def _policies() -> Iterator[Json]:
    manager = {"@odata.type": "#microsoft.graph.requestorManager", "managerLevel": 1}
    partner = {
        "@odata.type": "#microsoft.graph.connectedOrganizationMembers",
        "connectedOrganizationId": CONTOSO_PARTNER,
        "description": "partners",
    }
    approvers = (_user(user_id(1)), _group(group_id(_ADMINS)), manager, _user(GONE))
    asking = (_user(user_id(4)), _group(group_id(3)))
    yield _policy(ASKING, FINANCE, "specificDirectoryUsers", _approval(*approvers), *asking)
    yield _policy(OPEN, PROJECT, "specificConnectedOrganizationUsers", _approval(), partner)
    yield _policy(AUTOMATIC, FINANCE, "specificDirectoryUsers", _approval(), _group(group_id(3)), auto=True)
    yield _policy(CHOSEN, ADMINISTRATION, "allMemberUsers", _approval())


def _subject(id: str, type: str = "user") -> Json:
    return {"id": f"5b000000-0000-4f30-8a4b-{id[-12:]}", "objectId": id, "subjectType": type, "displayName": "somebody"}


def _assignments() -> Iterator[Json]:
    times = {"startDateTime": "2025-10-01T08:00:00Z", "recurrence": None}
    ends, never = "2026-10-01T08:00:00Z", None
    for number, (target, package, policy, state, until) in enumerate(
        (
            (_subject(user_id(1)), FINANCE, ASKING, "delivered", ends),
            (_subject(user_id(1)), FINANCE, AUTOMATIC, "delivered", never),
            (_subject(user_id(2)), FINANCE, ASKING, "expired", "2025-11-01T08:00:00Z"),
            (_subject(user_id(8)), ADMINISTRATION, CHOSEN, "delivered", ends),
            (_subject(GONE), PROJECT, OPEN, "delivered", ends),
            (_subject(SERVICE_PRINCIPAL_ID, "servicePrincipal"), FINANCE, ASKING, "delivered", ends),
        ),
        1,
    ):
        pattern = {"type": "afterDateTime" if until else "noExpiration", "endDateTime": until, "duration": None}
        yield {
            "id": f"a5510000-0000-4f30-8a4b-{number:012}",
            "state": state,
            "status": "Delivered" if state == "delivered" else "ExpiredNotificationTriggered",
            "expiredDateTime": until if state == "expired" else None,
            "schedule": {**times, "expiration": pattern},
            "customExtensionCalloutInstances": [],
            "target": target,
            "accessPackage": _package(package),
            "assignmentPolicy": {"id": policy, "displayName": f"Policy {policy[-1]}"},
        }


def _requests() -> Iterator[Json]:
    for number, (who, package, type, state, status) in enumerate(
        (
            (user_id(1), FINANCE, "userAdd", "delivered", "Fulfilled"),
            (user_id(2), FINANCE, "userRemove", "delivered", "Fulfilled"),
            (user_id(4), FINANCE, "userAdd", "pendingApproval", "PendingApproval"),
            (user_id(5), FINANCE, "userAdd", "denied", "DeniedByApprover"),
            (GONE, PROJECT, "userAdd", "delivered", "Fulfilled"),
        ),
        1,
    ):
        settled = None if state == "pendingApproval" else "2025-10-01T08:00:00Z"
        yield {
            "id": f"5e9e5700-0000-4f30-8a4b-{number:012}",
            "requestType": type,
            "state": state,
            "status": status,
            "createdDateTime": "2025-09-30T08:00:00Z",
            "completedDateTime": settled,
            "justification": "I work for somebody now",
            "answers": [],
            "schedule": None,
            "customExtensionCalloutInstances": [],
            "requestor": _subject(who),
            "accessPackage": _package(package),
        }


def _stage(number: int, result: str) -> Json:
    by = {"id": user_id(1), "displayName": "Ada Example", "userPrincipalName": "ada@contoso.example"}
    decided = result != "NotReviewed"
    return {
        "id": f"57a9e000-0000-4f30-8a4b-{number:012}",
        "displayName": None,
        "assignedToMe": False,
        "justification": "somebody is known to me" if decided else "",
        "reviewResult": result,
        "reviewedBy": by if decided else None,
        "reviewedDateTime": "2025-10-01T07:00:00Z" if decided else None,
        "status": "Completed" if decided else "InProgress",
    }


def _organizations() -> Iterator[Json]:
    tenant = {"@odata.type": "#microsoft.graph.azureActiveDirectoryTenant", "tenantId": FABRIKAM}
    domain = {"@odata.type": "#microsoft.graph.domainIdentitySource", "domainName": "supplier.example"}
    for id, source, state in ((CONTOSO_PARTNER, tenant, "configured"), (BY_DOMAIN, domain, "proposed")):
        name = "Fabrikam" if id == CONTOSO_PARTNER else "Supplier"
        sources = [{**source, "displayName": name}]
        sponsors: Json = {"internalSponsors": [], "externalSponsors": []}
        yield {**_named(id, name), "state": state, "identitySources": sources, **sponsors}


def _reviews() -> Iterator[Json]:
    roles = "/roleManagement/directory/roleAssignmentScheduleInstances?$filter=(roleDefinitionId eq '{}')"
    packages = "/identityGovernance/entitlementManagement/accessPackageAssignments?$filter=(accessPackageId eq '{}')"
    members = f"/groups/{group_id(3)}/transitiveMembers"
    both: Json = {"principalScopes": [{"query": "/users"}], "resourceScopes": []}
    both["resourceScopes"] += [{"query": f"/servicePrincipals/{SERVICE_PRINCIPAL_ID}"}, {"query": f"/groups/{GONE}"}]
    for number, (scope, each) in enumerate(
        (
            ({"query": members, "queryType": "MicrosoftGraph"}, {"query": f"/groups/{group_id(3)}"}),
            ({"query": roles.format(HELPDESK), "queryType": "MicrosoftGraph"}, None),
            ({"query": packages.format(FINANCE), "queryType": "MicrosoftGraph"}, None),
            (both, None),
            ({"query": "./members", "queryType": "MicrosoftGraph"}, {"query": "/groups?$filter=groupTypes/any()"}),
        ),
        1,
    ):
        often = {"pattern": {"type": "weekly", "interval": 1}, "range": {"type": "noEnd"}} if number == 1 else None
        yield {
            "id": f"5e71e000-0000-4f30-8a4b-{number:012}",
            "displayName": f"Review {number}",
            "status": "InProgress",
            "descriptionForAdmins": "Who still needs this?",
            "descriptionForReviewers": "Do they still need this?",
            "createdDateTime": "2025-09-01T08:00:00Z",
            "lastModifiedDateTime": "2025-10-01T08:00:00Z",
            "createdBy": {"id": user_id(1), "displayName": "Ada Example"},
            "scope": scope,
            "instanceEnumerationScope": each,
            "reviewers": [{"query": f"/users/{user_id(1)}", "queryType": "MicrosoftGraph", "queryRoot": None}],
            "fallbackReviewers": [{"query": f"/groups/{group_id(3)}/transitiveMembers", "queryType": "MicrosoftGraph"}],
            "stageSettings": [
                {"stageId": stage, "durationInDays": 3, "reviewers": [{"query": query, "queryType": "MicrosoftGraph"}]}
                for stage, query in (("1", f"/users/{user_id(2)}"), ("2", f"/users/{user_id(3)}"))
            ],
            "additionalNotificationRecipients": [
                {
                    "notificationTemplateType": "CompletedAdditionalRecipients",
                    "notificationRecipientScope": {"query": f"/users/{user_id(4)}", "queryType": "MicrosoftGraph"},
                }
            ],
            "settings": {
                "mailNotificationsEnabled": True,
                "reminderNotificationsEnabled": True,
                "autoApplyDecisionsEnabled": True,
                "defaultDecision": "Recommendation",
                "defaultDecisionEnabled": number == 1,
                "instanceDurationInDays": 14,
                "justificationRequiredOnApproval": True,
                "recommendationsEnabled": True,
                "recurrence": often,
            },
        }
