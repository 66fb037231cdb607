"""A row without an id costs its record, and a change that lacks most of the object is looked at again."""

import json
import sqlite3
import urllib.parse
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from integration import Report
from tests.little_tenant import GROUPS, USERS, LittleTenant, Said, members, read, serving, users

USER, GROUP, MEMBER = "azure_user", "azure_user_group", "azure_user_group_has_user"
WHOLE = {"jobTitle": "Engineer", "department": "Research", "mail": "user@contoso.example", "officeLocation": "B1"}


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as served:
        yield served


def keys(type: str) -> list[str]:
    """Return the keys of a type's records."""
    with closing(sqlite3.connect("out/graph.db")) as database:
        found = database.execute("SELECT _key FROM entities WHERE _type = ? ORDER BY _key", (type,)).fetchall()
    return [key for (key,) in found]


def properties(key: str) -> dict[str, Any]:
    """Return the properties of an entity."""
    with closing(sqlite3.connect("out/graph.db")) as database:
        (found,) = database.execute("SELECT properties FROM entities WHERE _key = ?", (key,)).fetchone()
    return dict(json.loads(found))


def verdict(report: Report, type: str) -> str:
    return report.of(type).verdict


def changed(tenant: LittleTenant, *rows: Any) -> None:
    """Have the changes of users tell these rows once."""
    tenant.at_first(
        "/users/delta", 1, 200, {"value": list(rows), "@odata.deltaLink": f"{tenant.url}/v1.0/users/delta?$t=2"}
    )


@pytest.mark.parametrize("odd", [{"id": 5}, {"id": None}, {"id": ""}, {"displayName": "No id"}, None, "user", 7, []])
def test_a_row_without_an_id_costs_its_record_until_it_is_mended(odd: Any, tenant: LittleTenant) -> None:
    read(tenant)
    tenant.always("/users", 200, {"value": [*users(*USERS[:2]), odd]})
    for _ in range(2):
        report = read(tenant, fresh=True)
        result = report.of(USER)
        assert (result.verdict, keys(USER)) == ("partial", USERS)  # what was known of the third is kept
        assert "1 row has no id" in result.reason
        assert verdict(report, GROUP) == "complete"
        report = read(tenant)  # which must not rest on what the last one left out
        assert (verdict(report, USER), keys(USER)) == ("partial", USERS)
    tenant.mended()
    report = read(tenant)
    assert (verdict(report, USER), keys(USER)) == ("complete", USERS)


def test_links_to_an_object_without_an_id_stay(tenant: LittleTenant) -> None:
    read(tenant)
    tenant.always("/users", 200, {"value": [*users(*USERS[:2]), {"id": None}]})
    tenant.always("/users/delta", 410, {"error": {"code": "syncStateNotFound"}})
    report = read(tenant)
    assert verdict(report, USER) == "partial"
    assert report.of(MEMBER).count == 3
    assert report.of(MEMBER).problems == {}


def test_members_of_a_group_without_an_id_are_missed(tenant: LittleTenant) -> None:
    tenant.always("/groups", 200, {"value": [{"id": GROUPS[0], "displayName": "Group"}, {"id": 7}]})
    report = read(tenant)
    assert (verdict(report, GROUP), keys(GROUP)) == ("partial", [GROUPS[0]])
    assert verdict(report, MEMBER) == "partial"
    assert "1 row has no id" in report.of(MEMBER).reason


def test_a_listing_without_any_id_fails_the_type(tenant: LittleTenant) -> None:
    tenant.always("/users", 200, {"value": [{"displayName": "A"}, {"displayName": "B"}]})
    report = read(tenant)
    assert verdict(report, USER) == "failed"
    assert "no object of the collection has an id" in report.of(USER).reason


def test_an_odd_child_costs_its_group(tenant: LittleTenant) -> None:
    tenant.always(members(GROUPS[1]), 200, {"value": [None]})
    report = read(tenant)
    assert (verdict(report, MEMBER), report.of(MEMBER).count) == ("partial", 2)


@pytest.mark.parametrize("odd", [{"id": 5, "displayName": "x"}, {"displayName": "x"}, None])
def test_a_change_without_an_id_has_the_collection_read_whole(odd: Any, tenant: LittleTenant) -> None:
    read(tenant)
    changed(tenant, odd)
    before = tenant.count("/users")
    report = read(tenant)
    assert (verdict(report, USER), keys(USER)) == ("complete", USERS)
    assert tenant.count("/users") == before + 1
    assert "the delta link is given up" in str(report.reading["readWhole"])


def known(tenant: LittleTenant, count: int = 3) -> list[dict[str, Any]]:
    """Have the tenant list users with many properties, and read them."""
    rows = [{"id": f"user-{number:02}", "displayName": f"User {number}", **WHOLE} for number in range(count)]
    tenant.always("/users", 200, {"value": rows})
    assert verdict(read(tenant, USER), USER) == "complete"
    return rows


def test_a_change_that_lacks_most_of_the_object_is_read_again(tenant: LittleTenant) -> None:
    first, *_ = known(tenant)
    changed(tenant, {"id": first["id"], "jobTitle": "Manager"})
    asked: list[str] = []

    def alone(query: str) -> Said:
        asked.append(query)
        return 200, {}, {"@odata.context": "…", **first, "jobTitle": "Manager"}

    tenant.says[f"/users/{first['id']}"] = alone
    assert verdict(read(tenant, USER), USER) == "complete"
    assert (properties(first["id"])["jobTitle"], properties(first["id"])["department"]) == ("Manager", "Research")
    (query,) = asked
    assert "jobTitle" in urllib.parse.parse_qs(query)["$select"][0]


def test_a_change_that_empties_properties_in_so_many_words_is_believed(tenant: LittleTenant) -> None:
    first, *_ = known(tenant)
    changed(tenant, {"id": first["id"], "displayName": "User 0", **dict.fromkeys(WHOLE)})
    read(tenant, USER)
    assert "department" not in properties(first["id"])
    assert tenant.count(f"/users/{first['id']}") == 0


def test_an_object_that_is_gone_meanwhile_is_gone(tenant: LittleTenant) -> None:
    first, *others = known(tenant)
    changed(tenant, {"id": first["id"]})
    tenant.always(f"/users/{first['id']}", 404, {"error": {"code": "Request_ResourceNotFound"}})
    assert verdict(read(tenant, USER), USER) == "complete"
    assert keys(USER) == [row["id"] for row in others]


@pytest.mark.parametrize("answer", [(500, None), (200, {"id": "another"}), (403, {"error": {"code": "Denied"}})])
def test_where_the_object_is_not_given_the_collection_is_read_whole(
    answer: tuple[int, Any], tenant: LittleTenant
) -> None:
    first, *_ = known(tenant)
    changed(tenant, {"id": first["id"]})
    tenant.always(f"/users/{first['id']}", *answer)
    report = read(tenant, USER)
    assert (verdict(report, USER), properties(first["id"])["department"]) == ("complete", "Research")
    assert "the delta link is given up" in str(report.reading["readWhole"])


def test_many_such_changes_have_the_collection_read_whole(tenant: LittleTenant) -> None:
    rows = known(tenant, 25)
    changed(tenant, *({"id": row["id"]} for row in rows))
    report = read(tenant, USER)
    assert (verdict(report, USER), properties(rows[3]["id"])["department"]) == ("complete", "Research")
    assert "25 changed objects lack most" in str(report.reading["readWhole"])
    assert not any(tenant.count(f"/users/{row['id']}") for row in rows)
