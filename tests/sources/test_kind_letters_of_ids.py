"""A GUID is the same in any case of letters, in whichever answer it stands: RFC 9562, section 4."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.little_tenant import GROUPS, USERS, LittleTenant, read, serving

OF_GROUPS = "azure_user_group_has_user"
CAPITALS = [f"ABCDEF{id[6:]}" for id in GROUPS]


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


def tell(tenant: LittleTenant, path: str, *rows: dict[str, Any]) -> None:
    """Have the next round of changes of a collection tell objects."""
    body = {"value": [*rows], "@odata.deltaLink": f"{tenant.url}/v1.0{path}?$deltatoken=2"}
    tenant.says[path] = lambda query: None if "latest" in query or "filter" in query else (200, {}, body)


def test_changes_in_capitals_are_of_the_objects_that_are_there(tenant: LittleTenant) -> None:
    assert read(tenant, "azure_user").of("azure_user").count == 3
    gone = {"id": USERS[0].upper(), "@removed": {"reason": "deleted"}}
    tell(tenant, "/users/delta", gone, {"id": USERS[1].upper(), "displayName": "Renamed"})
    report = read(tenant, "azure_user")
    assert report.of("azure_user").count == 2
    assert {what: number for what, number in report.changes["azure_user"].items() if number} == {
        "deleted": 1,
        "updated": 1,
    }


def test_a_member_who_goes_in_capitals_is_gone(tenant: LittleTenant) -> None:
    assert read(tenant, OF_GROUPS).of(OF_GROUPS).count == 3
    gone = {"id": USERS[0].upper(), "@removed": {"reason": "deleted"}}
    tell(tenant, "/groups/delta", {"id": GROUPS[0].upper(), "members@delta": [gone]})
    assert read(tenant, OF_GROUPS).of(OF_GROUPS).count == 2


def test_a_group_that_goes_in_capitals_takes_its_members_with_it(tenant: LittleTenant) -> None:
    assert read(tenant, OF_GROUPS).of(OF_GROUPS).count == 3
    tell(tenant, "/groups/delta", {"id": GROUPS[0].upper(), "@removed": {"reason": "deleted"}})
    result = read(tenant, OF_GROUPS).of(OF_GROUPS)
    assert (result.verdict, result.problems) == ("complete", {})
    assert result.count < 3


def test_changes_in_small_letters_are_of_objects_that_are_called_in_capitals(tenant: LittleTenant) -> None:
    rows = [{"id": id.upper(), "displayName": id} for id in USERS]
    tenant.always("/users", 200, {"value": rows})
    assert read(tenant, "azure_user").of("azure_user").count == 3
    tell(tenant, "/users/delta", {"id": USERS[0], "@removed": {"reason": "deleted"}})
    assert read(tenant, "azure_user").of("azure_user").count == 2


@pytest.mark.parametrize("odd", [5, None, "x", {"id": "A"}, [5, None, ["x"]]], ids=str)
def test_changes_that_list_no_children_are_no_crash(odd: Any, tenant: LittleTenant) -> None:
    assert read(tenant, OF_GROUPS).of(OF_GROUPS).count == 3
    tell(tenant, "/groups/delta", {"id": GROUPS[0], "members@delta": odd})
    assert read(tenant, OF_GROUPS).of(OF_GROUPS).verdict == "complete"  # by reading it whole


def test_letters_of_an_id_that_is_no_guid_stay(tenant: LittleTenant) -> None:
    tenant.always("/users", 200, {"value": [{"id": id, "displayName": id} for id in ("Ab", "aB")]})
    assert read(tenant, "azure_user").of("azure_user").count == 2


def test_a_group_that_is_called_in_capitals_takes_what_leads_to_it_with_it(tenant: LittleTenant) -> None:
    kept = "azure_account_has_group"
    tenant.always("/groups", 200, {"value": [{"id": id, "displayName": id} for id in CAPITALS]})
    assert read(tenant, kept).of(kept).count == 2
    tell(tenant, "/groups/delta", {"id": CAPITALS[0], "@removed": {"reason": "deleted"}})
    result = read(tenant, kept).of(kept)
    assert (result.count, result.problems) == (1, {})


def test_an_object_that_changes_keeps_its_members_where_its_listing_called_it_in_capitals(tenant: LittleTenant) -> None:
    tenant.always("/groups", 200, {"value": [{"id": GROUPS[0].upper(), "displayName": "A"}]})
    tenant.always("/users", 200, {"value": [{"id": id.upper(), "displayName": id} for id in USERS]})
    first = read(tenant, OF_GROUPS).of(OF_GROUPS)
    assert (first.verdict, first.count, first.problems) == ("complete", 2, {})
    tell(tenant, "/users/delta", {"id": USERS[0], "@removed": {"reason": "deleted"}})
    later = read(tenant, OF_GROUPS).of(OF_GROUPS)
    assert (later.verdict, later.count, later.problems) == ("complete", 1, {})


def test_an_object_that_a_listing_gives_twice_in_other_letters_comes_once(tenant: LittleTenant) -> None:
    rows = [{"id": CAPITALS[0], "displayName": "A"}, {"id": CAPITALS[0].lower(), "displayName": "A"}]
    tenant.always("/groups", 200, {"value": rows})
    assert read(tenant, "azure_user_group").of("azure_user_group").count == 1
