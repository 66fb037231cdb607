"""Made-up roles, their assignments and eligibilities, and what PIM asks for."""

import random
from collections.abc import Callable, Sequence

from tests.simulator.made_up.sizes import Sizes
from tests.simulator.made_up.values import guid, listed, moment, opaque
from tests.simulator.properties import ADMINISTRATIVE_UNIT, APPLICATION, GROUP, SERVICE_PRINCIPAL, USER, Json
from tests.simulator.tenant import Tenant

DIRECTORY = "/roleManagement/directory"
DEFINITIONS, ASSIGNMENTS = f"{DIRECTORY}/roleDefinitions", f"{DIRECTORY}/roleAssignments"
ELIGIBILITIES, SCHEDULES = (
    f"{DIRECTORY}/roleEligibilityScheduleInstances",
    f"{DIRECTORY}/roleAssignmentScheduleInstances",
)
POLICIES = "/policies/roleManagementPolicyAssignments"
OF_GROUPS = "/identityGovernance/privilegedAccess/group"
BUILT_IN = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "c4e39bd9-1100-46d3-8c65-fb160da0071f": "Authentication Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "cf1c38e5-3621-4004-a7cb-879624dced7c": "Application Developer",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
    "fdd7a751-b60b-444a-984c-02652fe8fa1c": "Groups Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "a0b1b346-4d3e-4e8b-98f8-753987be4970": "User",
}
_CUSTOM, _MANY_ROLES = 5, 100
_SCOPED_SHARE = 0.2


def fill(tenant: Tenant, sizes: Sizes, rng: random.Random) -> None:
    """Add role definitions, who has or may activate them, their policies, and eligible members of groups."""
    roles = [_definition(identity, name, rng) for identity, name in BUILT_IN.items()]
    roles += [_definition(guid(rng), f"Built-in role {n}", rng) for n in range(len(roles), _MANY_ROLES)]
    roles += [_definition(guid(rng), f"Custom role {n}", rng, custom=True) for n in range(_CUSTOM)]
    tenant.contents.put(DEFINITIONS, *roles)
    tenant.contents.put(POLICIES, *(_policy(role, tenant, rng) for role in roles))
    ids = [role["id"] for role in roles]
    people = listed(tenant, USER)
    principals = people * 3 + listed(tenant, SERVICE_PRINCIPAL)
    assignable = listed(tenant, GROUP)[: sizes.assignable_groups]
    for group in assignable:
        tenant.update(group, isAssignableToRole=True)
    scopes = [f"/administrativeUnits/{unit}" for unit in listed(tenant, ADMINISTRATIVE_UNIT)]
    scopes += [f"/{application}" for application in listed(tenant, APPLICATION)[:10]]
    for number in range(sizes.role_assignments):
        principal = assignable[number] if number < len(assignable) else rng.choice(principals)
        row = _assignment(rng.choice(ids), principal, scopes, rng)
        tenant.contents.put(ASSIGNMENTS, row)
        scheduled = {"assignmentType": "Assigned", "roleAssignmentOriginId": row["id"], "activatedUsing": None}
        tenant.contents.put(SCHEDULES, row | _period(rng) | scheduled | {"roleAssignmentScheduleId": row["id"]})
    for _ in range(sizes.eligibilities):
        row = _assignment(rng.choice(ids), rng.choice(people), scopes, rng)
        row["id"] += "-e"
        tenant.contents.put(ELIGIBILITIES, row | _period(rng) | {"roleEligibilityScheduleId": guid(rng)})
    for group in assignable:
        _make_eligible(tenant, group, rng.sample(people, min(len(people), 3)), rng)


def _definition(identity: str, name: str, rng: random.Random, *, custom: bool = False) -> Json:
    return {
        "id": identity,
        "description": f"What {name} may do",
        "displayName": name,
        "isBuiltIn": not custom,
        "isEnabled": True,
        "resourceScopes": ["/"],
        "templateId": identity,
        "version": None if custom else "1",
        "rolePermissions": [
            {
                "allowedResourceActions": [
                    f"microsoft.directory/{thing}/{verb}"
                    for thing in rng.sample(("users", "groups", "applications", "devices", "policies"), 3)
                    for verb in ("standard/read", "basic/update", "create", "delete")
                ],
                "condition": None,
            }
        ],
        "inheritsPermissionsFrom": [],
    }


