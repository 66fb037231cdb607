"""Directory roles, who has them or could, and administrative units, as awkward as tenants have them."""

from pathlib import Path
from typing import Any

import pytest

from integration import load
from integration.sdk.plugins import declared_steps
from integration.testing import GraphServer, assert_records, run_steps
from integration.testing.running import Ran

pytestmark = pytest.mark.every_area

MANAGER = load()
ROLES = "/roleManagement/directory/roleDefinitions"
ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
ELIGIBLE = "/roleManagement/directory/roleEligibilityScheduleInstances"
SCHEDULES = "/roleManagement/directory/roleAssignmentScheduleInstances"
POLICIES = "/policies/roleManagementPolicyAssignments"
FOR_GROUPS = "/identityGovernance/privilegedAccess/group"
UNITS = "/directory/administrativeUnits"

GLOBAL, HELPDESK = "62e90394-69f5-4237-9190-012177145e10", "729827e3-9c14-49f7-bb1b-9608f156bbb8"
ATTRIBUTES, OWN = "58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d", "0afe0000-1d2e-4f30-8a4b-5c6d7e8f9001"
ADA, BEN, ADMINS, STAFF = "user-0000-ada", "user-0000-ben", "group-admins", "group-staff"
ROBOT, APP, LAPTOP, UNIT = "sp-000-robot", "object-of-app", "device-laptop", "unit-0-emea"
GONE = "user-that-is-gone"
TENANT = "aaaabbbb-0000-1111-2222-ccccdddd0000"


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A Graph with people, and as much of what is around roles as Graph needs to answer at all."""
    graph.add("/organization", {"id": TENANT, "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/users", *({"id": id, "displayName": id, "userPrincipalName": f"{id}@x.example"} for id in (ADA, BEN)))
    graph.add("/groups", {"id": ADMINS, "displayName": "admins", "isAssignableToRole": True, "groupTypes": []})
    graph.add("/groups", {"id": STAFF, "displayName": "staff", "groupTypes": []})
    graph.add("/servicePrincipals", {"id": ROBOT, "appId": "app-id-robot", "displayName": "robot"})
    graph.add("/applications", {"id": APP, "appId": "app-id-robot", "displayName": "robot"})
    graph.add("/devices", {"id": LAPTOP, "displayName": "laptop", "deviceId": "id-of-laptop"})
    graph.add(UNITS, {"id": UNIT, "displayName": "EMEA"})
    graph.add(ROLES, role(GLOBAL, "Global Administrator"), role(HELPDESK, "Helpdesk Administrator"))
    for path in (ASSIGNMENTS, ELIGIBLE, SCHEDULES, POLICIES, "/directory/attributeSets"):
        graph.add(path)
    for of in ("eligibilityScheduleInstances", "assignmentScheduleInstances"):
        graph.add(f"{FOR_GROUPS}/{of}")
    return graph


def role(id: str, name: str | None, **more: Any) -> dict[str, Any]:
    built_in = {"id": id, "displayName": name, "isBuiltIn": True, "isEnabled": True, "templateId": id}
    return {**built_in, "resourceScopes": ["/"], "rolePermissions": [], "inheritsPermissionsFrom": [], **more}


def assigned(id: str, principal: str, role: str = GLOBAL, scope: str | None = "/", **more: Any) -> dict[str, Any]:
    told = {"id": id, "principalId": principal, "roleDefinitionId": role, "directoryScopeId": scope}
    return {**told, "appScopeId": None, "condition": None, "principalOrganizationId": TENANT, **more}


def timed(id: str, principal: str, role: str = GLOBAL, scope: str | None = "/", **more: Any) -> dict[str, Any]:
    times = {"startDateTime": "2025-10-01T08:00:00.1234567Z", "endDateTime": None, "memberType": "Direct"}
    return {**assigned(id, principal, role, scope), **times, **more}


def made(tenant: GraphServer, *types: str, out: Path | None = None) -> Ran:
    """Run types, all of which must be complete, and of which nothing may be rejected."""
    ran = run_steps(*types, source=tenant, manager=MANAGER, out=out)
    assert {type: ran.report.of(type).reason or ran.verdicts[type] for type in types} == dict.fromkeys(
        types, "complete"
    )
    assert {result.type: result.problems.get("rejected") for result in ran.report.results} == dict.fromkeys(
        [result.type for result in ran.report.results]
    )
    return ran


def ends(ran: Ran, type: str) -> list[tuple[str, str]]:
    return sorted((record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[type])


def dangling(ran: Ran, type: str) -> int:
    return int(ran.report.of(type).problems.get("danglingEnds", {}).get("count", 0))


def test_roles_tell_what_they_allow_everywhere_and_what_only_under_a_condition(tenant: GraphServer) -> None:
    own = {"allowedResourceActions": ["b/own/update", "a/own/read"], "condition": "$SubjectIsOwner"}
    everywhere = {
        "allowedResourceActions": ["z/all", "b/all", "z/all"],
        "excludedResourceActions": [],
        "condition": None,
    }
    tenant.add(
        ROLES,
        role("capital-role-01", "Global Administrator", templateId=GLOBAL.upper()),
        role(OWN, "Owners", isBuiltIn=False, templateId=None, version=None, rolePermissions=[everywhere, own, {}]),
        role("unnamed-role-01", None, description=None, isEnabled=None, resourceScopes=None, rolePermissions=None),
        {"id": "bare-role-0001", "isPrivileged": True},
    )
    found = made(tenant, "azure_ad_role_definition").records["azure_ad_role_definition"]
    assert_records(
        found,
        [
            {"_key": GLOBAL, "isPrivileged": True, "allowedActions": [], "systemRole": True, "active": True},
            {"_key": "capital-role-01", "isPrivileged": True},
            {"_key": HELPDESK, "isPrivileged": True},
            {
                "_key": OWN,
                "isPrivileged": None,
                "allowedActions": ["b/all", "z/all"],
                "conditionalActions": ["a/own/read", "b/own/update"],
                "version": None,
            },
            {"_key": "unnamed-role-01", "displayName": "unnamed-role-01", "isPrivileged": False, "active": None},
            {"_key": "bare-role-0001", "name": "bare-role-0001", "isPrivileged": None, "isBuiltIn": None},
        ],
    )
    assert not any("inherits" in name for record in found for name in record)


ACTIVE = "azure_ad_role_assignment"
_PRINCIPALS = ("azure_user", "azure_user_group", "azure_service_principal")


def test_assignments_keep_opaque_ids_and_tell_where_they_hold(tenant: GraphServer) -> None:
    tenant.add(
        ASSIGNMENTS,
        assigned("aBcDe-opaque-1", ADA),
        assigned("AbCdE-opaque-1", ADA, HELPDESK, f"/administrativeUnits/{UNIT}", condition="$ResourceIsSelf"),
        assigned("unit-is-gone-1", ADA, HELPDESK, "/administrativeUnits/unit-deleted"),
        assigned("on-group-00001", ADA, HELPDESK, f"/{STAFF}"),
        assigned("on-robot-00001", ADA, HELPDESK, f"/{ROBOT}"),
        assigned("on-app-0000001", ADA, HELPDESK, f"/{APP}"),
        assigned("on-laptop-0001", ADA, HELPDESK, f"/{LAPTOP}"),
        assigned("on-user-000001", ADA, HELPDESK, f"/{BEN}"),
        assigned("on-nothing-001", ADA, HELPDESK, "/object-that-is-gone"),
        assigned("of-group-00001", ADMINS, HELPDESK),
        assigned("of-robot-00001", ROBOT, "role-that-is-gone"),
        assigned("of-nobody-0001", GONE),
        assigned("in-catalog-001", BEN, HELPDESK, None, appScopeId="/AccessPackageCatalog/one"),
        assigned("in-catalog-002", BEN, HELPDESK, None, appScopeId="/AccessPackageCatalog/two"),
        assigned("attributes-001", BEN, ATTRIBUTES, "/attributeSets/Engineering"),
        {"id": "bare-scope-0001", "principalId": BEN, "roleDefinitionId": HELPDESK},
    )
    holds = [f"azure_ad_role_assignment_allows_{what}" for what in _PLACES]
    of = {f"{who}_assigned_ad_role_assignment": who for who in _PRINCIPALS}
    has = [f"{who}_has_ad_role_definition" for who in _PRINCIPALS]
    uses = "azure_ad_role_assignment_uses_definition"
    ran = made(tenant, ACTIVE, *holds, *of, *has, uses)
    in_unit = {
        "condition": "$ResourceIsSelf",
        "principalOrganizationId": TENANT,
        "scopeType": "administrativeUnit",
        "scopeId": UNIT,
    }
    in_catalog = {"scopeType": "application", "appScopeId": "/AccessPackageCatalog/one", "directoryScopeId": None}
    by_key = {record["_key"]: record for record in ran.records[ACTIVE]}
    assert len(by_key) == 16
    assert_records(
        [by_key[key] for key in ("aBcDe-opaque-1", "AbCdE-opaque-1", "in-catalog-001", "of-robot-00001")],
        [
            {"_key": "aBcDe-opaque-1", "scopeType": "tenant", "scopeId": None, "name": "Global Administrator"},
            {"_key": "AbCdE-opaque-1", "name": "Helpdesk Administrator", **in_unit},
            {"_key": "in-catalog-001", "scopeId": "/AccessPackageCatalog/one", **in_catalog},
            {"_key": "of-robot-00001", "name": "role-that-is-gone", "displayName": f"role-that-is-gone: {ROBOT}"},
        ],
    )
    assert by_key["bare-scope-0001"].get("scopeType") is None
    assert (by_key["attributes-001"]["scopeType"], by_key["attributes-001"]["scopeId"]) == (
        "attributeSet",
        "Engineering",
    )
    everywhere = ["aBcDe-opaque-1", "of-group-00001", "of-nobody-0001", "of-robot-00001"]
    assert ends(ran, holds[0]) == [(id, TENANT) for id in everywhere]
    assert ends(ran, holds[1]) == [("AbCdE-opaque-1", UNIT), ("unit-is-gone-1", "unit-deleted")]
    assert dangling(ran, holds[1]) == 1
    places = {"device": LAPTOP, "service_principal": ROBOT, "user_group": STAFF, "user": BEN}
    ids = {
        "device": "laptop-0001",
        "service_principal": "robot-00001",
        "user_group": "group-00001",
        "user": "user-000001",
    }
    for what, place in places.items():
        assert ends(ran, f"azure_ad_role_assignment_allows_{what}") == [(f"on-{ids[what]}", place)]
    assert ends(ran, holds[-1]) == [("on-app-0000001", "app-id-robot")]
    assert ends(ran, "azure_user_group_assigned_ad_role_assignment") == [(ADMINS, "of-group-00001")]
    assert ends(ran, "azure_service_principal_assigned_ad_role_assignment") == [(ROBOT, "of-robot-00001")]
    assert GONE not in {start for start, _ in ends(ran, "azure_user_assigned_ad_role_assignment")}
    having = {
        (record["_fromEntityKey"], record["_toEntityKey"]): (record["tenantWide"], record["scopeCount"])
        for record in ran.records["azure_user_has_ad_role_definition"]
    }
    assert having == {
        (ADA, GLOBAL): (True, 1),
        (ADA, HELPDESK): (False, 8),
        (BEN, HELPDESK): (False, 3),
        (BEN, ATTRIBUTES): (False, 1),
    }
    assert dangling(ran, uses) == 2


_PLACES = ["account", "administrative_unit", "device", "service_principal", "user_group", "user", "application"]


ELIGIBILITY, SCHEDULE = "azure_ad_role_eligibility", "azure_ad_role_assignment_schedule"


def test_eligibilities_through_a_group_are_told_once_and_those_without_an_end_are_permanent(
    tenant: GraphServer,
) -> None:
    tenant.add(
        ELIGIBLE,
        timed("eL-permanent-1-e", ADA),
        timed("el-permanent-1-e", BEN, HELPDESK, f"/administrativeUnits/{UNIT}", endDateTime="2027-01-01T00:00:00Z"),
        timed("of-group-one-1-e", ADMINS, HELPDESK),
        timed("through-group-1-e", BEN, HELPDESK, memberType="Group"),
        timed("inherited-one-1-e", BEN, HELPDESK, memberType="Inherited"),
        timed("new-kind-one-1-e", BEN, HELPDESK, memberType="unknownFutureValue"),
        timed("of-nobody-one-1-e", GONE, memberType=None),
        timed("on-app-one-one-1-e", ROBOT, HELPDESK, f"/{APP}"),
        timed("on-robot-one-1-e", ROBOT, HELPDESK, f"/{ROBOT}"),
        timed("over-attributes-1-e", ROBOT, HELPDESK, "/attributeSets/ENGINEERING"),
        {"id": "bare-eligible-1-e", "principalId": BEN, "roleDefinitionId": "role-that-is-gone"},
    )
    tenant.add("/directory/attributeSets", {"id": "Engineering"})
    holds = {what: f"azure_ad_role_eligibility_allows_{what}" for what in ("account", "administrative_unit")}
    on_app, on_robot = (f"azure_ad_role_eligibility_allows_{what}" for what in ("application", "service_principal"))
    of = [f"{who}_assigned_ad_role_eligibility" for who in _PRINCIPALS]
    uses = "azure_ad_role_eligibility_uses_definition"
    on_set = "azure_ad_role_eligibility_allows_attribute_set"
    ran = made(tenant, ELIGIBILITY, *holds.values(), on_app, on_robot, on_set, *of, uses)
    by_key = {record["_key"]: record for record in ran.records[ELIGIBILITY]}
    assert len(by_key) == 11
    permanent, limited = by_key["eL-permanent-1-e"], by_key["el-permanent-1-e"]
    assert (permanent["isPermanent"], permanent.get("expiresOn"), permanent["startOn"]) == (True, None, 1759305600123)
    assert (limited["isPermanent"], limited["expiresOn"], limited["scopeId"]) == (False, 1798761600000, UNIT)
    assert by_key["through-group-1-e"]["memberType"] == "Group"
    assert ends(ran, of[0]) == [(ADA, "eL-permanent-1-e"), (BEN, "el-permanent-1-e")]
    assert ends(ran, of[1]) == [(ADMINS, "of-group-one-1-e")]
    assert ends(ran, of[2]) == [
        (ROBOT, "on-app-one-one-1-e"),
        (ROBOT, "on-robot-one-1-e"),
        (ROBOT, "over-attributes-1-e"),
    ]
    assert ends(ran, on_set) == [("over-attributes-1-e", "azure_attribute_set:engineering")]
    assert ends(ran, holds["administrative_unit"]) == [("el-permanent-1-e", UNIT)]
    assert len(ends(ran, holds["account"])) == 6
    assert (ends(ran, on_app), ends(ran, on_robot)) == (
        [("on-app-one-one-1-e", "app-id-robot")],
        [("on-robot-one-1-e", ROBOT)],
    )
    assert dangling(ran, uses) == 1


def test_an_eligibility_leads_to_the_device_the_group_or_the_user_that_it_would_hold_on(tenant: GraphServer) -> None:
    tenant.add("/devices", {"id": "device-0001", "displayName": "laptop", "deviceId": "device-id-0001"})
    places = {"device": "device-0001", "user_group": ADMINS, "user": ADA}
    for what, id in places.items():
        tenant.add(ELIGIBLE, timed(f"on-a-{what}-1-e", BEN, HELPDESK, f"/{id}"))
    tenant.add(ELIGIBLE, timed("on-what-is-gone-1-e", BEN, HELPDESK, f"/{GONE}"))
    allows = {what: f"azure_ad_role_eligibility_allows_{what}" for what in places}
    ran = made(tenant, *allows.values())
    found = {what: ends(ran, type) for what, type in allows.items()}
    assert found == {what: [(f"on-a-{what}-1-e", id)] for what, id in places.items()}


def test_a_schedule_is_the_time_of_an_assignment_and_leads_to_what_was_activated(tenant: GraphServer) -> None:
    tenant.add(ASSIGNMENTS, assigned("standing-assigned", ADA), assigned("activated-one-1", BEN))
    tenant.add(ELIGIBLE, timed("eligible-of-ben-1-e", BEN))
    standing: dict[str, Any] = {
        "assignmentType": "Assigned",
        "roleAssignmentOriginId": "standing-assigned",
        "activatedUsing": None,
    }
    activated = {"assignmentType": "Activated", "roleAssignmentOriginId": "activated-one-1"}
    tenant.add(
        SCHEDULES,
        timed("standing-assigned", ADA, **standing),
        timed("activated-time-1", BEN, activatedUsing={"id": "eligible-of-ben-1-e"}, **activated),
        timed("activated-lost-1", BEN, activatedUsing={"id": "eligibility-gone-1-e"}, **activated),
        timed("activated-mute-1", BEN, activatedUsing={}, **activated),
        timed("through-group-1", BEN, HELPDESK, memberType="Group", roleAssignmentOriginId=None, activatedUsing=None),
        {"id": "bare-schedule-1", "principalId": GONE, "roleDefinitionId": GLOBAL, "activatedUsing": None},
    )
    of = "azure_user_assigned_ad_role_assignment_schedule"
    using = "azure_ad_role_assignment_schedule_uses_eligibility"
    same = "azure_ad_role_assignment_schedule_is_assignment"
    ran = made(tenant, SCHEDULE, of, using, same, "azure_ad_role_assignment_schedule_uses_definition")
    own_key = f"{SCHEDULE}:standing-assigned"
    by_key = {record["_key"]: record for record in ran.records[SCHEDULE]}
    assert set(by_key) == {
        own_key,
        "activated-time-1",
        "activated-lost-1",
        "activated-mute-1",
        "through-group-1",
        "bare-schedule-1",
    }
    assert (by_key[own_key]["id"], by_key[own_key]["isActivated"]) == ("standing-assigned", False)
    assert by_key["activated-time-1"]["isActivated"] is True
    assert ends(ran, of)[0] == (ADA, own_key)
    assert ends(ran, using) == [
        ("activated-lost-1", "eligibility-gone-1-e"),
        ("activated-time-1", "eligible-of-ben-1-e"),
    ]
    assert dangling(ran, using) == 1
    assert (own_key, "standing-assigned") in ends(ran, same)
    assert len(ends(ran, same)) == 4


def rule(id: str, **content: Any) -> dict[str, Any]:
    return {"id": id, "target": {"caller": id.split("_")[1], "level": id.split("_")[2]}, **content}


def policy(id: str, role: str | None, rules: list[dict[str, Any]] | None, **more: Any) -> dict[str, Any]:
    own = {"id": f"policy-{id}", "isOrganizationDefault": False, "lastModifiedDateTime": None, "rules": rules}
    of_roles = {"scopeId": "/", "scopeType": "DirectoryRole"}
    return {"id": id, "policyId": f"policy-{id}", "roleDefinitionId": role, "policy": own, **of_roles, **more}


def test_the_rules_of_the_one_who_activates_are_not_those_of_the_one_who_assigns(tenant: GraphServer) -> None:
    people = [
        {"@odata.type": "#microsoft.graph.singleUser", "userId": ADA, "description": "Ada"},
        {"@odata.type": "#microsoft.graph.singleUser", "userId": GONE},
        {"@odata.type": "#microsoft.graph.groupMembers", "groupId": ADMINS},
        {"@odata.type": "#microsoft.graph.requestorManager", "managerLevel": 1},
        {"@odata.type": "#microsoft.graph.unknownApprovers", "userId": None},
    ]
    stages = [{"primaryApprovers": people, "escalationApprovers": []}, {"primaryApprovers": None}]
    rules = [
        rule("Approval_EndUser_Assignment", setting={"isApprovalRequired": True, "approvalStages": stages}),
        rule("Approval_Admin_Assignment", setting={"isApprovalRequired": False, "approvalStages": []}),
        rule("Enablement_EndUser_Assignment", enabledRules=["MultiFactorAuthentication", "Future"]),
        rule("Enablement_Admin_Assignment", enabledRules=["Justification"]),
        rule("Enablement_Admin_Eligibility", enabledRules=["Ticketing"]),
        rule("Expiration_EndUser_Assignment", maximumDuration="PT8H", isExpirationRequired=True),
        rule("Expiration_Admin_Eligibility", maximumDuration=None, isExpirationRequired=False),
        rule("Expiration_Admin_Assignment", maximumDuration="P180D", isExpirationRequired=None),
        rule("AuthenticationContext_EndUser_Assignment", isEnabled=False, claimValue="c1"),
        rule("Notification_Admin_EndUser_Assignment", notificationRecipients=["b@x.example", "a@x.example"]),
        rule("Notification_Admin_Admin_Eligibility", notificationRecipients=None),
        rule("Notification_Approver_EndUser_Assignment", notificationRecipients=["approver@x.example"]),
        rule("FutureRule_EndUser_Assignment", something={"new": True}),
    ]
    empty = [
        rule("Approval_EndUser_Assignment", setting=None),
        rule("Enablement_EndUser_Assignment", enabledRules=None),
    ]
    tenant.add(
        POLICIES,
        policy("policy-assignment-1", GLOBAL, rules),
        policy("policy-assignment-2", HELPDESK, empty),
        policy("policy-assignment-3", "role-that-is-gone", []),
        policy("policy-assignment-4", None, None),
        policy("policy-assignment-5", OWN, None, policy=None),
    )
    type, restricts = "azure_role_management_policy", "azure_role_management_policy_restricts_ad_role_definition"
    users, groups = (f"azure_role_management_policy_assigned_{who}" for who in ("user", "user_group"))
    ran = made(tenant, type, restricts, users, groups)
    found = {record["_key"]: record for record in ran.records[type]}
    assert sorted(found) == [f"policy-assignment-{number}" for number in range(1, 6)]
    first, second = found["policy-assignment-1"], found["policy-assignment-2"]
    wanted = {
        "category": "config",
        "approvalRequired": True,
        "approverUserIds": sorted([ADA, GONE]),
        "approverGroupIds": [ADMINS],
        "activationRequiresMfa": True,
        "activationRequiresJustification": False,
        "activationRequiresTicket": False,
        "activationMaximumDuration": "PT8H",
        "activationAuthenticationContext": None,
        "assignmentRequiresJustification": True,
        "permanentEligibilityAllowed": True,
        "permanentActiveAllowed": None,
        "notifiedAdministrators": ["a@x.example", "b@x.example"],
    }
    assert {name: first.get(name) for name in wanted} == wanted
    assert (second.get("approvalRequired"), second["activationRequiresMfa"]) == (None, False)
    assert ends(ran, users) == [("policy-assignment-1", ADA), ("policy-assignment-1", GONE)]
    assert (dangling(ran, users), ends(ran, groups)) == (1, [("policy-assignment-1", ADMINS)])
    assert len(ends(ran, restricts)) == 4
    assert dangling(ran, restricts) == 2


def test_rules_that_cannot_be_read_cost_their_own_role(tenant: GraphServer) -> None:
    approvers = [{"@odata.type": "#microsoft.graph.singleUser", "userId": ADA}]
    setting = {"isApprovalRequired": True, "approvalStages": [{"primaryApprovers": approvers}]}
    tenant.add(
        POLICIES,
        policy("policy-assignment-1", GLOBAL, [rule("Approval_EndUser_Assignment", setting=setting)]),
        policy("policy-assignment-2", HELPDESK, []),
    )
    tenant.fail(POLICIES, status=500, times=1, retry_after=100_000)
    type, restricts = "azure_role_management_policy", "azure_role_management_policy_restricts_ad_role_definition"
    users = f"{type}_assigned_user"
    ran = run_steps(type, restricts, users, source=tenant, manager=MANAGER)
    assert {each: ran.verdicts[each] for each in (type, restricts, users)} == dict.fromkeys(
        (type, restricts, users), "partial"
    )
    assert ran.report.of(type).reason.count("HTTP 500") == 1
    assert sorted(record["_key"] for record in ran.records[type]) == ["policy-assignment-1", "policy-assignment-2"]
    assert ends(ran, users) == [("policy-assignment-1", ADA)]
    assert len(ends(ran, restricts)) == 2


OF_GROUP = "azure_privileged_access_group_policy"
ELIGIBLE_IN_GROUP, TIMED_IN_GROUP = (
    "azure_privileged_access_group_eligibility",
    "azure_privileged_access_group_assignment",
)


def in_group(id: str, group: str, principal: str, access: str | None, **more: Any) -> dict[str, Any]:
    who = {"id": id, "groupId": group, "principalId": principal, "accessId": access, "memberType": "direct"}
    return {**who, "startDateTime": "2025-10-01T08:00:00Z", "endDateTime": None, **more}


def test_only_groups_that_roles_can_be_assigned_to_are_asked_and_the_others_are_told(tenant: GraphServer) -> None:
    second = "group-admins-two"
    tenant.add("/groups", {"id": second, "displayName": "two", "isAssignableToRole": True})
    tenant.add("/groups", {"id": "group-dynamic-1", "displayName": "all", "groupTypes": ["DynamicMembership"]})
    tenant.add("/groups", {"id": "group-synced-01", "displayName": "ad", "onPremisesSyncEnabled": True})
    tenant.add(
        f"{FOR_GROUPS}/eligibilityScheduleInstances",
        in_group(f"{ADMINS}_member_1", ADMINS, ADA, "member"),
        in_group(f"{ADMINS}_owner_2", ADMINS, ROBOT, "owner", endDateTime="2027-01-01T00:00:00Z"),
        in_group(f"{second}_member_3", second, ADMINS, "unknownFutureValue", memberType="group", status="Provisioned"),
        in_group(f"{ADMINS}_member_4", ADMINS, GONE, None),
        in_group(f"{STAFF}_member_5", STAFF, BEN, "member"),
    )
    tenant.add(
        f"{FOR_GROUPS}/assignmentScheduleInstances",
        in_group(f"{ADMINS}_member_6", ADMINS, BEN, "member", assignmentType="activated"),
        in_group(f"{ADMINS}_member_7", ADMINS, ADA, "owner", assignmentType="assigned"),
        {"id": f"{ADMINS}_member_8", "groupId": ADMINS, "principalId": ADA},
    )
    has = [f"{who}_has_privileged_access_group_eligibility" for who in _PRINCIPALS]
    allows = [f"{type}_allows_user_group" for type in (ELIGIBLE_IN_GROUP, TIMED_IN_GROUP)]
    ran = made(tenant, ELIGIBLE_IN_GROUP, TIMED_IN_GROUP, *has, *allows)
    eligible = {record["_key"]: record for record in ran.records[ELIGIBLE_IN_GROUP]}
    assert sorted(eligible) == sorted(
        [f"{ADMINS}_member_1", f"{ADMINS}_owner_2", f"{second}_member_3", f"{ADMINS}_member_4"]
    )
    assert eligible[f"{ADMINS}_member_1"]["isPermanent"] is True
    assert eligible[f"{ADMINS}_owner_2"]["isPermanent"] is False
    active = {record["_key"]: record for record in ran.records[TIMED_IN_GROUP]}
    assert {key: record.get("isActivated") for key, record in active.items()} == {
        f"{ADMINS}_member_6": True,
        f"{ADMINS}_member_7": False,
        f"{ADMINS}_member_8": None,
    }
    assert ends(ran, has[0]) == [(ADA, f"{ADMINS}_member_1")]
    assert ends(ran, has[1]) == [(ADMINS, f"{second}_member_3")]
    assert ends(ran, has[2]) == [(ROBOT, f"{ADMINS}_owner_2")]
    assert len(ends(ran, allows[0])) == 4
    owner = next(record for record in ran.records[allows[0]] if record["_fromEntityKey"] == f"{ADMINS}_owner_2")
    assert owner["accessId"] == "owner"
    left = ran.report.of(ELIGIBLE_IN_GROUP).problems
    assert "1 groups that no role can be assigned to" in str(left) or "leftOut" in str(left), left
    assert not any(STAFF in request for request in tenant.requests if "privilegedAccess" in request)


def test_a_group_that_pim_does_not_manage_has_no_policy_and_lacks_none(tenant: GraphServer) -> None:
    tenant.fail(POLICIES, status=404, code="ResourceNotFound")
    result = made(tenant, OF_GROUP).report.of(OF_GROUP)
    assert (result.verdict, result.count) == ("complete", 0)
    assert sum(POLICIES in each for each in tenant.requests) == 1


def test_units_tell_who_is_in_them_and_hidden_members_are_not_none(tenant: GraphServer) -> None:
    more = {
        "membershipRule": '(user.department -eq "x")',
        "membershipRuleProcessingState": "On",
        "visibility": "Public",
    }
    tenant.add(UNITS, {"id": "unit-dynamic-1", "displayName": None, "membershipType": "Dynamic", **more})
    tenant.add(UNITS, {"id": "unit-future-01", "displayName": "", "membershipType": "unknownFutureValue"})
    nobody = {"@odata.type": "#microsoft.graph.orgContact", "id": "contact-000001"}
    strange = {"@odata.type": "#microsoft.graph.agentUser", "id": "agent-user-001", "displayName": "agent"}
    gone = {"@odata.type": "#microsoft.graph.user", "id": GONE, "displayName": "gone"}
    tenant.add("/users", {"id": "agent-user-001", "displayName": "agent", "userPrincipalName": "agent@x.example"})
    tenant.relate(UNITS, UNIT, "members", ADA, STAFF, LAPTOP, nobody, strange, gone)
    has = [f"azure_administrative_unit_has_{who}" for who in ("user", "user_group", "device")]
    ran = made(tenant, "azure_administrative_unit", *has)
    assert_records(
        ran.records["azure_administrative_unit"],
        [
            {"_key": UNIT, "displayName": "EMEA", "isDynamic": False},
            {"_key": "unit-dynamic-1", "name": "unit-dynamic-1", "isDynamic": True, **more},
            {"_key": "unit-future-01", "name": "unit-future-01", "isDynamic": False},
        ],
    )
    assert [ends(ran, type) for type in has] == [
        [(UNIT, "agent-user-001"), (UNIT, ADA), (UNIT, GONE)],
        [(UNIT, STAFF)],
        [(UNIT, LAPTOP)],
    ]
    assert dangling(ran, has[0]) == 1
    tenant.add(UNITS, {"id": "unit-hidden-01", "displayName": "hidden", "visibility": "HiddenMembership"})
    hidden = run_steps(*has, source=tenant, manager=MANAGER)
    assert {type: hidden.verdicts[type] for type in has} == dict.fromkeys(has, "partial")
    assert "Member.Read.Hidden" in hidden.report.of(has[0]).reason


def test_later_runs_tell_what_a_fresh_one_tells(tenant: GraphServer, tmp_path: Path) -> None:
    """People, roles, groups and units come and go: what is made of them follows, wherever it is made of two of them."""
    own = role(OWN, "Owners", isBuiltIn=False)
    tenant.add(ROLES, own)
    tenant.add(ASSIGNMENTS, assigned("assignment-ada", ADA, OWN), assigned("assignment-ben", BEN, OWN, f"/{LAPTOP}"))
    tenant.add(ASSIGNMENTS, assigned("assignment-sp-1", ROBOT, OWN, f"/{APP}"), assigned("assignment-late", GONE))
    tenant.add(ELIGIBLE, timed("eligible-ben-1-e", BEN, OWN), timed("eligible-on-it-1-e", BEN, OWN, f"/{LAPTOP}"))
    tenant.add(SCHEDULES, timed("schedule-ada-1", ADA, OWN, activatedUsing={"id": "eligible-ben-1-e"}))
    tenant.add(POLICIES, policy("policy-assignment-1", OWN, []))
    tenant.add(f"{FOR_GROUPS}/eligibilityScheduleInstances", in_group(f"{ADMINS}_member_1", ADMINS, BEN, "member"))
    tenant.relate(UNITS, UNIT, "members", ADA, BEN, LAPTOP)
    for relation in ("registeredUsers", "registeredOwners"):
        tenant.relate("/devices", LAPTOP, relation, ADA, BEN)
    types = [
        step.name
        for step in declared_steps(MANAGER)
        if step.module in {f"entra.{name}" for name in _MODULES} and step.name not in _NEEDS_CONTEXTS
    ]

    def read(out: str) -> dict[str, list[dict[str, Any]]]:
        ran = run_steps(*types, source=tenant, manager=MANAGER, out=tmp_path / out)
        assert {type: ran.report.of(type).reason for type in types if ran.verdicts[type] != "complete"} == {}
        return dict(ran.records)

    first = read("run")
    assert sum(1 for type in types if first[type]) > len(types) // 2
    assert read("run") == first

    def everything_at_once() -> None:
        tenant.add(ROLES, {**own, "displayName": "Owners, renamed", "rolePermissions": None})
        tenant.remove("/users", BEN)
        tenant.add("/users", {"id": GONE, "displayName": "back", "userPrincipalName": "back@x.example"})
        tenant.add("/devices", {"id": LAPTOP, "displayName": "renamed", "deviceId": "id-of-laptop", "isRooted": True})

    def scopes_go() -> None:
        tenant.remove("/devices", LAPTOP)
        tenant.remove(ASSIGNMENTS, "assignment-ada")
        tenant.remove("/applications", APP)
        tenant.add("/applications", {"id": "other-object", "appId": "app-id-robot", "displayName": "again"})
        tenant.add(ELIGIBLE, timed("eligible-ben-1-e", ADA, OWN, f"/administrativeUnits/{UNIT}"))

    def units_and_groups_go() -> None:
        tenant.remove(UNITS, UNIT)
        tenant.remove("/groups", ADMINS)
        tenant.remove(ROLES, HELPDESK)
        tenant.add(SCHEDULES, timed("schedule-ada-1", ADA, OWN, memberType="Group", activatedUsing=None))

    for number, happens in enumerate((everything_at_once, scopes_go, units_and_groups_go)):
        happens()
        assert read("run") == read(f"fresh-{number}")
        assert read("run") == read("run")


_MODULES = (
    "administrative_unit",
    "device",
    "privileged_access_group",
    "role_assignment",
    "role_assignment_schedule",
    "role_definition",
    "role_eligibility",
    "role_management_policy",
)
_NEEDS_CONTEXTS = {"azure_role_management_policy_uses_conditional_access_authorization_context"}
