"""Batches that are refused as such, as by a proxy that lets no POST through: what they ask for is asked one by one."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.little_tenant import GROUPS, LittleTenant, members, read, serving

NAME = "azure_user_group_has_user"
REFUSALS = [
    (400, {"error": {"code": "BadRequest", "message": "no batches"}}, 1),
    (403, {"error": {"code": "Forbidden", "message": "no batches"}}, 1),
    (403, b"<html>only GET is allowed</html>", 3),
    (404, {"error": {"code": "BadRequest", "message": "Resource not found for the segment '$batch'."}}, 1),
    (404, b"", 6),
    (405, b"", 1),
    (501, b"", 1),
]


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


@pytest.mark.parametrize(("status", "body", "tries"), REFUSALS)
def test_what_they_ask_for_is_asked_one_by_one(status: int, body: Any, tries: int, tenant: LittleTenant) -> None:
    tenant.always("/$batch", status, body)
    report = read(tenant, NAME)
    assert (report.of(NAME).verdict, report.of(NAME).count) == ("complete", 3)
    assert tenant.count("/$batch") == tries
    assert [tenant.count(members(group)) for group in GROUPS] == [1, 1]


def test_one_that_is_refused_by_itself_costs_itself_alone(tenant: LittleTenant) -> None:
    tenant.always("/$batch", 405)
    tenant.always(members(GROUPS[0]), 403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}})
    report = read(tenant, NAME)
    assert (report.of(NAME).verdict, report.of(NAME).count) == ("partial", 1)
    assert f"the members of 1 of them could not be read: {members(GROUPS[0])}: not permitted" in report.of(NAME).reason


def test_where_nothing_is_answered_one_by_one_either_the_relation_fails(tenant: LittleTenant) -> None:
    refused = {"error": {"code": "Authorization_RequestDenied", "message": "no"}}
    for path in ("/$batch", *map(members, GROUPS)):
        tenant.always(path, 403, refused)
    report = read(tenant, NAME)
    assert report.of(NAME).verdict == "failed"
    assert f"{members(GROUPS[0])}: not permitted" in report.of(NAME).reason
