"""Roles that Microsoft Intune and entitlement management give by themselves, against what was put in."""

import random

import pytest

from integration import load
from integration.testing import GraphServer, run_steps
from integration.testing.running import Ran

pytestmark = pytest.mark.every_area

MANAGER = load()
ROLE, ASSIGNMENT = "intune_role_definition", "intune_role_assignment"
USES = "intune_role_assignment_uses_definition"
HAS, ALLOWS = "azure_user_group_has_intune_role_assignment", "intune_role_assignment_allows_azure_user_group"
OVER_CATALOG = "azure_access_packages_role_assignment"
CATALOGS, CATALOG_ROLES = "/identityGovernance/entitlementManagement/catalogs", "/roleManagement/entitlementManagement"
ACTIONS = [
    f"Microsoft.Intune_{what}_{verb}" for what in ("DeviceConfigurations", "Roles") for verb in ("Read", "Assign")
]
PLANS = [{"servicePlanId": f"plan-{name}", "servicePlanName": name} for name in ("AAD_PREMIUM_P2", "INTUNE_A")]


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A tenant with the licences and three groups."""
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/subscribedSkus", {"id": "t_1", "skuId": "s", "capabilityStatus": "Enabled", "servicePlans": PLANS})
    graph.add("/groups", *({"id": f"group-{n:06}", "displayName": f"group {n}"} for n in range(3)))
    return graph


def pairs(ran: Ran, type: str) -> set[tuple[str, str]]:
    return {(row["_fromEntityKey"], row["_toEntityKey"]) for row in ran.records[type]}


@pytest.mark.parametrize("seed", range(4))
def test_each_assignment_leads_to_its_role_its_members_and_its_scope(seed: int, tenant: GraphServer) -> None:
    rng = random.Random(seed)
    groups = [*(f"group-{n:06}" for n in range(3)), "group-gone"]
    expected: dict[str, set[tuple[str, str]]] = {USES: set(), HAS: set(), ALLOWS: set()}
    allowed: dict[str, list[str]] = {}
    tenant.add("/deviceManagement/roleAssignments")
    for number in range(5):
        role = f"role-{number:06}"
        parts = [rng.sample(ACTIONS, rng.randint(0, 3)) for _ in range(rng.randint(0, 2))]
        actions = [
            {"resourceActions": [{"allowedResourceActions": part, "notAllowedResourceActions": None}]} for part in parts
        ]
        tenant.add("/deviceManagement/roleDefinitions", {"id": role, "displayName": role, "rolePermissions": actions})
        allowed[f"{ROLE}:{role}"] = sorted({action for part in parts for action in part})
        given = [f"assignment-{number}-{n:04}" for n in range(rng.randint(0, 3))]
        tenant.relate("/deviceManagement/roleDefinitions", role, "roleAssignments", *({"id": id} for id in given))
        for id in given:
            members, scopes = rng.sample(groups, rng.randint(0, 3)), rng.sample(groups, rng.randint(0, 2))
            row = {"id": id, "displayName": None, "members": members, "resourceScopes": scopes}
            tenant.add("/deviceManagement/roleAssignments", row)
            expected[USES].add((f"{ASSIGNMENT}:{id}", f"{ROLE}:{role}"))
            expected[HAS] |= {(member, f"{ASSIGNMENT}:{id}") for member in members}
            expected[ALLOWS] |= {(f"{ASSIGNMENT}:{id}", scope) for scope in scopes}
    ran = run_steps(USES, HAS, ALLOWS, source=tenant, manager=MANAGER)
    assert {row["_key"]: row["allowedActions"] for row in ran.records[ROLE]} == allowed
    assert {type: pairs(ran, type) for type in expected} == expected
    assert set(ran.verdicts.values()) == {"complete"}


def test_who_has_a_role_over_a_catalog_is_read_catalog_by_catalog(tenant: GraphServer) -> None:
    tenant.add("/users", {"id": "user-000-ada", "displayName": "Ada", "userPrincipalName": "ada@x.example"})
    tenant.add("/servicePrincipals", {"id": "sp-000-robot", "appId": "app-robot", "displayName": "robot"})
    tenant.add(
        CATALOGS, *({"id": f"catalog-{n}", "displayName": f"catalog {n}", "accessPackages": []} for n in range(3))
    )
    tenant.add(f"{CATALOG_ROLES}/roleDefinitions", {"id": "role-owner", "displayName": "Catalog owner"})
    tenant.add(f"{CATALOG_ROLES}/roleAssignments")
    given = [
        ("user-000-ada", "role-owner", 0), ("group-000001", "role-owner", 1), ("sp-000-robot", "role-other", 1),
        ("user-that-is-gone", "role-owner", 0),
    ]  # fmt: skip
    for number, (principal, role, catalog) in enumerate(given):
        scope = f"/AccessPackageCatalog/catalog-{catalog}"
        row = {"id": f"given-{number:06}", "principalId": principal, "roleDefinitionId": role, "appScopeId": scope}
        tenant.add(f"{CATALOG_ROLES}/roleAssignments", row)
    kinds = ("user", "user_group", "service_principal")
    whom = [f"azure_{kind}_assigned_access_packages_role_assignment" for kind in kinds]
    over = "azure_access_packages_role_assignment_allows_catalog"
    ran = run_steps(*whom, over, source=tenant, manager=MANAGER)
    assert {row["_key"]: row["name"] for row in ran.records[OVER_CATALOG]} == {
        "given-000000": "Catalog owner", "given-000001": "Catalog owner", "given-000002": "role-other",
        "given-000003": "Catalog owner",
    }  # fmt: skip
    assert [pairs(ran, type) for type in whom] == [
        {("user-000-ada", "given-000000")}, {("group-000001", "given-000001")}, {("sp-000-robot", "given-000002")},
    ]  # fmt: skip
    assert pairs(ran, over) == {
        (f"given-{number:06}", f"azure_access_packages_catalog_catalog-{catalog}")
        for number, (_, _, catalog) in enumerate(given)
    }


def test_a_catalog_whose_roles_are_refused_costs_these_alone(tenant: GraphServer) -> None:
    tenant.add(CATALOGS, {"id": "catalog-0", "displayName": "catalog", "accessPackages": []})
    tenant.add(f"{CATALOG_ROLES}/roleDefinitions")
    tenant.fail(f"{CATALOG_ROLES}/roleAssignments", status=403, code="UnAuthorized")
    report = run_steps(OVER_CATALOG, "azure_access_packages_catalog", source=tenant, manager=MANAGER).report
    assert report.of(OVER_CATALOG).verdict in ("failed", "partial")
    assert report.of("azure_access_packages_catalog").verdict == "complete"
