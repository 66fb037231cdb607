"""Children that are not listed below their parents: with a single parent alone, or elsewhere by the parent's id."""

from typing import Any

import pytest
import requests

from integration import load
from integration.errors import BadAnswer
from integration.http.auth import NoToken
from integration.sources.msgraph.answers import Answer
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.tasks import Questions, Task
from integration.sources.request import Request
from integration.testing import GraphServer, run_steps
from integration.testing.running import Ran

MANAGER = load()
MANAGEMENT = "/identityGovernance/entitlementManagement"
REQUESTS, PACKAGES = f"{MANAGEMENT}/assignmentRequests", f"{MANAGEMENT}/accessPackages"
APPROVALS = f"{MANAGEMENT}/accessPackageAssignmentApprovals"
APPROVER = "azure_access_packages_approver"
NAMES = [f"request-{number:04}" for number in range(30)]


def approvers(graph: GraphServer) -> Ran:
    return run_steps(APPROVER, source=graph, manager=MANAGER)


@pytest.fixture
def asked(graph: GraphServer) -> GraphServer:
    """A Graph with requests, each of which somebody approved."""
    for name in NAMES:
        graph.add(REQUESTS, {"id": name, "requestor": None, "accessPackage": None})
        graph.add(APPROVALS, {"id": name})
        graph.relate(APPROVALS, name, "stages", {"id": f"stage-of-{name}", "reviewResult": "Approve"})
    return graph


def test_the_id_of_a_parent_goes_into_the_path(asked: GraphServer) -> None:
    ran = approvers(asked)
    assert ran.verdicts[APPROVER] == "complete"
    assert {record["requestId"]: record["id"] for record in ran.records[APPROVER]} == {
        name: f"stage-of-{name}" for name in NAMES
    }
    assert sum(f"GET {APPROVALS}/{NAMES[0]}/stages?" in each for each in asked.requests) == 1
    assert len([each for each in asked.requests if "$batch" in each]) == 2


@pytest.mark.parametrize("code", ["", "Request_ResourceNotFound"])
def test_what_has_no_approval_costs_one_question_and_lacks_nothing(asked: GraphServer, code: str) -> None:
    asked.fail(f"{APPROVALS}/*[13579]/stages", status=404, code=code)
    ran = approvers(asked)
    assert ran.verdicts[APPROVER] == "complete"
    assert {record["requestId"] for record in ran.records[APPROVER]} == {
        name for name in NAMES if int(name[-1]) % 2 == 0
    }
    assert len([each for each in asked.requests if "/stages" in each]) == len(NAMES)


def test_where_an_application_may_read_no_approvals_the_type_fails(asked: GraphServer) -> None:
    asked.fail(f"{APPROVALS}/*/stages", status=403, code="UnAuthorized")
    ran = approvers(asked)
    assert ran.verdicts[APPROVER] == "failed"
    assert "EntitlementManagement.Read.All" in ran.report.of(APPROVER).reason


def questions() -> Questions:
    request = Request("relation", PACKAGES, "resourceRoleScopes", ("id", "role", "scope"))
    return Questions(GraphClient("https://graph.microsoft.com", NoToken(), requests.Session()), request, [])


def answer(**body: Any) -> Answer:
    return Answer(f"{PACKAGES}/p", 200, {}, body)


def test_what_comes_with_a_parent_alone_is_asked_for_as_the_reference_does() -> None:
    path = questions().inner(Task(("p",))).path
    assert path.endswith(f"{PACKAGES}/p?$select=id&$expand=resourceRoleScopes($expand=role,scope)")


def test_more_of_what_comes_with_a_parent_is_followed() -> None:
    link = "https://graph.microsoft.com/v1.0/more?$skiptoken=1"
    page = questions().page(
        answer(id="p", resourceRoleScopes=[{"id": "a"}], **{"resourceRoleScopes@odata.nextLink": link})
    )
    assert ([row["id"] for row in page.rows], page.next_link) == (["a"], link)
    last = questions().page(answer(value=[{"id": "b"}]))
    assert ([row["id"] for row in last.rows], last.next_link) == (["b"], None)


def test_a_parent_without_what_was_asked_for_is_no_whole_answer() -> None:
    with pytest.raises(BadAnswer):
        questions().page(answer(id="p"))
