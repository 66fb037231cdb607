"""A next link that leads away from what is read is not followed: what is there is not what was asked for."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration.sources.msgraph.links import strays
from tests.little_tenant import GROUPS, USERS, LittleTenant, children, members, read, serving, users

PLACE = f"/groups/{GROUPS[0]}/members"


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


@pytest.mark.parametrize(
    ("asked", "link", "where"),
    [
        ("/users?$select=id", "https://g/v1.0/users?$skiptoken=x", ""),
        ("/users?$select=id,mail", "https://g/v1.0/Users?$select=mail%2cid&$skiptoken=x", ""),
        ("/users?$select=id,mail", "https://g/v1.0/users?$select=id&$skiptoken=x", "fewer properties"),
        ("/users?$filter=a%20eq%20%27b%27", "https://g/v1.0/users?$filter=a+eq+'b'&$skiptoken=x", ""),
        ("/users?$filter=a%20eq%20%27b%27", "https://g/v1.0/users?%24filter=a+eq+'c'&$skiptoken=x", "another filter"),
        ("/users", "https://g/v1.0/groups?$skiptoken=x", "another listing"),
        ("/users/delta", "https://g/v1.0/users/microsoft.graph.delta()?$skiptoken=x", ""),
        ("/users/delta", "https://g/v1.0/users?$skiptoken=x", "another listing"),
        (
            "/servicePrincipals/microsoft.graph.agentIdentity",
            "https://g/v1.0/servicePrincipals/graph.agentIdentity",
            "",
        ),
        (PLACE, f"https://g/v1.0/groups('{GROUPS[0].upper()}')/microsoft.graph.group/members?$skiptoken=x", ""),
        (PLACE, f"https://g/v1.0/groups/{GROUPS[1]}/members?$skiptoken=x", "another listing"),
    ],
)
def test_a_link_may_be_written_otherwise_and_leads_nowhere_else(asked: str, link: str, where: str) -> None:
    assert strays(asked, link) == where


def linked(rows: Any, link: str, name: str = "nextLink") -> dict[str, Any]:
    return {"value": rows, f"@odata.{name}": link}


def test_a_listing_that_goes_on_with_another_one_fails_its_type_and_takes_nothing_away(tenant: LittleTenant) -> None:
    assert read(tenant, "azure_user").of("azure_user").count == 3
    page = linked(users(*USERS), f"{tenant.url}/v1.0/groups?$skiptoken=2")
    tenant.says["/users"] = lambda _: (200, {}, page)
    report = read(tenant, "azure_user", fresh=True)
    assert report.of("azure_user").verdict == "failed"
    assert "the next link leads to another listing" in report.of("azure_user").reason
    assert not report.changes


def test_members_that_go_on_with_those_of_another_group_cost_their_group(tenant: LittleTenant) -> None:
    name = "azure_user_group_has_user"
    page = linked(children(*USERS[:2]), f"{tenant.url}/v1.0{members(GROUPS[1])}?$skiptoken=2")
    tenant.says[members(GROUPS[0])] = lambda _: (200, {}, page)
    result = read(tenant, name).of(name)
    assert (result.verdict, result.count) == ("partial", 1)
    assert GROUPS[0] in result.reason


@pytest.mark.parametrize("name", ["nextLink", "deltaLink"])
def test_changes_that_go_on_with_those_of_something_else_are_not_taken_for_all(name: str, tenant: LittleTenant) -> None:
    assert read(tenant, "azure_user").of("azure_user").count == 3
    page = linked([], f"{tenant.url}/v1.0/groups/delta?$deltatoken=2", name)
    tenant.says["/users/delta"] = lambda query: None if "latest" in query else (200, {}, page)
    report = read(tenant, "azure_user")
    assert (report.of("azure_user").verdict, report.of("azure_user").count) == ("complete", 3)
    assert "leads to another listing" in str(report.reading["readWhole"])
