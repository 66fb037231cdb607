"""A property that Graph does not know is left out, but never the one that makes an object an object."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.little_tenant import USERS, LittleTenant, read, serving, users

NO_ID = "The query specified in the URI is not valid. Could not find a property named 'id' on type 'Profile'."

UNSUPPORTED = "$expand/$select is not supported for the following properties"


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    """A tenant whose users come with no more than was asked for."""

    def listed(query: str) -> tuple[int, dict[str, str], Any]:
        has_id = "id" in query.partition("$select=")[2].partition("&")[0].split(",")
        return 200, {}, {"value": users(*USERS) if has_id else [{"displayName": "Somebody"}]}

    with serving(LittleTenant()) as served:
        served.says["/users"] = listed
        yield served


def test_an_id_that_changes_do_not_know_is_still_read(tenant: LittleTenant) -> None:
    """As ``/users/delta`` once said (microsoft-graph-docs-contrib, issue 7594)."""
    tenant.always("/users/delta", 400, {"error": {"code": "", "message": NO_ID}})
    for _ in range(2):
        result = read(tenant, "azure_user").of("azure_user")
        assert (result.verdict, result.count) == ("complete", len(USERS))


def test_a_listing_that_knows_no_id_fails_with_the_words_of_graph(tenant: LittleTenant) -> None:
    tenant.always("/users", 400, {"error": {"code": "", "message": NO_ID}})
    result = read(tenant, "azure_user").of("azure_user")
    assert result.verdict == "failed"
    assert "named 'id'" in result.reason


def test_what_no_delta_query_tells_is_left_out_so_that_the_others_stay_up_to_date(tenant: LittleTenant) -> None:
    """It names all of them at once (microsoft-graph-docs, issue 14141)."""

    def changes(query: str) -> tuple[int, dict[str, str], Any]:
        asked = query.partition("$select=")[2].partition("&")[0].split(",")
        if refused := [name for name in ("city", "country") if name in asked]:
            message = f"for this entity set, {UNSUPPORTED}: {', '.join(refused)}"
            return 400, {}, {"error": {"code": "BadRequest", "message": message}}
        return 200, {}, {"value": [], "@odata.deltaLink": f"{tenant.url}/v1.0/users/delta?$deltatoken=later"}

    tenant.says["/users/delta"] = changes
    first, later = read(tenant, "azure_user"), read(tenant, "azure_user")
    assert [report.of("azure_user").verdict for report in (first, later)] == ["complete", "complete"]
    assert first.reading["unknownProperties"] == later.reading["unknownProperties"] == {"/users": ["city", "country"]}
    assert tenant.count("/users") == 1
