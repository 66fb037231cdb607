"""An object that lacks what it is about has no other end: its types are not complete, and nothing goes for it."""

from typing import Any

import pytest

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.testing import GraphServer, run_steps
from integration.text.secret import Secret
from tests.entra.apps import ADA, GRAPH_SP, PAYROLL_SP, assignment, declare

pytestmark = pytest.mark.every_area

MANAGER = load()
ASSIGNMENTS, GRANTS = "/roleManagement/directory/roleAssignments", "/oauth2PermissionGrants"
OF_APPLICATION = "appRoleAssignedTo"
ROLE = {"id": "role-0001", "displayName": "Reader", "isBuiltIn": True, "rolePermissions": []}
ASSIGNED = {"id": "assigned-0001", "principalId": ADA, "roleDefinitionId": "role-0001", "directoryScopeId": "/"}
GRANT = {"id": "grant-0001", "clientId": PAYROLL_SP, "resourceId": GRAPH_SP, "scope": "Mail.Read"}
SKU = {"id": "t_s", "skuId": "sku"}
ODD: list[Any] = [None, "", 5]


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    declare(graph)
    graph.add("/roleManagement/directory/roleDefinitions", ROLE)
    return graph


def is_partial_for(tenant: GraphServer, name: str, *types: str) -> None:
    """Hold that types whose only object has lost a property keep what they had, and say which property that is."""
    report: Report = read(tenant, *types, fresh=True)
    for type in types:
        assert report.of(type).verdict == "partial", type
        assert name in report.of(type).reason
    assert not any(counts.get("deleted") for counts in report.changes.values())
    assert report.exit_code() == 0


def read(tenant: GraphServer, *types: str, fresh: bool = False) -> Report:
    config = Config(graph_url=tenant.url, access_token=Secret(tenant.token), fresh=fresh)
    return run(MANAGER, plan(MANAGER, only=types), config, out="out")


def is_whole(tenant: GraphServer, *types: str) -> None:
    report = read(tenant, *types)
    assert {(report.of(type).verdict, report.of(type).count) for type in types} == {("complete", 1)}


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("roleDefinitionId", ("azure_ad_role_assignment_uses_definition", "azure_user_has_ad_role_definition")),
        ("principalId", ("azure_user_assigned_ad_role_assignment", "azure_user_has_ad_role_definition")),
    ],
)
def test_an_assignment_of_a_directory_role(name: str, types: tuple[str, ...], odd: Any, tenant: GraphServer) -> None:
    tenant.add(ASSIGNMENTS, ASSIGNED)
    is_whole(tenant, *types)
    tenant.add(ASSIGNMENTS, {**ASSIGNED, name: odd})
    is_partial_for(tenant, name, *types)


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_assignment_of_a_role_of_an_application(odd: Any, tenant: GraphServer) -> None:
    types = ("azure_user_has_app_role_assignment", "azure_service_principal_assigned_user")
    given = assignment("given-0001", "00000000-0000-0000-0000-000000000000", ADA, "User", PAYROLL_SP)
    tenant.relate("/servicePrincipals", PAYROLL_SP, OF_APPLICATION, given)
    is_whole(tenant, *types)
    tenant.unrelate("/servicePrincipals", PAYROLL_SP, OF_APPLICATION, "given-0001")
    tenant.relate("/servicePrincipals", PAYROLL_SP, OF_APPLICATION, {**given, "principalType": odd})
    is_partial_for(tenant, "principalType", *types)


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_a_grant_of_a_permission(odd: Any, tenant: GraphServer) -> None:
    tenant.add(GRANTS, GRANT)
    is_whole(tenant, "azure_oauth2_permission_grant_allows_scope")
    tenant.add(GRANTS, {**GRANT, "resourceId": odd})
    is_partial_for(tenant, "resourceId", "azure_oauth2_permission_grant_allows_scope")


@pytest.mark.parametrize("odd", [None, 5, True, ["plan"]], ids=repr)
def test_no_key_is_made_of_what_is_no_text(odd: Any, tenant: GraphServer) -> None:
    name = "azure_subscribed_sku_has_service_plan"
    tenant.add("/subscribedSkus", {**SKU, "servicePlans": [{"servicePlanId": "plan"}]})
    is_whole(tenant, name)
    tenant.add("/subscribedSkus", {**SKU, "servicePlans": [{"servicePlanId": odd}]})
    tenant.add("/subscribedSkus", {"id": "t_2", "skuId": "sku2", "servicePlans": [{"servicePlanId": "plan"}]})
    is_partial_for(tenant, "azure_subscribed_sku", name)


@pytest.mark.parametrize("odd", [5, ["/"], {"id": "/"}], ids=repr)
def test_a_scope_that_is_no_text_fails_no_type(odd: Any, tenant: GraphServer) -> None:
    types = ("azure_ad_role_assignment", "azure_ad_role_assignment_allows_account")
    tenant.add(ASSIGNMENTS, ASSIGNED)
    is_whole(tenant, *types)
    tenant.add(ASSIGNMENTS, {**ASSIGNED, "directoryScopeId": odd})
    is_partial_for(tenant, "directoryScopeId", *types)


def test_whom_graph_names_in_capitals_is_found(tenant: GraphServer) -> None:
    told = {**ASSIGNED, "principalId": ADA.upper(), "directoryScopeId": f"/{PAYROLL_SP.upper()}"}
    tenant.add(ASSIGNMENTS, told)
    whose, on = "azure_user_assigned_ad_role_assignment", "azure_ad_role_assignment_allows_service_principal"
    ran = run_steps(whose, on, source=tenant, manager=MANAGER)
    assert [(each["_fromEntityKey"], each["_toEntityKey"]) for each in ran.records[whose]] == [(ADA, "assigned-0001")]
    assert [each["_toEntityKey"] for each in ran.records[on]] == [PAYROLL_SP]


@pytest.mark.parametrize("odd", [{}, "", 0, False, "a text", {"a": "b"}], ids=repr)
def test_what_is_no_list_is_not_taken_for_an_empty_one(odd: Any, tenant: GraphServer) -> None:
    name = "azure_subscribed_sku_has_service_plan"
    tenant.add("/subscribedSkus", {**SKU, "servicePlans": [{"servicePlanId": "plan"}]})
    is_whole(tenant, name)
    tenant.add("/subscribedSkus", {**SKU, "servicePlans": odd})
    is_partial_for(tenant, "servicePlans is ", name)
