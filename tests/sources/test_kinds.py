"""Which kind a member is: what a step takes, and what nothing takes."""

import pytest

from integration.testing import GraphServer, Ran, run_steps

MEMBERS = "/groups/*/members?$select=id"
ENDS = ("user-1", "user-2")


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """Two users, and a group that has none of them yet."""
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    graph.add(
        "/users", *({"id": key, "displayName": key, "userPrincipalName": f"{key}@contoso.example"} for key in ENDS)
    )
    graph.add("/groups", {"id": "group-1", "displayName": "Everybody", "securityEnabled": True})
    graph.relate("/groups", "group-1", "members")
    return graph


def runs(graph: GraphServer) -> Ran:
    return run_steps("azure_user_group_has_user", "azure_user_assigned_group", source=graph)


def members(ran: Ran) -> list[str]:
    return [record["_toEntityKey"] for record in ran.records["azure_user_group_has_user"]]


@pytest.mark.parametrize("kind", ["user", "agentUser"])
def test_what_derives_from_a_kind_is_of_that_kind(kind: str, tenant: GraphServer) -> None:
    for key in ENDS:
        tenant.relate("/groups", "group-1", "members", {"id": key, "@odata.type": f"#microsoft.graph.{kind}"})
    ran = runs(tenant)
    assert members(ran) == list(ENDS)
    assert [record["_fromEntityKey"] for record in ran.records["azure_user_assigned_group"]] == list(ENDS)
    assert ran.report.reading["notRepresented"] == {}


@pytest.mark.parametrize(("kind", "key"), [("#microsoft.graph.personOfTomorrow", "user-1"), (None, "nobody-known")])
def test_a_member_of_a_kind_that_no_step_takes_is_counted_also_where_it_is_in_the_graph(
    kind: str | None, key: str, tenant: GraphServer
) -> None:
    tenant.relate("/groups", "group-1", "members", {"id": key, **({"@odata.type": kind} if kind else {})})
    ran = runs(tenant)
    assert members(ran) == []
    assert ran.report.reading["notRepresented"] == {MEMBERS: {kind or "": 1}}


def test_members_of_a_type_that_failed_are_of_a_kind_that_is_represented(tenant: GraphServer) -> None:
    tenant.relate("/groups", "group-1", "members", {"id": "user-1", "@odata.type": "#microsoft.graph.user"})
    tenant.fail("/users", status=403, code="Authorization_RequestDenied")
    ran = runs(tenant)
    assert ran.verdicts["azure_user_group_has_user"] == "skipped"
    assert ran.report.reading["notRepresented"] == {}
