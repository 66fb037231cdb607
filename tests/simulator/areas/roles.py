"""Roles of the directory: who has them, who may activate them, and what PIM asks for.

How to add to the demo is told in this package's docstring.
"""

from collections.abc import Iterator
from typing import Any

from tests.simulator.areas.apps import FINANCE_JOB
from tests.simulator.demo_ids import DEVICE_ID, SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.licences import PIM
from tests.simulator.properties import ADMINISTRATIVE_UNIT, ORGANIZATION_ID, Json
from tests.simulator.shelves import Shelf
from tests.simulator.tenant import Tenant

_DIRECTORY = "/roleManagement/directory"
_GROUPS = "/identityGovernance/privilegedAccess/group"
_WIDER = ("RoleManagement.Read.Directory", "RoleManagement.Read.All")
_QUERIED = frozenset({"$select", "$filter"})

SHELVES = (
    Shelf(f"{_DIRECTORY}/roleDefinitions", (*_WIDER, "Directory.Read.All"), options=_QUERIED, page=500),
    Shelf(f"{_DIRECTORY}/roleAssignments", (*_WIDER, "Directory.Read.All"), options=_QUERIED | {"$top"}),
    Shelf(
        f"{_DIRECTORY}/roleEligibilityScheduleInstances",
        ("RoleEligibilitySchedule.Read.Directory", *_WIDER),
        PIM,
        options=_QUERIED,
    ),
    Shelf(
        f"{_DIRECTORY}/roleAssignmentScheduleInstances",
        ("RoleAssignmentSchedule.Read.Directory", *_WIDER),
        PIM,
        options=_QUERIED,
        navigations=("activatedUsing",),
    ),
    Shelf(
        "/policies/roleManagementPolicyAssignments",
        (_WIDER[0], "RoleManagementPolicy.Read.Directory", _WIDER[1], "RoleManagementPolicy.Read.AzureADGroup"),
        PIM,
        navigations=("policy", "policy/rules", "policy/effectiveRules"),
        filters=(("scopeId",), ("scopeType",)),
    ),
    Shelf(
        f"{_GROUPS}/eligibilityScheduleInstances",
        ("PrivilegedEligibilitySchedule.Read.AzureADGroup",),
        PIM,
        filters=(("groupId", "principalId"),),
    ),
    Shelf(
        f"{_GROUPS}/assignmentScheduleInstances",
        ("PrivilegedAssignmentSchedule.Read.AzureADGroup",),
        PIM,
        filters=(("groupId", "principalId"),),
    ),
)
"""The endpoints of this area."""

GLOBAL_ADMINISTRATOR, HELPDESK = "62e90394-69f5-4237-9190-012177145e10", "729827e3-9c14-49f7-bb1b-9608f156bbb8"
GUESTS = "10dae51f-b6af-4016-8d66-8c2a99b929b3"
ATTRIBUTES = "8424c6f0-a189-499e-bbd0-26c1753c96d4"
READERS, OWN_ROLE = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "0afe0000-1d2e-4f30-8a4b-5c6d7e8f9001"
UNIT_EMEA, UNIT_BOARD = "a0000000-1d2e-4f30-8a4b-5c6d7e8f9001", "a0000000-1d2e-4f30-8a4b-5c6d7e8f9002"
_ADMINS = 7
"""The number of the group that roles can be assigned to."""
_GONE = "dead0000-1d2e-4f30-8a4b-5c6d7e8f9001"
"""Somebody who was deleted, and whose assignment stayed."""


def demo(tenant: Tenant) -> None:
    """Add this area's objects to the demo."""
    put = tenant.contents.put
    put(f"{_DIRECTORY}/roleDefinitions", *_definitions())
    put(f"{_DIRECTORY}/roleAssignments", *_assignments())
    put(f"{_DIRECTORY}/roleEligibilityScheduleInstances", *_eligibilities())
    put(f"{_DIRECTORY}/roleAssignmentScheduleInstances", *_schedules())
    put("/policies/roleManagementPolicyAssignments", *_policies(), *_policies_of_a_group())
    put(f"{_GROUPS}/eligibilityScheduleInstances", *_for_groups("eligibilityScheduleId"))
    put(f"{_GROUPS}/assignmentScheduleInstances", *_for_groups("assignmentScheduleId", assignmentType="activated"))
    for unit in _units():
        tenant.add(ADMINISTRATIVE_UNIT, unit)
    for member in (user_id(4), user_id(5), group_id(3), DEVICE_ID):
        tenant.relate(UNIT_EMEA, "members", member)
    tenant.relate(UNIT_BOARD, "members", user_id(6))


