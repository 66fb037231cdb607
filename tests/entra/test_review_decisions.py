"""What was decided in access reviews, against what was put in."""

import random
from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, assert_records, run_steps
from integration.testing.running import Ran
from tests.simulator import Simulator, demo_tenant

pytestmark = pytest.mark.every_area

MANAGER = load()
DEFINITIONS = "/identityGovernance/accessReviews/definitions"
INSTANCE, DECISION = "azure_access_review_instance", "azure_access_review_decision"
NOBODY = "00000000-0000-0000-0000-000000000000"
WHOSE = {"userIdentity": "user", "servicePrincipalIdentity": "service_principal"}
WHAT = {
    "Group": "user_group",
    "ServicePrincipal": "service_principal",
    "AccessPackageAssignmentPolicy": "packages_policy",
}
EDGES = {
    **{kind: f"{DECISION}_reviewed_{kind}" for kind in WHOSE.values()},
    **{f"to {kind}": f"{DECISION}_evaluates_{kind}" for kind in WHAT.values()},
    "by": "azure_user_performed_access_review_decision",
    "in": "azure_access_review_instance_has_decision",
    "of": "azure_access_review_definition_has_instance",
}
Json = dict[str, Any]


def read(graph: GraphServer) -> Ran:
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    for path in ("/groups", "/servicePrincipals", "/users"):
        graph.add(path)
    graph.add("/identityGovernance/entitlementManagement/assignmentPolicies")
    return run_steps(INSTANCE, DECISION, *EDGES.values(), source=graph, manager=MANAGER)


def series(graph: GraphServer, key: str, *instances: str) -> None:
    """Put a series with reviews in it, which have no decision yet."""
    graph.add(DEFINITIONS, {"id": key, "displayName": f"Series {key}"})
    reviews = [{"id": each, "status": "Applied"} for each in instances]
    graph.relate(DEFINITIONS, key, "instances", *reviews)
    graph.add(f"{DEFINITIONS}/{key}/instances", *reviews)


@pytest.mark.parametrize("seed", range(6))
def test_each_decision_leads_to_whose_and_what_access_it_is_about(seed: int, graph: GraphServer) -> None:
    rng = random.Random(seed)
    wanted: dict[str, set[tuple[str, str]]] = {name: set() for name in EDGES}
    graph.add(DEFINITIONS)
    count = 0
    for definition in (f"series-{seed}-{number}" for number in range(5)):
        instances = [f"{definition}-{number}" for number in range(rng.randrange(4))]
        series(graph, definition, *instances)
        wanted["of"] |= {(definition, each) for each in instances}
        for instance in instances:
            rows = []
            for _ in range(rng.randrange(5)):
                count += 1
                key = f"decision-{seed}-{count:04}"
                kind, type = rng.choice([*WHOSE, "unheardOf", None]), rng.choice([*WHAT, "AzureRole", None])
                whose, what, by = (f"{name}-{rng.randrange(4):04}" for name in ("whose", "what", "reviewer"))
                by = rng.choice([by, NOBODY, ""])
                row: Json = {"id": key, "reviewedBy": {"id": by} if by else None}
                if kind is not None:
                    row["principal"] = {"@odata.type": f"#microsoft.graph.{kind}", "id": whose}
                if type is not None:
                    row["resource"] = {"type": type, "id": what}
                rows.append(row)
                wanted["in"].add((instance, key))
                if kind in WHOSE:
                    wanted[WHOSE[kind]].add((key, whose))
                if type in WHAT:
                    wanted[f"to {WHAT[type]}"].add((key, what))
                if by.startswith("reviewer"):
                    wanted["by"].add((by, key))
            graph.relate(f"{DEFINITIONS}/{definition}/instances", instance, "decisions", *rows)

    ran = read(graph)

    assert {ran.verdicts[type] for type in (INSTANCE, DECISION, *EDGES.values())} == {"complete"}
    found = {
        name: {(record["_fromEntityKey"], record["_toEntityKey"]) for record in ran.records[type]}
        for name, type in EDGES.items()
    }
    assert found == wanted
    assert {record["_key"] for record in ran.records[DECISION]} == {key for _, key in wanted["in"]}


def test_a_decision_tells_what_was_decided_and_not_why(graph: GraphServer) -> None:
    series(graph, "series-0001", "review-0001")
    decided = {"decision": "Deny", "recommendation": "Approve", "reviewedDateTime": "1970-01-01T00:00:01Z"}
    links = {
        "principalLink": "https://graph.example/v1.0/users/user-0001",
        "resourceLink": "https://g.example/groups/g-1",
    }
    graph.relate(
        f"{DEFINITIONS}/series-0001/instances",
        "review-0001",
        "decisions",
        {"id": "decision-0001", "justification": "PLANTED", **decided, **links, "reviewedBy": {"id": "user-0002"}},
    )
    ran = read(graph)
    told = {"decision": "Deny", "recommendation": "Approve", "reviewedOn": 1000, "title": "access is Deny"}
    ids = {"principalId": "user-0001", "resourceId": "g-1", "reviewedById": "user-0002", "instanceId": "review-0001"}
    assert_records(ran.records[DECISION], [{"_key": "decision-0001", "_class": ["Review"], **told, **ids}])
    assert_records(ran.records[INSTANCE], [{"_key": "review-0001", "name": "Series series-0001", "status": "Applied"}])
    assert "PLANTED" not in str(ran.records)


def test_a_review_that_refuses_costs_its_own_decisions(graph: GraphServer) -> None:
    series(graph, "series-0001", "review-0001", "review-0002")
    for number in (1, 2):
        parents = f"{DEFINITIONS}/series-0001/instances"
        graph.relate(parents, f"review-000{number}", "decisions", {"id": f"decision-000{number}"})
    graph.fail(f"{DEFINITIONS}/series-0001/instances/review-0002/decisions", status=403, code="UnAuthorized")
    ran = read(graph)
    assert ran.verdicts[DECISION] == "partial"
    assert [record["_key"] for record in ran.records[DECISION]] == ["decision-0001"]


def test_decisions_are_not_asked_for_unless_they_are_named() -> None:
    with Simulator(demo_tenant()) as simulator:
        run_steps("azure_access_review_definition", source=simulator, manager=MANAGER)
        assert not [path for path in simulator.stats.requests if "instances" in path]
