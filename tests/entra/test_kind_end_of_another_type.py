"""An id that Graph names for one kind of object, and that is the key of an object of another kind in the graph.

Sources: authenticationMethodTarget resource type (``targetType``); application resource type (``appId``), which is the
key of an application, and by which policies and agents name a service principal.
"""

from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, Ran, run_steps
from tests.entra.apps import ADA, GRAPH_SP, MANAGED_SP, PARTNER_SP, PAYROLL, PAYROLL_SP, STAFF, declare

pytestmark = pytest.mark.every_area

MANAGER = load()
PROTECTS = "azure_conditional_access_policy_protects_service_principal"
MANAGES = "azure_service_principal_manages_principal"
METHOD_GROUPS = "azure_authentication_method_configuration_assigned_user_group"
_ENDS = ("_fromEntityKey", "_toEntityKey")


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    declare(graph)
    plan = {"servicePlanId": "plan-1", "servicePlanName": "AAD_PREMIUM", "provisioningStatus": "Success"}
    graph.add("/subscribedSkus", {"id": "sku-1", "skuId": "sku", "capabilityStatus": "Enabled", "servicePlans": [plan]})
    return graph


def without_principals(tenant: GraphServer) -> GraphServer:
    """Take the service principals away, so that the application is registered and nothing else has its appId."""
    for key in (PAYROLL_SP, GRAPH_SP, PARTNER_SP, MANAGED_SP):
        tenant.remove("/servicePrincipals", key)
    return tenant


def ran(tenant: GraphServer, type: str) -> Ran:
    return run_steps(type, "azure_application", "azure_user", source=tenant, manager=MANAGER)


def strayed(ran: Ran, type: str, should_be: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the ends of relationships that are entities of another type than the relationship's name says."""
    types = {each["_key"]: name for name, records in ran.records.items() for each in records}
    ends = [(each[end], expected) for each in ran.records[type] for end, expected in zip(_ENDS, should_be, strict=True)]
    return [(key, types[key]) for key, expected in ends if types.get(key, expected) != expected]


def test_a_policy_for_an_application_without_a_service_principal_does_not_lead_to_the_application(
    tenant: GraphServer,
) -> None:
    conditions: dict[str, Any] = {"users": {}, "applications": {"includeApplications": [PAYROLL]}}
    policy = {"id": "policy-1", "displayName": "Payroll", "state": "enabled", "conditions": conditions}
    without_principals(tenant).add("/identity/conditionalAccess/policies", policy)
    found = ran(tenant, PROTECTS)
    assert strayed(found, PROTECTS, ("azure_conditional_access_policy", "azure_service_principal")) == []
    assert [each["_key"] for each in found.records["azure_application"]] == [PAYROLL]
    assert len(found.records[PROTECTS]) == 1


def test_an_agent_whose_blueprint_has_no_service_principal_is_not_managed_by_the_application(
    tenant: GraphServer,
) -> None:
    agent = {"id": "sp-agent", "agentIdentityBlueprintId": PAYROLL}
    without_principals(tenant).add("/servicePrincipals/microsoft.graph.agentIdentity", agent)
    found = ran(tenant, MANAGES)
    assert strayed(found, MANAGES, ("azure_service_principal", "azure_service_principal")) == []
    assert len(found.records[MANAGES]) == 1


def test_a_user_who_may_sign_in_with_a_method_is_no_group(tenant: GraphServer) -> None:
    targets = [{"targetType": "user", "id": ADA}, {"targetType": "group", "id": STAFF}]
    method = {"id": "Fido2", "state": "enabled", "includeTargets": targets}
    tenant.put("/policies/authenticationMethodsPolicy", {"id": "p", "authenticationMethodConfigurations": [method]})
    found = ran(tenant, METHOD_GROUPS)
    assert [each["_toEntityKey"] for each in found.records[METHOD_GROUPS]] == [STAFF]
    (configuration,) = found.records["azure_authentication_method_configuration"]
    assert configuration["includeTargetIds"] == [ADA, STAFF]
