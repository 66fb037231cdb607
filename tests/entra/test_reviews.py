"""Access reviews: what they are about, which the queries of a scope say, against what the queries were made of."""

import random
from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, assert_records, run_steps
from integration.testing.running import Ran

pytestmark = pytest.mark.every_area

MANAGER = load()
DEFINITIONS = "/identityGovernance/accessReviews/definitions"
REVIEW = "azure_access_review_definition"
FORMS = {
    "user_group": ("/groups/{}/transitiveMembers", "/v1.0/groups/{}", "/groups/{}/members/microsoft.graph.user/?x=1"),
    "service_principal": ("/servicePrincipals/{}/appRoleAssignedTo", "/v1.0/serviceprincipals/{}"),
    "ad_role_definition": (
        "/roleManagement/directory/roleDefinitions/{}",
        "/beta/roleManagement/directory/roleAssignmentScheduleInstances?$filter=(roleDefinitionId eq '{}')",
    ),
    "packages_services": (
        "/identityGovernance/entitlementManagement/accessPackageAssignments?$filter=(accessPackageId eq '{}' and "
        "assignmentPolicyId eq 'b0110000-0000-4f30-8a4b-000000000009')",
    ),
}
"""How queries name one thing of each type."""
NOBODY = ("./members", "/users", "/groups?$filter=(groupTypes/any(c:c eq 'Unified'))", "", None)
"""Queries that name none."""
EDGES = {kind: f"{REVIEW}_reviewed_{kind}" for kind in FORMS}
Json = dict[str, Any]


def read(graph: GraphServer) -> Ran:
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    management = "/identityGovernance/entitlementManagement/accessPackages"
    for path in ("/groups", "/servicePrincipals", "/roleManagement/directory/roleDefinitions", management):
        graph.add(path)
    return run_steps(REVIEW, *EDGES.values(), source=graph, manager=MANAGER)


@pytest.mark.parametrize("seed", range(8))
def test_a_review_leads_to_all_that_its_scope_names(seed: int, graph: GraphServer) -> None:
    rng = random.Random(seed)
    wanted: dict[str, set[tuple[str, str]]] = {kind: set() for kind in FORMS}
    for number in range(12):
        key = f"review-{seed}-{number:04}"

        def query(key: str = key) -> Json | None:
            if rng.random() < 0.3:
                return rng.choice([None, {}, {"query": rng.choice(NOBODY)}])
            kind, named = rng.choice([*FORMS]), f"{rng.randint(1, 4):08}-0000-4000-8000-000000000000"
            wanted[kind].add((key, named))
            return {"query": rng.choice(FORMS[kind]).format(named)}

        scope: Json | None = None
        if rng.random() < 0.5:
            scope = {"principalScopes": [query()], "resourceScopes": [query() for _ in range(rng.randint(0, 3))]}
        else:
            scope = query()
        graph.add(DEFINITIONS, {"id": key, "scope": scope, "instanceEnumerationScope": query()})
    ran = read(graph)
    assert {ran.verdicts[type] for type in (REVIEW, *EDGES.values())} == {"complete"}
    found = {
        kind: {(record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[type]}
        for kind, type in EDGES.items()
    }
    assert found == wanted


def test_what_becomes_of_a_review_is_told(graph: GraphServer) -> None:
    settings = {"autoApplyDecisionsEnabled": True, "defaultDecision": "Deny", "defaultDecisionEnabled": False,
                "instanceDurationInDays": 14, "recurrence": {"pattern": {"type": "weekly"}}}  # fmt: skip
    scope = {"query": "/groups/g-0000000001/members", "queryType": "MicrosoftGraph"}
    reviewers = [{"query": "./manager"}, {"query": "/users/u-0000000001"}]
    review = {"id": "review-0001", "displayName": "Guests", "descriptionForAdmins": "Who?", "status": "InProgress"}
    graph.add(DEFINITIONS, {**review, "settings": settings, "scope": scope, "reviewers": reviewers,
                            "createdBy": {"id": "u-0000000001"}, "createdDateTime": "1970-01-01T00:00:01Z"},
              {"id": "review-0002"})  # fmt: skip
    ran = read(graph)
    told = {
        "title": "Guests",
        "name": "Guests",
        "description": "Who?",
        "status": "InProgress",
        "defaultDecision": "Deny",
    }
    told |= {"scopeQuery": scope["query"], "recurrenceType": "weekly"}
    kept = {"scopeQueries": [scope["query"]], "reviewerQueries": ["./manager", "/users/u-0000000001"]}
    numbers = {"instanceDurationInDays": 14, "createdOn": 1000, "defaultDecisionEnabled": False}
    assert_records(
        ran.records[REVIEW],
        [
            {"_key": "review-0001", "_class": ["Review"], "createdById": "u-0000000001", **told, **kept, **numbers},
            {"_key": "review-0002", "title": "review-0002", "scopeQueries": [], "recurrenceType": None},
        ],
    )


def test_without_the_permission_the_type_names_it(graph: GraphServer) -> None:
    graph.add(DEFINITIONS)
    graph.fail(DEFINITIONS, status=403, code="UnAuthorized")
    result = read(graph).report.of(REVIEW)
    assert result.verdict == "failed"
    assert "AccessReview.Read.All" in result.reason
