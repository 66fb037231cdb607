"""A part of a policy that has another form than it is read in costs itself: the record stays, and says which part."""

from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, run_steps

pytestmark = pytest.mark.every_area

MANAGER = load()
SECRET = "hush-hush"
CONDITIONAL, POLICIES = "azure_conditional_access_policy", "/identity/conditionalAccess/policies"
GRANT, GRANTS = "azure_permission_grant_policy", "/policies/permissionGrantPolicies"
FLOWS = "authenticationFlows"


@pytest.mark.parametrize(
    ("type", "path", "odd", "problem"),
    [
        (CONDITIONAL, POLICIES, {"conditions": {FLOWS: [SECRET]}}, f"{FLOWS} is a list, not an object"),
        (CONDITIONAL, POLICIES, {"conditions": {FLOWS: 7}}, f"{FLOWS} is a number, not an object"),
        (GRANT, GRANTS, {"excludes": {"id": SECRET}}, "excludes is an object, not a list"),
        (GRANT, GRANTS, {"includes": [[SECRET]]}, "includes has a list in it, not an object"),
    ],
)
def test_an_odd_part_costs_itself(graph: GraphServer, type: str, path: str, odd: dict[str, Any], problem: str) -> None:
    graph.add(path, {"id": "odd", "displayName": "Odd", **odd}, {"id": "whole", "displayName": "Whole"})
    result = run_steps(type, source=graph, manager=MANAGER).report.of(type)
    assert (result.verdict, result.count) == ("partial", 2)
    assert f"odd: {problem}" in result.reason
    assert SECRET not in result.reason
