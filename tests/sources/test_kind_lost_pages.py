"""What can be said of a listing alone, said of a page that Graph itself has named, tells nothing of the listing.

Sources: microsoft-graph-docs, issue 15973 (a next link is answered 404, ``UnknownError``); msgraph-sdk-java, issue 368.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.little_tenant import GROUPS, USERS, LittleTenant, Said, children, members, read, serving, users

USER, MEMBER = "azure_user", "azure_user_group_has_user"
REFUSALS = {
    "not found": (404, "NotFound", "UnknownError"),
    "absent": (400, "BadRequest", "Resource not found for the segment 'users'."),
    "not licensed": (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", ""),
    "not permitted": (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    "no such link": (400, "Request_BadRequest", "Skip token is null."),
    "no such query": (400, "Request_UnsupportedQuery", "Unrecognized query argument specified: '$skiptoken'."),
}


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as served:
        yield served


def in_two(tenant: LittleTenant, path: str, rows: list[Any], refusal: str, times: float) -> Callable[[str], Said]:
    """Return what a path says that gives its last object on a page of its own, and refuses that page at first."""
    status, code, message = REFUSALS[refusal]
    left = [times]

    def say(query: str) -> Said:
        if "skiptoken" not in query:
            return 200, {}, {"value": rows[:-1], "@odata.nextLink": f"{tenant.url}/v1.0{path}?$skiptoken=1"}
        left[0] -= 1
        if left[0] >= 0:
            return status, {}, {"error": {"code": code, "message": message}}
        return 200, {}, {"value": rows[-1:]}

    return say


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_listing_that_loses_a_page_once_is_read_anew(refusal: str, tenant: LittleTenant) -> None:
    tenant.says["/users"] = in_two(tenant, "/users", users(*USERS), refusal, 1)
    result = read(tenant, USER).of(USER)
    assert (result.verdict, result.count) == ("complete", len(USERS))


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_listing_that_loses_a_page_for_good_has_failed(refusal: str, tenant: LittleTenant) -> None:
    """It is not absent, since its first page came; a first run that says so would end well, without most users."""
    tenant.says["/users"] = in_two(tenant, "/users", users(*USERS), refusal, float("inf"))
    report = read(tenant, USER)
    assert report.of(USER).verdict == "failed"
    assert "that Graph named" in report.of(USER).reason
    assert report.exit_code() == 1


@pytest.mark.parametrize("refusal", ["no such link", "no such query"])
def test_a_parent_that_loses_a_page_once_is_read_anew(refusal: str, tenant: LittleTenant) -> None:
    path = members(GROUPS[0])
    tenant.says[path] = in_two(tenant, path, children(*USERS), refusal, 1)
    result = read(tenant, MEMBER).of(MEMBER)
    assert (result.verdict, result.count) == ("complete", len(USERS) + 1)