def _definitions() -> Iterator[Json]:
    named = {GLOBAL_ADMINISTRATOR: "Global Administrator", HELPDESK: "Helpdesk Administrator"}
    for role, name in {
        **named,
        READERS: "Directory Readers",
        ATTRIBUTES: "Attribute Definition Administrator",
        GUESTS: "Guest User",
        OWN_ROLE: "Application owners of finance",
    }.items():
        own = role == OWN_ROLE
        allowed = {"allowedResourceActions": ["microsoft.directory/users/password/update"], "condition": None}
        narrowed = {"allowedResourceActions": ["microsoft.directory/applications/owners/update"]}
        yield {
            "id": role,
            "description": f"What {name} may do.",
            "displayName": name,
            "isBuiltIn": not own,
            "isEnabled": True,
            "resourceScopes": ["/"],
            "templateId": role,
            "version": "2" if own else "1",
            "rolePermissions": [allowed, {**narrowed, "condition": "$SubjectIsOwner"}],
            "inheritsPermissionsFrom": [],
        }


def _assignment(number: int, principal: str, role: str, scope: str | None = "/", **more: Any) -> Json:
    return {
        "id": f"lAPpYvVpN0KRkAEhdxReEAssignment-{number:04}",
        "principalId": principal,
        "roleDefinitionId": role,
        "directoryScopeId": scope,
        "appScopeId": None,
        "condition": None,
        "principalOrganizationId": ORGANIZATION_ID,
        **more,
    }


def _assignments() -> Iterator[Json]:
    unit = f"/administrativeUnits/{UNIT_EMEA}"
    yield _assignment(1, user_id(1), GLOBAL_ADMINISTRATOR)
    yield _assignment(2, group_id(_ADMINS), HELPDESK)
    yield _assignment(3, user_id(2), HELPDESK, unit)
    yield _assignment(4, user_id(2), HELPDESK)
    yield _assignment(5, SERVICE_PRINCIPAL_ID, READERS)
    yield _assignment(6, user_id(3), OWN_ROLE, f"/{FINANCE_JOB}")
    yield _assignment(7, user_id(3), OWN_ROLE, f"/{SERVICE_PRINCIPAL_ID}")
    yield _assignment(8, user_id(4), OWN_ROLE, f"/{group_id(6)}")
    yield _assignment(9, user_id(4), OWN_ROLE, f"/{DEVICE_ID}")
    yield _assignment(10, user_id(4), OWN_ROLE, f"/{user_id(5)}", condition="$ResourceIsSelf")
    yield _assignment(11, _GONE, GLOBAL_ADMINISTRATOR)
    yield _assignment(12, user_id(5), READERS, None, appScopeId="/AccessPackageCatalog/finance")
    yield _assignment(13, group_id(_ADMINS), ATTRIBUTES, "/attributeSets/Engineering")


def _timed(number: int, principal: str, role: str, scope: str | None, ends: str | None, **more: Any) -> Json:
    times = {"startDateTime": "2025-10-01T08:00:00Z", "endDateTime": ends, "memberType": "Direct"}
    return {**_assignment(number, principal, role, scope), **times, **more}


def _eligibilities() -> Iterator[Json]:
    ends, unit = "2027-10-01T08:00:00Z", f"/administrativeUnits/{UNIT_EMEA}"
    rows = (
        _timed(1, user_id(5), GLOBAL_ADMINISTRATOR, "/", None),
        _timed(2, group_id(_ADMINS), HELPDESK, unit, ends),
        _timed(3, user_id(1), HELPDESK, unit, ends, memberType="Group"),
        _timed(4, SERVICE_PRINCIPAL_ID, READERS, f"/{FINANCE_JOB}", ends),
        _timed(5, user_id(6), OWN_ROLE, f"/{SERVICE_PRINCIPAL_ID}", ends),
        _timed(6, user_id(6), READERS, None, ends, appScopeId="/AccessPackageCatalog/finance"),
        _timed(7, user_id(6), ATTRIBUTES, "/attributeSets/Engineering", ends),
        _timed(8, user_id(6), OWN_ROLE, f"/{group_id(6)}", ends),
        _timed(9, user_id(6), OWN_ROLE, f"/{DEVICE_ID}", ends),
        _timed(10, user_id(6), OWN_ROLE, f"/{user_id(5)}", ends),
    )
    for number, row in enumerate(rows, 1):
        id = f"lAPpYvVpN0KRkAEhdxReEEligible-{number:04}-1-e"
        yield {**row, "id": id, "roleEligibilityScheduleId": f"e1161b1e-0000-4f30-8a4b-{number:012}"}


