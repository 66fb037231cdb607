"""What comes again is nothing new: it makes up for nothing that is missing, and a listing that goes on with it ends."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import requests

from integration.http.auth import NoToken
from integration.http.pace import Pace
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.within import read_rest
from integration.sources.request import Request
from tests.little_tenant import GROUPS, USERS, LittleTenant, children, members, read, serving, users

OF_GROUPS = "azure_user_group_has_user"


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def on_two_pages(tenant: LittleTenant, path: str, first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    """Have a path answer with two pages, on the first of which three objects are counted."""
    link = f"{tenant.url}/v1.0{path}?$skiptoken=2"
    pages = {"value": first, "@odata.count": 3, "@odata.nextLink": link}, {"value": second}
    tenant.says[path] = lambda query: (200, {}, pages["skiptoken" in query])


def test_objects_that_come_again_make_up_for_none_that_are_missing(tenant: LittleTenant) -> None:
    assert read(tenant, "azure_user").of("azure_user").count == 3
    on_two_pages(tenant, "/users", users(*USERS[:2]), users(USERS[1]))
    report = read(tenant, "azure_user", fresh=True)
    assert report.of("azure_user").verdict == "failed"
    assert "Graph counts 3 objects, of which 2 came" in report.of("azure_user").reason


@pytest.mark.parametrize(("first", "second"), [(USERS[:2], USERS[1:2]), ([USERS[0], USERS[0]], USERS[1:2])])
def test_members_that_come_again_make_up_for_none_that_are_missing(
    first: list[str], second: list[str], tenant: LittleTenant
) -> None:
    on_two_pages(tenant, members(GROUPS[0]), children(*USERS), [])
    assert read(tenant, OF_GROUPS).of(OF_GROUPS).count == 4
    on_two_pages(tenant, members(GROUPS[0]), children(*first), children(*second))
    report = read(tenant, OF_GROUPS, fresh=True)
    assert report.of(OF_GROUPS).verdict == "partial"
    assert "of which 2 came" in report.of(OF_GROUPS).reason
    assert not report.changes.get(OF_GROUPS)


def shifting(tenant: LittleTenant, path: str, *readings: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    """Have a path answer with two pages that nobody counts, with others at each reading; the last goes on."""
    left = [*readings]

    def say(query: str) -> tuple[int, dict[str, str], Any]:
        if "skiptoken" not in query:
            return 200, {}, {"value": left[0][0], "@odata.nextLink": f"{tenant.url}/v1.0{path}?$skiptoken=2"}
        second = left[0][1]
        if len(left) > 1:
            del left[0]
        return 200, {}, {"value": second}

    tenant.says[path] = say


SHIFTED = users(*USERS[:2]), users(USERS[1])
"""The third was passed over when the second moved to the next page."""
OTHERWISE = users(USERS[0], USERS[2]), users(USERS[2])


def test_a_listing_that_shifted_while_it_was_read_is_read_once_more(tenant: LittleTenant) -> None:
    shifting(tenant, "/users", SHIFTED, (users(*USERS[:2]), users(USERS[2])))
    result = read(tenant, "azure_user").of("azure_user")
    assert (result.verdict, result.count) == ("complete", 3)


def test_what_graph_has_twice_each_time_is_no_doubt(tenant: LittleTenant) -> None:
    shifting(tenant, "/users", (users(*USERS), users(USERS[1])))
    result = read(tenant, "azure_user").of("azure_user")
    assert (result.verdict, result.count) == ("complete", 3)
    assert len([asked for asked in tenant.asked if asked.startswith("/users?")]) == 4


def test_a_listing_in_which_nothing_comes_twice_is_read_once(tenant: LittleTenant) -> None:
    shifting(tenant, "/users", (users(*USERS[:2]), users(USERS[2])))
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"
    assert len([asked for asked in tenant.asked if asked.startswith("/users?")]) == 2


def test_a_listing_that_shifts_each_time_is_partial_and_takes_nothing_away(tenant: LittleTenant) -> None:
    types = "azure_user", OF_GROUPS
    assert {result.type: result.count for result in read(tenant, *types).results}[OF_GROUPS] == 3
    shifting(tenant, "/users", SHIFTED, OTHERWISE)
    report = read(tenant, *types, fresh=True)
    assert report.of("azure_user").verdict == "partial"
    assert "1 object came twice while the listing was read" in report.of("azure_user").reason
    assert not report.changes
    tenant.mended()
    report = read(tenant, *types)  # without fresh: changes tell nothing of what was passed over
    assert [result.verdict for result in report.results if result.type in types] == ["complete", "complete"]
    assert not report.changes


@pytest.mark.every_area
def test_the_children_of_a_listing_that_shifts_each_time_are_partial_too(tenant: LittleTenant) -> None:
    group = {"id": GROUPS[0], "displayName": "Group 1"}, {"id": GROUPS[1], "displayName": "Group 2"}
    shifting(tenant, "/groups", ([group[0]], [group[0]]), ([group[1]], [group[1]]))
    report = read(tenant, OF_GROUPS)
    assert report.of(OF_GROUPS).verdict == "partial"
    assert "came twice" in report.of(OF_GROUPS).reason


def test_members_that_nobody_counts_and_that_shift_are_read_once_more(tenant: LittleTenant) -> None:
    first, second, third = children(*USERS)
    path = members(GROUPS[0])
    shifting(tenant, path, ([first, second], [second]), ([first, second], [third]))
    result = read(tenant, OF_GROUPS).of(OF_GROUPS)
    assert (result.verdict, result.count) == ("complete", 4)
    shifting(tenant, path, ([first, second], [second]), ([first, third], [third]))
    report = read(tenant, OF_GROUPS, fresh=True)
    assert report.of(OF_GROUPS).verdict == "partial"
    assert f"{path}: 1 object came twice" in report.of(OF_GROUPS).reason
    assert not report.changes


@pytest.mark.parametrize("path", ["/users", members(GROUPS[0])])
def test_a_listing_that_goes_on_with_other_states_of_the_same_objects_is_left(path: str, tenant: LittleTenant) -> None:
    pages = iter(range(3_000))

    def lead_on(_: str) -> tuple[int, dict[str, str], Any] | None:
        if (page := next(pages, None)) is None:
            return None
        rows = [{**row, "displayName": f"State {page}"} for row in children(*USERS)]
        return 200, {}, {"value": rows, "@odata.nextLink": f"{tenant.url}/v1.0{path}?$skiptoken={page}"}

    tenant.says[path] = lead_on
    report = read(tenant, "azure_user", OF_GROUPS)
    result = report.of("azure_user" if path == "/users" else OF_GROUPS)
    assert result.verdict != "complete"
    assert "hold nothing new" in result.reason


@pytest.mark.parametrize("count", ["3", " 3 ", 3.0])
def test_a_count_is_one_in_whatever_way_it_is_written(count: Any, tenant: LittleTenant) -> None:
    assert read(tenant, "azure_user").of("azure_user").count == 3
    tenant.always("/users", 200, {"value": users(USERS[0]), "@odata.count": count})
    report = read(tenant, "azure_user", fresh=True)
    assert report.of("azure_user").verdict == "failed"
    assert not report.changes.get("azure_user")


@pytest.mark.parametrize("count", ["x", "", "3x", "-1", True, None, [3], "٣", 2.5, "9" * 5_000])
def test_a_count_that_is_none_says_nothing(count: Any, tenant: LittleTenant) -> None:
    tenant.always("/users", 200, {"value": users(USERS[0]), "@odata.count": count})
    assert read(tenant, "azure_user").of("azure_user").verdict == "complete"


@pytest.mark.parametrize("body", [{"@odata.context": "x"}, {"value": [{"id": "x", "isEnabled": True}]}, {"value": []}])
def test_what_holds_no_object_is_not_taken_for_an_empty_one(body: dict[str, Any], tenant: LittleTenant) -> None:
    tenant.always("/policies/identitySecurityDefaultsEnforcementPolicy", 200, body)
    report = read(tenant, "azure_account")
    assert report.of("azure_account").verdict == "failed"
    assert "no object" in report.of("azure_account").reason


@pytest.mark.parametrize("reason", ["", "expired", "DELETED ", None])
def test_nothing_is_deleted_for_a_reason_that_graph_does_not_have(reason: Any, tenant: LittleTenant) -> None:
    assert read(tenant, "azure_user").of("azure_user").count == 3
    gone = {"id": USERS[0], "@removed": {"reason": reason}}
    body = {"value": [gone], "@odata.deltaLink": f"{tenant.url}/v1.0/users/delta?$deltatoken=2"}
    tenant.says["/users/delta"] = lambda query: None if "latest" in query else (200, {}, body)
    report = read(tenant, "azure_user")
    assert report.of("azure_user").count == 3
    assert not report.changes.get("azure_user")


@pytest.mark.every_area
@pytest.mark.parametrize("silent", [{}, {"owners": None}], ids=str)
def test_children_of_which_nothing_comes_are_asked_for_by_themselves(
    silent: dict[str, Any], tenant: LittleTenant
) -> None:
    groups = [f"group-{number:02}" for number in range(60)]

    def list_groups(query: str) -> tuple[int, dict[str, str], Any]:
        if "$count=true" in query:
            return 400, {}, {"error": {"code": "Request_UnsupportedQuery", "message": "not here"}}
        rows: list[dict[str, Any]] = [{"id": id, "displayName": id} for id in groups]
        if "$expand" in query:
            rows = [{"id": id, **({"owners": []} if id != groups[-1] else silent)} for id in groups]
        return 200, {}, {"value": rows}

    tenant.says["/groups"] = list_groups
    for id in groups:
        tenant.always(f"/groups/{id}/owners", 200, {"value": children(*USERS[:2]) if id == groups[-1] else []})
    report = read(tenant, "azure_user_owns_group")
    assert report.of("azure_user_owns_group").verdict == "complete"
    assert report.of("azure_user_owns_group").count == 2


@pytest.mark.every_area
def test_children_that_lead_on_to_more_are_asked_for_by_themselves(tenant: LittleTenant) -> None:
    groups = [f"group-{number}" for number in range(60)]
    with_one: dict[str, Any] = {"owners": children(USERS[0])}
    leading_on: dict[str, Any] = {
        "group-40": {"owners@odata.nextLink": f"{tenant.url}/v1.0/groups/group-40/owners?$skiptoken=1"}
    }

    def list_groups(query: str) -> tuple[int, dict[str, str], Any]:
        if "$count=true" in query:
            return 200, {}, {"value": [], "@odata.count": 0}
        rows: list[dict[str, Any]] = [{"id": id, "displayName": id} for id in groups]
        if "$expand" in query:
            rows = [{"id": id, **with_one, **leading_on.get(id, {})} for id in groups]
        return 200, {}, {"value": rows}

    tenant.says["/groups"] = list_groups
    for id in groups:
        tenant.always(f"/groups/{id}/owners", 200, {"value": children(*(USERS if id in leading_on else USERS[:1]))})
    report = read(tenant, "azure_user_owns_group")
    assert report.of("azure_user_owns_group").verdict == "complete"
    assert report.of("azure_user_owns_group").count == 62


@pytest.mark.every_area
@pytest.mark.parametrize("before", [USERS[1], None], ids=["another", "none"])
@pytest.mark.parametrize("now", [USERS[2], None], ids=["one", "none"])
def test_a_parent_that_comes_twice_has_the_children_that_it_has_when_asked(
    before: str | None, now: str | None, tenant: LittleTenant
) -> None:
    """It moved to the next page because it was changed meanwhile, and its children may have been changed too."""

    def row(id: str, manager: str | None = None) -> dict[str, Any]:
        return {"id": id, "displayName": id, **({"manager": children(manager)[0]} if manager else {})}

    def list_users(query: str) -> tuple[int, dict[str, str], Any]:
        if "$expand" not in query:
            return 200, {}, {"value": users(*USERS)}
        if "skiptoken" in query:
            return 200, {}, {"value": [row(USERS[0], now), row(USERS[2])]}
        link = f"{tenant.url}/v1.0/users?$expand=manager&$skiptoken=2"
        return 200, {}, {"value": [row(USERS[0], before), row(USERS[1])], "@odata.nextLink": link}

    tenant.says["/users"] = list_users
    tenant.always(f"/users/{USERS[0]}", 200, row(USERS[0], now))
    report = read(tenant, "azure_user_manages_user")
    assert report.of("azure_user_manages_user").verdict == "complete"
    with closing(sqlite3.connect("out/graph.db")) as database:
        found = database.execute("SELECT _fromEntityKey, _toEntityKey FROM relationships").fetchall()
    assert found == ([(now, USERS[0])] if now else [])


@pytest.mark.every_area
def test_parents_that_are_passed_over_while_children_come_with_them_are_asked_for_by_themselves(
    tenant: LittleTenant,
) -> None:
    groups = [f"group-{number:02}" for number in range(60)]
    rows = [{"id": id, "displayName": id, "owners": children(USERS[0])} for id in groups]

    def list_groups(query: str) -> tuple[int, dict[str, str], Any]:
        if "$count=true" in query:
            return 200, {}, {"value": [], "@odata.count": 0}
        if "$expand" not in query:
            return 200, {}, {"value": rows}
        if "skiptoken" in query:
            return 200, {}, {"value": [rows[29], *rows[31:]]}
        return 200, {}, {"value": rows[:30], "@odata.nextLink": f"{tenant.url}/v1.0/groups?$expand=owners&$skiptoken=2"}

    tenant.says["/groups"] = list_groups
    for id in groups:
        tenant.always(f"/groups/{id}/owners", 200, {"value": children(USERS[0])})
    report = read(tenant, "azure_user_owns_group")
    assert report.of("azure_user_owns_group").verdict == "complete"
    assert report.of("azure_user_owns_group").count == 60
    assert len([asked for asked in tenant.asked if "$expand=owners" in asked and "skip" not in asked]) == 1


@pytest.mark.parametrize("seconds", [1e-9, 0.001, 0.0999])
def test_a_wait_of_next_to_no_time_is_no_leave_to_ask_without_end(seconds: float) -> None:
    pace = Pace(16)
    pace.throttled(seconds)
    assert pace.waited > 0.0999999  # a difference of two readings of the clock


@pytest.mark.parametrize(
    ("second", "left"), [((USERS[:2], USERS[2:]), 3), ((USERS[1:], USERS[2:]), 0)], ids=["once", "each time"]
)
def test_the_rest_of_a_list_within_an_object_is_read_once_more_where_it_shifts(
    second: tuple[list[str], list[str]], left: int, tenant: LittleTenant
) -> None:
    first, last = second
    path, shifted = members(GROUPS[0]), (children(*USERS[:2]), children(USERS[1]))
    shifting(tenant, path, shifted, (children(*first), children(*last)))
    link = f"{tenant.url}/v1.0{path}"
    row: dict[str, Any] = {"id": GROUPS[0], "members": [], "members@odata.nextLink": link}
    client = GraphClient(tenant.url, NoToken(), requests.Session())
    read_rest(client, Request("collection", "/groups", select=None), row)
    assert len(row["members"]) == left
    assert ("members@odata.nextLink" in row) is (not left)
