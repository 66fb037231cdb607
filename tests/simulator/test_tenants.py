"""The tenants: the demo's awkward things, the size and shape of made-up ones."""

import pytest

from tests.simulator import Simulator, demo_tenant, synthetic_tenant, truth
from tests.simulator.client import Client
from tests.simulator.demo_ids import group_id, user_id
from tests.simulator.properties import COLUMNS, GROUP, LISTED_DEFAULTS


def test_the_demo_pages_and_has_one_empty_page_with_a_next_link() -> None:
    with Simulator(demo_tenant(), page_size=10) as simulator:
        client = Client(simulator)
        for path, sizes in (
            ("/users?$top=999", [10, 0, 10]),
            ("/groups?$top=999", [10, 2]),
            (f"/groups/{group_id(1)}/members?$top=999", [10, 5]),
        ):
            assert [len(page["value"]) for page in client.pages(path)] == sizes


def test_every_default_property_of_a_group_is_set_somewhere_in_the_demo() -> None:
    tenant = demo_tenant()
    for name in LISTED_DEFAULTS[GROUP]:
        assert any(group[name] not in (None, []) for group in tenant.groups.values()), name


def test_the_demo_has_members_of_every_kind_and_one_that_no_collection_lists() -> None:
    tenant = demo_tenant()
    assert {kind for _, kind, _ in tenant.memberships()} == {
        "user",
        "group",
        "device",
        "servicePrincipal",
        "orgContact",
    }
    assert user_id(21) not in tenant.users
    assert user_id(21) in {member for _, _, member in tenant.memberships()}


def test_synthetic_tenants_have_the_size_asked_for_and_repeat() -> None:
    tenant = synthetic_tenant(600, 60, 3000, seed=7)
    assert {name: each["count"] for name, each in truth(tenant).items()} == {
        "users": 600,
        "groups": 60,
        "memberships": 3000,
    }
    assert (
        truth(tenant)
        == truth(synthetic_tenant(600, 60, 3000, seed=7))
        != truth(synthetic_tenant(600, 60, 3000, seed=8))
    )
    sizes = sorted(len(list(tenant.members_of(group))) for group in tenant.groups)
    assert sizes[0] == 0
    assert sizes[len(sizes) // 2] < 30 < 300 < sizes[-1]
    edges = {(group, member) for group, kind, member in tenant.memberships() if kind == "group"}
    assert any(group == member for group, member in edges)
    assert any((member, group) in edges for group, member in edges if group != member)


def test_unknown_properties_and_double_memberships_are_refused() -> None:
    tenant = demo_tenant()
    with pytest.raises(ValueError, match="no property nonsense"):
        tenant.update(user_id(1), nonsense=1)
    with pytest.raises(ValueError, match="is in members"):
        tenant.add_member(group_id(1), user_id(1))
    assert set(COLUMNS[GROUP]) == set(tenant.groups[group_id(1)])
