"""Groups of which Graph holds something back: they alone are not complete, and only until Graph gives it."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration.config.settings import Config
from integration.html import kinds
from integration.testing import GraphServer, Ran, run_steps
from integration.testing.server import _Refused

HAS = "azure_user_group_has_user"
MEMBERS = "/groups/group-1/members"
Page = Callable[[str, Sequence[Any], Mapping[str, str], Any], dict[str, Any]]


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """Three groups of the same ten users; four members on a page."""
    graph.page_size = 4
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    users = [f"user-{number}" for number in range(10)]
    graph.add("/users", *({"id": key, "displayName": key, "userPrincipalName": f"{key}@contoso.com"} for key in users))
    for number in range(3):
        add_group(graph, f"group-{number}", *users)
    return graph


def add_group(graph: GraphServer, key: str, *members: str | dict[str, Any], **properties: Any) -> None:
    graph.add("/groups", {"id": key, "displayName": key, "securityEnabled": True, **properties})
    graph.relate("/groups", key, "members", *members)


def runs(graph: GraphServer, **settings: Any) -> Ran:
    return run_steps(HAS, source=graph, out=Path("out"), config=Config(**settings))


def found(ran: Ran) -> tuple[str, int]:
    return ran.verdicts[HAS], len(ran.records[HAS])


@pytest.fixture
def answers_through(tenant: GraphServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    """Have the pages of members changed by a function of the page's maker, and of what the maker takes."""
    make: Page = tenant._page

    def install(change: Callable[..., Any]) -> None:
        monkeypatch.setattr(tenant, "_page", lambda path, rows, options, select: change(
            lambda: make(path, rows, options, select), path, options, rows))  # fmt: skip

    return install


def test_a_new_group_that_is_refused_is_told_where_nothing_else_changed(tenant: GraphServer) -> None:
    assert found(runs(tenant)) == ("complete", 30)
    add_group(tenant, "group-new", "user-1")
    tenant.fail("/groups/group-new/members", status=403, code="Authorization_RequestDenied", times=2)
    assert [found(runs(tenant)) for _ in range(3)] == [("partial", 30), ("partial", 30), ("complete", 31)]


@pytest.mark.parametrize("spelling", ["HiddenMembership", "Hiddenmembership", "hiddenmembership"])
def test_a_group_that_hides_its_members_is_told_where_changes_tell_of_it(spelling: str, tenant: GraphServer) -> None:
    runs(tenant)
    add_group(tenant, "group-new", visibility=spelling)
    assert found(runs(tenant)) == ("partial", 30)
    tenant.add("/groups", {"id": "group-1", "displayName": "group-1", "securityEnabled": True, "visibility": spelling})
    for number in range(10):
        tenant.unrelate("/groups", "group-1", "members", f"user-{number}")
    ran = runs(tenant)
    assert (found(ran), ran.report.changes.get(HAS)) == (("partial", 30), None)


def test_a_group_that_never_gets_past_a_page_has_no_member_twice(
    tenant: GraphServer, answers_through: Callable[[Callable[..., Any]], None]
) -> None:
    expired = [True]

    def change(make: Callable[[], Any], path: str, options: Mapping[str, str], _: Any) -> Any:
        if expired[0] and path == MEMBERS and "$skiptoken" in options:
            raise _Refused(400, "Directory_ExpiredPageToken", "The page token has expired.")
        return make()

    answers_through(change)
    ran = runs(tenant)
    assert (*found(ran), ran.report.of(HAS).problems) == ("partial", 24, {})
    expired[0] = False
    assert found(runs(tenant)) == ("complete", 30)
    tenant.unrelate("/groups", "group-1", "members", "user-0")
    ran = runs(tenant)
    assert (*found(ran), ran.report.of(HAS).problems) == ("complete", 29, {})


def test_a_link_of_an_earlier_run_that_graph_does_not_take_any_more_is_left(
    tenant: GraphServer, answers_through: Callable[[Callable[..., Any]], None]
) -> None:
    refusals = [_Refused(403, "Authorization_RequestDenied", "No.")]

    def change(make: Callable[[], Any], path: str, options: Mapping[str, str], _: Any) -> Any:
        if path == MEMBERS and "$skiptoken" in options and refusals:
            raise refusals.pop()
        return make()

    answers_through(change)
    assert found(runs(tenant)) == ("partial", 24)
    refusals.append(_Refused(400, "Request_BadRequest", "Invalid skiptoken."))
    assert found(runs(tenant)) == ("complete", 30)


@pytest.mark.parametrize("what", ["loop", "elsewhere", "no id"])
def test_one_group_that_is_answered_with_nonsense_costs_itself_alone(
    what: str, tenant: GraphServer, answers_through: Callable[[Callable[..., Any]], None]
) -> None:
    def change(make: Callable[[], Any], path: str, options: Mapping[str, str], _: Any) -> Any:
        page = make()
        if path == MEMBERS:
            if what == "no id":
                del page["value"][0]["id"]
            elif what == "elsewhere":
                page["@odata.nextLink"] = "http://127.0.0.2:1/v1.0/groups"
            else:
                page["@odata.nextLink"] = f"{tenant.url}/v1.0{MEMBERS}?$select=id&$skiptoken=4"
        return page

    answers_through(change)
    verdict, count = found(runs(tenant))
    assert verdict == "partial"
    assert 20 <= count < 30


def test_one_group_that_refuses_an_advanced_query_once_does_not_make_the_others_plain(
    tenant: GraphServer, answers_through: Callable[[Callable[..., Any]], None]
) -> None:
    robot = {"id": "robot-1", "@odata.type": "#microsoft.graph.servicePrincipal"}
    for number in range(60):
        add_group(tenant, f"robots-{number}", robot)

    def change(make: Callable[[], Any], path: str, options: Mapping[str, str], rows: list[Any]) -> Any:
        if path.endswith("/members") and options.get("$count") != "true":
            rows[:] = [row for row in rows if row["@odata.type"] != robot["@odata.type"]]
        return make()

    answers_through(change)
    tenant.fail("/groups/robots-30/members", status=400, code="Request_BadRequest", times=1)
    ran = runs(tenant)
    assert found(ran) == ("complete", 30)
    assert list(ran.report.reading["notRepresented"].values()) == [{robot["@odata.type"]: 60}]
    assert "withoutServicePrincipals" not in ran.report.reading


def test_a_type_whose_first_records_came_late_is_in_the_report(graph: GraphServer) -> None:
    graph.add("/organization", {"id": "contoso", "displayName": "Contoso", "verifiedDomains": []})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"isEnabled": True})
    graph.add("/users", {"id": "user-1", "displayName": "Ada", "userPrincipalName": "ada@contoso.com"})
    add_group(graph, "group-1")
    assert found(runs(graph)) == ("complete", 0)
    graph.relate("/groups", "group-1", "members", "user-1")
    assert found(runs(graph)) == ("complete", 1)
    with closing(sqlite3.connect("out/graph.db")) as database:
        assert HAS in [row[1] for row in database.execute(kinds._TYPES)]