def _assignment(role: str, principal: str, scopes: Sequence[str], rng: random.Random) -> Json:
    scope = rng.choice(scopes) if scopes and rng.random() < _SCOPED_SHARE else "/"
    return {
        "id": f"{opaque(rng)}-1",
        "principalId": principal,
        "directoryScopeId": scope,
        "appScopeId": None,
        "roleDefinitionId": role,
    }


def _period(rng: random.Random) -> Json:
    permanent = rng.random() < _SCOPED_SHARE
    end = None if permanent else moment(rng, 2026, 2027)
    return {"startDateTime": moment(rng, 2024), "endDateTime": end, "memberType": "Direct"}


def _policy(role: Json, tenant: Tenant, rng: random.Random) -> Json:
    """What PIM asks of whoever activates a role: the rules that say it."""
    policy = f"DirectoryRole_{tenant.id}_{guid(rng)}"
    target = {"caller": "EndUser", "operations": ["All"], "level": "Assignment", "inheritableSettings": []}
    kind = "#microsoft.graph.unifiedRoleManagementPolicy{}Rule"
    mfa = rng.random() >= _SCOPED_SHARE
    rules = [
        {
            "@odata.type": kind.format("Enablement"),
            "id": "Enablement_EndUser_Assignment",
            "enabledRules": ["MultiFactorAuthentication", "Justification"] if mfa else [],
            "target": target,
        },
        {
            "@odata.type": kind.format("Expiration"),
            "id": "Expiration_EndUser_Assignment",
            "isExpirationRequired": True,
            "maximumDuration": "PT8H",
            "target": target,
        },
        {
            "@odata.type": kind.format("Approval"),
            "id": "Approval_EndUser_Assignment",
            "target": target,
            "setting": {"isApprovalRequired": not mfa, "approvalMode": "SingleStage", "approvalStages": []},
        },
    ]
    return {
        "id": f"{policy}_{role['id']}",
        "policyId": policy,
        "scopeId": "/",
        "scopeType": "DirectoryRole",
        "roleDefinitionId": role["id"],
        "policy": {
            "id": policy,
            "displayName": "DirectoryRole",
            "description": "DirectoryRole",
            "isOrganizationDefault": False,
            "scopeId": "/",
            "scopeType": "DirectoryRole",
            "lastModifiedDateTime": None,
            "lastModifiedBy": {"displayName": None, "id": None},
            "rules": rules,
            "effectiveRules": rules,
        },
    }


def _make_eligible(tenant: Tenant, group: str, people: Sequence[str], rng: random.Random) -> None:
    for person in people:
        access = rng.choice(("member", "owner"))
        row = {"id": f"{group}_{access}_{guid(rng)}", "groupId": group, "principalId": person, "accessId": access}
        row |= _period(rng) | {"memberType": "direct"}
        tenant.contents.put(f"{OF_GROUPS}/eligibilityScheduleInstances", row | {"eligibilityScheduleId": row["id"]})
        activated = f"{row['id'][:-4]}ac71"
        more = {"id": activated, "assignmentScheduleId": activated, "assignmentType": "activated"}
        tenant.contents.put(f"{OF_GROUPS}/assignmentScheduleInstances", row | more)


def _appoint(tenant: Tenant, rng: random.Random) -> bool:
    """Give a role to a user, or take an assignment back."""
    roles, people, given = tenant.contents.keys(DEFINITIONS), listed(tenant, USER), tenant.contents.keys(ASSIGNMENTS)
    if given and rng.random() < 2 * _SCOPED_SHARE:
        tenant.contents.take(ASSIGNMENTS, rng.choice(given))
    elif roles and people:
        tenant.contents.put(ASSIGNMENTS, _assignment(rng.choice(roles), rng.choice(people), (), rng))
    return bool(roles and people)


CHANGES: dict[str, tuple[int, Callable[[Tenant, random.Random], bool]]] = {"appoint": (6, _appoint)}
