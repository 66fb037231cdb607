"""Collections that Graph gives in parts, in other states, or by links that have gone bad: nothing passes for less."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from integration.terminal.summary_text import sentences
from integration.testing import GraphServer, Ran, run_steps

OUT = Path("out")
USERS = [{"id": f"user-{number}", "displayName": f"User {number}"} for number in range(1, 5)]
KIND = "#microsoft.graph.user"


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """Four users, and a group of two of them."""
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    graph.add("/users", *USERS)
    graph.add("/groups", {"id": "group-1", "displayName": "Group 1", "securityEnabled": True})
    for number in (1, 2):
        graph.relate("/groups", "group-1", "members", {"id": f"user-{number}", "@odata.type": KIND})
    return graph


def runs(graph: GraphServer, *types: str) -> Ran:
    return run_steps(*types, source=graph, out=OUT)


def runs_afresh(graph: GraphServer, *types: str) -> Ran:
    """Run without what was read before; the graph is still there."""
    for path in OUT.glob("mirror.db*"):
        path.unlink()
    return runs(graph, *types)


@pytest.mark.parametrize(("status", "tries"), [(500, 6), (503, 6), (504, 6), (404, 6), (206, 3), (403, 1), (400, 1)])
def test_a_delta_link_that_has_gone_bad_is_given_up_in_the_same_run(
    status: int, tries: int, tenant: GraphServer
) -> None:
    runs(tenant, "azure_user")
    tenant.add("/users", {"id": "user-5", "displayName": "User 5"})
    tenant.fail("/users/delta", status=status, code="UnknownError", times=tries)
    ran = runs(tenant, "azure_user")
    assert (ran.report.of("azure_user").verdict, len(ran.records["azure_user"])) == ("complete", 5)
    assert "the delta link is given up" in str(ran.report.reading["readWhole"])


def test_the_delta_link_of_a_relation_is_given_up_too(tenant: GraphServer) -> None:
    runs(tenant, "azure_user_group_has_user")
    tenant.relate("/groups", "group-1", "members", {"id": "user-3", "@odata.type": KIND})
    tenant.fail("/groups/delta", status=504, code="UnknownError", times=12)
    ran = runs(tenant, "azure_user_group_has_user")
    assert ran.report.of("azure_user_group_has_user").verdict == "complete"
    assert len(ran.records["azure_user_group_has_user"]) == 3


def test_where_the_whole_read_fails_as_well_the_type_fails_and_keeps_what_it_has(tenant: GraphServer) -> None:
    runs(tenant, "azure_user")
    for path in ("/users/delta", "/users"):
        tenant.fail(path, status=504, code="UnknownError", times=60)
    ran = runs(tenant, "azure_user")
    assert ran.report.of("azure_user").verdict == "failed"
    assert ran.report.changes == {}


@pytest.mark.parametrize("spelling", ["HiddenMembership", "Hiddenmembership", "hiddenmembership", "HIDDENMEMBERSHIP"])
def test_a_group_that_hides_its_members_is_known_in_any_spelling(spelling: str, tenant: GraphServer) -> None:
    runs(tenant, "azure_user_group_has_user")
    for number in (1, 2):
        tenant.unrelate("/groups", "group-1", "members", f"user-{number}")
    tenant.add("/groups", {"id": "group-1", "displayName": "Group 1", "securityEnabled": True, "visibility": spelling})
    ran = runs_afresh(tenant, "azure_user_group_has_user")
    result = ran.report.of("azure_user_group_has_user")
    assert (result.verdict, len(ran.records["azure_user_group_has_user"])) == ("partial", 2)
    assert "Member.Read.Hidden" in result.reason


def test_a_tenant_without_an_organization_fails_its_account_and_loses_nothing(tenant: GraphServer) -> None:
    types = ("azure_account", "azure_account_has_user")
    runs(tenant, *types)
    tenant.remove("/organization", "contoso")
    ran = runs(tenant, *types)
    assert [ran.report.of(name).verdict for name in types] == ["failed", "skipped"]
    assert "Graph named no organization" in ran.report.of("azure_account").reason
    assert "Graph named no organization" in ran.report.of("azure_account_has_user").reason
    assert ran.report.changes == {}


def test_two_organizations_are_told(tenant: GraphServer) -> None:
    tenant.add("/organization", {"id": "other", "displayName": "Other", "verifiedDomains": []})
    assert "Graph named 2 organizations" in runs(tenant, "azure_account").report.of("azure_account").reason


@pytest.mark.parametrize(
    "odd",
    [
        {"verifiedDomains": [{"isDefault": True}]},
        {"verifiedDomains": ["x", 7, None]},
        {"verifiedDomains": "contoso.example"},
        {"verifiedDomains": [{"name": 5, "isInitial": True}]},
        {"directorySizeQuota": "5"},
        {"directorySizeQuota": [1]},
    ],
)
def test_an_odd_property_of_the_organization_costs_that_property(odd: dict[str, object], tenant: GraphServer) -> None:
    tenant.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": [], **odd})
    ran = runs(tenant, "azure_account", "azure_account_has_user")
    assert {result.verdict for result in ran.report.results} == {"complete"}


@pytest.mark.parametrize(("largest", "asked"), [(120, 100), (500, 100)])
def test_a_page_that_graph_refuses_for_its_size_is_asked_for_in_smaller_ones(
    largest: int, asked: int, tenant: GraphServer
) -> None:
    tenant.largest_top = largest
    ran = runs(tenant, "azure_user", "azure_user_group_has_user")
    assert {result.verdict for result in ran.report.results} == {"complete"}
    assert ran.report.reading["smallerPages"] == {"/users": asked, "/groups": asked}


def test_a_property_that_graph_does_not_know_costs_that_property(tenant: GraphServer) -> None:
    tenant.undeclared = {"employeeType", "employeeHireDate"}
    for number in (1, 2):
        asked = len(tenant.requests)
        ran = runs(tenant, "azure_user", "azure_user_group_has_user")
        assert {result.verdict for result in ran.report.results} == {"complete"}
        assert len(ran.records["azure_user"]) == 4
        assert ran.report.reading["unknownProperties"] == {"/users": ["employeeHireDate", "employeeType"]}
        told = "Without employeeHireDate, employeeType of /users, which Graph does not know here."
        assert (number, told in sentences(ran.report, OUT)) == (number, True)
    assert any(each.startswith("GET /groups/delta?") for each in tenant.requests[asked:])
    assert not any(each.startswith(("GET /users?", "GET /groups?")) for each in tenant.requests[asked:])
    assert any("employeeId" in each and "employeeType" not in each for each in tenant.requests)


@pytest.mark.every_area
@pytest.mark.parametrize("others", [0, 60])
def test_a_property_that_graph_does_not_know_of_related_objects_costs_that_property(
    others: int, tenant: GraphServer
) -> None:
    tenant.undeclared = {"audiences", "issuer"}
    for number in range(others + 1):
        application = {"id": f"app-{number}", "appId": f"app-id-{number}", "displayName": f"App {number}"}
        tenant.add("/applications", application)
        credential = {"id": f"credential-{number}", "name": "CI", "issuer": "x", "subject": "y", "audiences": ["z"]}
        tenant.relate("/applications", application["id"], "federatedIdentityCredentials", credential)
    for number in range(3):
        if number == 2:  # which goes on with one that was cut short
            with closing(sqlite3.connect(OUT / "mirror.db")) as database, database:
                database.execute("UPDATE about SET value = 'open' WHERE name = 'run'")
        ran = runs(tenant, "azure_federated_identity_credential")
        assert ran.report.of("azure_federated_identity_credential").verdict == "complete"
        records = ran.records["azure_federated_identity_credential"]
        assert [record.get("subject") for record in records] == ["y"] * (others + 1)
        path = "/applications/{id}/federatedIdentityCredentials"
        assert ran.report.reading["unknownProperties"] == {path: ["audiences", "issuer"]}


@pytest.mark.parametrize("again", [{"employeeType"}, {"employeeType", "employeeHireDate"}])
def test_a_property_that_graph_knows_by_now_is_read_with_the_next_run(again: set[str], tenant: GraphServer) -> None:
    tenant.undeclared = {"employeeType", "employeeHireDate"}
    tenant.add("/users", {**USERS[0], "employeeType": "Contractor"})
    runs(tenant, "azure_user")
    tenant.undeclared -= again
    ran = runs(tenant, "azure_user")
    left_out = {"/users": ["employeeHireDate"]} if tenant.undeclared else None
    assert ran.report.reading.get("unknownProperties") == left_out
    assert {record.get("employeeType") for record in ran.records["azure_user"]} == {None, "Contractor"}
    assert "Graph knows employeeType" in str(ran.report.reading["readWhole"]) or not tenant.undeclared
    asked = len(tenant.requests)
    runs(tenant, "azure_user")
    assert not any(each.startswith("GET /users?") for each in tenant.requests[asked:])


def test_a_page_that_graph_never_manages_is_asked_for_in_smaller_ones(tenant: GraphServer) -> None:
    tenant.fail("/users", status=504, code="UnknownError", times=6)
    ran = runs(tenant, "azure_user")
    assert (ran.report.of("azure_user").verdict, len(ran.records["azure_user"])) == ("complete", 4)
    assert ran.report.reading["smallerPages"] == {"/users": 100}
    assert [each for each in tenant.requests if each.startswith("GET /users?")][-1].endswith("$top=100")


def test_of_two_states_of_an_object_in_a_listing_the_later_one_is_kept(tenant: GraphServer) -> None:
    tenant.page_size = 2
    renamed = {"id": "user-1", "displayName": "Renamed"}
    tenant.repeat("/users", renamed)
    ran = runs(tenant, "azure_user")
    names = {record["_key"]: record["displayName"] for record in ran.records["azure_user"]}
    assert (names["user-1"], len(names)) == ("Renamed", 4)


def test_a_listing_of_fewer_objects_than_graph_counts_is_not_complete(tenant: GraphServer) -> None:
    runs(tenant, "azure_user")
    tenant.counts["/users"] = 5000
    ran = runs_afresh(tenant, "azure_user")
    result = ran.report.of("azure_user")
    assert (result.verdict, ran.report.changes) == ("failed", {})
    assert "Graph counts 5,000 objects, of which 4 came" in result.reason


def test_members_that_graph_counts_and_does_not_give_make_their_group_one_that_could_not_be_read(
    tenant: GraphServer,
) -> None:
    tenant.add("/groups", {"id": "group-2", "displayName": "Group 2", "securityEnabled": True})
    tenant.relate("/groups", "group-2", "members", {"id": "user-3", "@odata.type": KIND})
    tenant.counts["/groups/group-1/members"] = 3
    for _ in range(2):
        ran = runs(tenant, "azure_user_group_has_user")
        result = ran.report.of("azure_user_group_has_user")
        assert result.verdict == "partial"
        assert "Graph counts 3 objects, of which 2 came" in result.reason
    del tenant.counts["/groups/group-1/members"]
    assert runs(tenant, "azure_user_group_has_user").report.of("azure_user_group_has_user").verdict == "complete"