def _schedules() -> Iterator[Json]:
    activated = {"assignmentType": "Activated", "activatedUsing": {"id": "lAPpYvVpN0KRkAEhdxReEEligible-0001-1-e"}}
    for number, row in enumerate(_assignments(), 1):
        standing = {"startDateTime": "2025-10-01T08:00:00Z", "endDateTime": None, "assignmentType": "Assigned"}
        more = {"memberType": "Direct", "activatedUsing": None, "roleAssignmentOriginId": row["id"]}
        timed = {"endDateTime": "2027-10-01T16:00:00Z", **activated} if number == 3 else {}
        id = f"lAPpYvVpN0KRkAEhdxReESchedule-{number:04}-1"
        yield {**row, **standing, **more, **timed, "id": id, "roleAssignmentScheduleId": id}


def _rule(id: str, **content: Any) -> Json:
    return {"id": id, **content}


def _policies() -> Iterator[Json]:
    for number, (role, is_strict) in enumerate({GLOBAL_ADMINISTRATOR: True, HELPDESK: False}.items(), 1):
        policy = f"DirectoryRole_{ORGANIZATION_ID}_0a0a0a0a-0000-4f30-8a4b-{number:012}"
        yield policy_assignment(policy, "/", "DirectoryRole", role, is_strict=is_strict)


def _policies_of_a_group() -> Iterator[Json]:
    group = group_id(_ADMINS)
    for number, (access, is_strict) in enumerate({"member": True, "owner": False}.items(), 1):
        policy = f"Group_{group}_0d0d0d0d-0000-4f30-8a4b-{number:012}"
        yield policy_assignment(policy, group, "Group", access, is_strict=is_strict)


def policy_assignment(policy: str, scope: str, scope_type: str, role: str, *, is_strict: bool) -> Json:
    """What PIM asks for where a role is activated or assigned, as a listing gives it: much, or almost nothing."""
    people = [{"@odata.type": "#microsoft.graph.singleUser", "userId": user_id(1), "description": "Ada"}]
    group = [{"@odata.type": "#microsoft.graph.groupMembers", "groupId": group_id(_ADMINS), "description": "admins"}]
    strict = {"isApprovalRequired": True, "approvalStages": [{"primaryApprovers": [*people, *group]}]}
    lax: Json = {"isApprovalRequired": False, "approvalStages": []}
    enabled = ["MultiFactorAuthentication", "Justification", "Ticketing"] if is_strict else []
    rules = [
        _rule("Approval_EndUser_Assignment", setting=strict if is_strict else lax),
        _rule("Enablement_EndUser_Assignment", enabledRules=enabled),
        _rule("Enablement_Admin_Assignment", enabledRules=["Justification"]),
        _rule("Enablement_Admin_Eligibility", enabledRules=["MultiFactorAuthentication"]),
        _rule("Expiration_EndUser_Assignment", maximumDuration="PT4H", isExpirationRequired=True),
        _rule("Expiration_Admin_Eligibility", maximumDuration="P365D", isExpirationRequired=is_strict),
        _rule("Expiration_Admin_Assignment", maximumDuration="P180D", isExpirationRequired=is_strict),
        _rule("AuthenticationContext_EndUser_Assignment", isEnabled=is_strict, claimValue="c1" if is_strict else ""),
        _rule("Notification_Admin_EndUser_Assignment", notificationRecipients=["pim@contoso.example"]),
    ]
    return {
        "id": f"{policy}_{role}",
        "policyId": policy,
        "scopeId": scope,
        "scopeType": scope_type,
        "roleDefinitionId": role,
        "policy": {
            "id": policy,
            "displayName": scope_type,
            "isOrganizationDefault": not is_strict,
            "lastModifiedDateTime": "2025-11-03T09:00:00Z" if is_strict else None,
            "rules": rules,
        },
    }


def _for_groups(schedule: str, **more: Any) -> Iterator[Json]:
    own = "0b0b0b0b" if schedule.startswith("elig") else "0c0c0c0c"
    who = ((user_id(8), "member"), (user_id(9), "owner"), (group_id(3), "member"), (SERVICE_PRINCIPAL_ID, "member"))
    for number, (principal, access) in enumerate(who, 1):
        yield {
            "id": f"{group_id(_ADMINS)}_{access}_{own}-0000-4f30-8a4b-{number:012}",
            "groupId": group_id(_ADMINS),
            "principalId": principal,
            "accessId": access,
            "memberType": "direct",
            "startDateTime": "2025-10-01T08:00:00Z",
            "endDateTime": None if number == 1 else "2027-10-01T08:00:00Z",
            schedule: f"{own}-0000-4f30-8a4b-{number:012}",
            **more,
        }


def _units() -> Iterator[Json]:
    yield {"id": UNIT_EMEA, "displayName": "EMEA", "description": "Europe, Middle East and Africa"}
    yield {
        "id": UNIT_BOARD,
        "displayName": "Board",
        "membershipType": "Dynamic",
        "membershipRule": '(user.department -eq "Board")',
        "membershipRuleProcessingState": "On",
        "isMemberManagementRestricted": True,
        "visibility": "HiddenMembership",
    }
