"""A link leads to more of the collection that it came with, or is not followed; the ids in answers join in any case."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from integration import Report
from integration.sources.msgraph.links import leads_on
from integration.sources.msgraph.objects import spell_alike
from tests.little_tenant import GROUPS, USERS, LittleTenant, Said, children, members, serving, users
from tests.sources.test_kind_hostile import read

HAS_USER = "azure_user_group_has_user"
OPAQUE = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


@pytest.mark.parametrize(
    "link",
    [
        "/v1.0/groups?$skiptoken=2", "/beta/users?$skiptoken=2", "/v2.0/users?$skiptoken=2", "/v1.0/users/delta?$x=2",
        "/v1.0/groups/../users?$skiptoken=2", "/v1.0/groups/%2e%2E/users?$skiptoken=2", "/v1.0/users%2f..%2fgroups?a=2",
        "/v1.0/users/$count?$skiptoken=2", "/v1.0/?$skiptoken=2",
    ],
)  # fmt: skip
def test_a_next_link_to_another_collection_is_not_followed(link: str, tenant: LittleTenant) -> None:
    tenant.always("/users", 200, {"value": users(USERS[0]), "@odata.nextLink": f"{tenant.url}{link}"})
    report = read(tenant, "azure_user")
    assert report.of("azure_user").verdict == "failed"
    assert "a link leads to another collection, /" in report.of("azure_user").reason
    assert not [asked for asked in tenant.asked if "=2" in asked]


@pytest.mark.parametrize(
    "link", ["/v1.0/groups/{0}/members?a=2", "/v1.0/groups/{1}/owners?a=2", "/beta/groups/{1}/members?a=2"]
)
def test_the_next_link_of_a_relation_stays_with_its_parent(link: str, tenant: LittleTenant) -> None:
    page = {"value": children(USERS[2]), "@odata.nextLink": tenant.url + link.format(*GROUPS)}
    tenant.always(members(GROUPS[1]), 200, page)
    report = read(tenant, HAS_USER)
    assert report.of(HAS_USER).verdict == "partial"
    assert "another collection" in report.of(HAS_USER).reason


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("/v1.0/users?$skiptoken=2", "/users"), ("/v1.0/Users?$skiptoken=2", "/users"), ("/v1.0/users/", "/users"),
        ("/v1.0/users/microsoft.graph.delta()?$deltatoken=2", "/users/delta"),
        ("/v1.0/groups('A')/members", "/groups/a/members"),
        ("/v1.0/directoryObjects/a/members", "/groups/a/members"), ("/graph/v1.0/users", "/users"),
        ("/v1.0/directory/deletedItems/graph.user", "/directory/deletedItems/microsoft.graph.user"),
        ("/v1.0/users/a%40b/manager", "/users/a@b/manager"),
        ("/v1.0/reports/getUsage(period='D7')?$skiptoken=2", "/reports/getUsage(period='D7')"),
    ],
)  # fmt: skip
def test_a_link_may_write_the_same_in_another_way(link: str, path: str) -> None:
    assert leads_on(f"https://graph.example{link}", path, "/graph")


def test_ids_that_are_guids_have_one_spelling_and_opaque_ones_their_own() -> None:
    rows: list[dict[str, Any]] = [
        {"id": USERS[0].upper()},
        {"id": OPAQUE},
        {"id": USERS[1]},
        {"id": None},
        {},
        {"id": f"{USERS[0].upper()}_x"},
    ]
    spell_alike(rows)
    assert rows == [
        {"id": USERS[0]},
        {"id": OPAQUE},
        {"id": USERS[1]},
        {"id": None},
        {},
        {"id": f"{USERS[0].upper()}_x"},
    ]


def edges(report: Report) -> tuple[str, int]:
    """Return the verdict on the memberships, and how many there are; none of them leads nowhere."""
    assert not report.of(HAS_USER).problems
    return report.of(HAS_USER).verdict, report.of(HAS_USER).count


def test_members_whose_ids_are_in_another_case_keep_their_relationships(tenant: LittleTenant) -> None:
    assert edges(read(tenant, HAS_USER)) == ("complete", 3)
    shouted = [row | {"id": row["id"].upper()} for row in children(*USERS[:2])]
    tenant.always(members(GROUPS[0]), 200, {"value": shouted})
    report = read(tenant, HAS_USER, fresh=True)
    assert edges(report) == ("complete", 3)
    assert not report.changes.get(HAS_USER)


def test_a_listing_whose_ids_are_in_another_case_has_the_same_objects(tenant: LittleTenant) -> None:
    tenant.always("/users", 200, {"value": [row | {"id": row["id"].upper()} for row in users(*USERS)]})
    assert edges(read(tenant, HAS_USER)) == ("complete", 3)


@pytest.mark.parametrize("in_case", [str.upper, str.lower])
def test_changes_whose_ids_are_in_another_case_are_of_the_same_objects(in_case: type, tenant: LittleTenant) -> None:
    assert edges(read(tenant, HAS_USER)) == ("complete", 3)

    def changed(rows: list[object], path: str) -> None:
        def says(query: str) -> Said:
            link = f"{tenant.url}/v1.0{path}/delta?$deltatoken=new"
            return 200, {}, {"value": [] if "latest" in unquote(query) else rows, "@odata.deltaLink": link}

        tenant.says[f"{path}/delta"] = says

    gone = {"id": in_case(USERS[1]), "@removed": {"reason": "changed"}, "@odata.type": "#microsoft.graph.user"}
    come = {"id": in_case(USERS[2]), "@odata.type": "#microsoft.graph.user"}
    changed([{"id": in_case(GROUPS[0]), "displayName": "Other", "members@delta": [gone, come]}], "/groups")
    changed([{"id": in_case(USERS[0]), "displayName": "Renamed"}], "/users")
    report = read(tenant, HAS_USER)
    assert edges(report) == ("complete", 3)
    assert report.of("azure_user").count == 3
    assert (report.changes[HAS_USER]["created"], report.changes[HAS_USER]["deleted"]) == (1, 1)
