"""One answer in a batch that makes all of it unreadable: Graph ends some with an error in the midst of an object.

Source: msgraph-sdk-python, issue 1359: so it answers for the federated credentials of an application, one of which has
no subject.
"""

from collections.abc import Iterator

import pytest

from tests.little_tenant import GROUPS, LittleTenant, members, read, serving

NAME = "azure_user_group_has_user"
SPOILED = b'{"value": [{"id": "1", "name": "one"{"error": {"code": "InternalServerError", "message": "invented"}}'


@pytest.fixture
def tenant() -> Iterator[LittleTenant]:
    with serving(LittleTenant()) as tenant:
        yield tenant


@pytest.mark.parametrize("spoiled", GROUPS)
def test_it_costs_its_own_parent_alone(spoiled: str, tenant: LittleTenant) -> None:
    whole = read(tenant, NAME).of(NAME).count
    tenant.always(members(spoiled), 200, SPOILED)
    report = read(tenant, NAME, fresh=True)
    assert report.of(NAME).verdict == "partial"
    assert f"the members of 1 of them could not be read: {members(spoiled)}:" in report.of(NAME).reason
    assert all(tenant.count(members(group)) for group in GROUPS)
    assert not report.changes.get(NAME, {}).get("deleted")
    tenant.mended()
    assert read(tenant, NAME).of(NAME).count == whole


def test_where_no_batch_can_be_read_the_relation_fails(tenant: LittleTenant) -> None:
    tenant.always("/$batch", 200, SPOILED)
    report = read(tenant, NAME)
    assert report.of(NAME).verdict == "failed"
    assert "/$batch: the answer is not a JSON object" in report.of(NAME).reason
    assert tenant.count("/$batch") == 9
