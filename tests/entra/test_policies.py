"""Policies in the shapes that Graph answers with: words that stand for many, and what came with newer features."""

from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, run_steps
from tests.entra.apps import declare

pytestmark = pytest.mark.every_area

MANAGER = load()
POLICY = "azure_conditional_access_policy"
PAGE = "/identity/conditionalAccess/policies"


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    declare(graph)
    premium = {"servicePlanId": "plan-1", "servicePlanName": "AAD_PREMIUM", "provisioningStatus": "Success"}
    graph.add(
        "/subscribedSkus", {"id": "sku-1", "skuId": "sku", "capabilityStatus": "Enabled", "servicePlans": [premium]}
    )
    return graph


def test_words_for_agents_name_nobody_and_no_application_in_particular(tenant: GraphServer) -> None:
    users: dict[str, Any] = {"includeUsers": ["AllAgentIdUsers"], "excludeUsers": ["AllAgentIdUsers"]}
    conditions = {"users": users, "applications": {"includeApplications": ["AllAgentIdResources"]}}
    tenant.add(PAGE, {"id": "policy-1", "displayName": "Agents", "state": "enabled", "conditions": conditions})
    types = [f"{POLICY}_assigned_user", f"{POLICY}_allows_user", f"{POLICY}_protects_service_principal"]
    ran = run_steps(*types, source=tenant, manager=MANAGER)
    (policy,) = ran.records[POLICY]
    assert policy["includeUsers"] == policy["excludeUsers"] == ["AllAgentIdUsers"]
    assert policy["includeApplications"] == ["AllAgentIdResources"]
    assert policy["appliesToAllUsers"] is policy["appliesToAllApplications"] is False
    assert [(ran.report.of(type).verdict, ran.records[type]) for type in types] == [("complete", [])] * 3
