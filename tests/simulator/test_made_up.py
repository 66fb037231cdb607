"""Made-up tenants that have something of everything: their sizes, what they serve, and how they change."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simulator import Simulator, Tenant, demo_tenant, synthetic_tenant, truth
from tests.simulator.admin import contents
from tests.simulator.areas import SHELVES
from tests.simulator.areas.policies_demo import STS
from tests.simulator.client import Client
from tests.simulator.made_up import CHANGES, change
from tests.simulator.made_up.sizes import Sizes
from tests.simulator.planted import plant_secrets
from tests.simulator.properties import APPLICATION, COLLECTIONS, SERVICE_PRINCIPAL

ROOT = Path(__file__).parents[2]


def tenant_of(users: int = 300, **given: int) -> Tenant:
    return synthetic_tenant(users, users // 10, users * 4, sizes=Sizes.of(users, **given))


def test_a_tenant_has_the_sizes_asked_for_and_repeats() -> None:
    sizes = {"service_principals": 70, "applications": 21, "devices": 33, "administrative_units": 3, "grants": 44,
             "federated_credentials": 9, "app_role_assignments": 101, "role_assignments": 12, "eligibilities": 7,
             "conditional_access_policies": 8, "named_locations": 5}  # fmt: skip
    tenant = tenant_of(**sizes)
    found = contents(tenant)
    for path, name in {
        "/servicePrincipals": "service_principals",
        "/applications": "applications",
        "/devices": "devices",
        "/directory/administrativeUnits": "administrative_units",
        "/oauth2PermissionGrants": "grants",
        "/applications/{id}/federatedIdentityCredentials": "federated_credentials",
        "/servicePrincipals/{id}/appRoleAssignedTo": "app_role_assignments",
        "/roleManagement/directory/roleAssignments": "role_assignments",
        "/roleManagement/directory/roleEligibilityScheduleInstances": "eligibilities",
        "/identity/conditionalAccess/policies": "conditional_access_policies",
        "/identity/conditionalAccess/namedLocations": "named_locations",
    }.items():
        assert found[path] == sizes[name], path
    again = tenant_of(**sizes)
    assert again.rows == tenant.rows
    assert again.related == tenant.related
    assert all(again.contents.rows(path) == tenant.contents.rows(path) for path in tenant.contents.paths())


def test_everything_that_is_served_has_something_in_it() -> None:
    empty = {"/servicePrincipals/{id}/delegatedPermissionClassifications", "/policies/appManagementPolicies",
             "/policies/appManagementPolicies/{id}/appliesTo", "/groupSettingTemplates",
             "/servicePrincipals/microsoft.graph.agentIdentity",
             "/identity/identityProviders", *(f"/policies/{kind}Policies" for kind in STS)}  # fmt: skip
    found = contents(tenant_of())
    wanted = {f"/{name}" for name in COLLECTIONS} | {shelf.path for shelf in SHELVES.all if shelf.single is None}
    assert {path for path in wanted if not found.get(path)} == empty


def test_without_sizes_a_tenant_has_no_more_than_groups_need() -> None:
    found = {path: count for path, count in contents(synthetic_tenant(400, 40, 900)).items() if count != 1 and count}
    assert found == {"/users": 400, "/groups": 40, "/devices": 20, "/servicePrincipals": 4, "/contacts": 2,
                     "/subscribedSkus": 2}  # fmt: skip


def test_changes_touch_every_area_and_repeat() -> None:
    tenant, again = tenant_of(), tenant_of()
    change(tenant, 400, seed=4)
    change(again, 400, seed=4)
    assert tenant.log == again.log
    assert {len(CHANGES), len(set(CHANGES))} == {14}
    before = contents(tenant_of())
    after = contents(tenant)
    moved = {path for path, count in after.items() if before[path] != count}
    assert {"/devices", "/oauth2PermissionGrants", "/roleManagement/directory/roleAssignments"} <= moved


def test_a_copy_that_follows_the_deltas_of_all_kinds_has_what_is_listed() -> None:
    tenant = tenant_of()
    with Simulator(tenant) as simulator:
        client = Client(simulator)
        copies: dict[str, set[str]] = {name: set() for name in COLLECTIONS}
        links = {name: f"/{name}/delta?$select=id" for name in COLLECTIONS}
        for round_ in range(3):
            for name, copy in copies.items():
                for page in client.pages(links[name]):
                    links[name] = page.get("@odata.deltaLink", "")
                    for item in page["value"]:
                        (copy.discard if "@removed" in item else copy.add)(item["id"])
            assert {name: len(copy) for name, copy in copies.items()} == {
                name: len(client.items(f"/{name}?$select=id&$top=999")) for name in COLLECTIONS
            }
            tenant.mutate(20, seed=round_)
            change(tenant, 40, seed=round_)


@pytest.mark.parametrize("make", [demo_tenant, tenant_of])
def test_planted_secrets_are_what_graph_could_give(make: Callable[[], Tenant]) -> None:
    tenant = make()
    planted = plant_secrets(tenant)
    with Simulator(tenant) as simulator:
        client = Client(simulator)
        text = "".join(
            client.get(path).text
            for path in (
                "/applications?$top=999",
                "/servicePrincipals?$top=999",
                "/users?$select=passwordProfile&$top=999",
            )
        )
    assert [secret for secret in planted if secret not in text] == []
    assert len(planted) >= 3 * (len(tenant.objects(APPLICATION)) + len(tenant.objects(SERVICE_PRINCIPAL)))


def test_the_process_is_told_sizes() -> None:
    command = [sys.executable, "-m", "tests.simulator", "--users", "50", "--size", "devices=7", "--size", "nonsense=1"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "nonsense" in result.stderr


def test_areas_leave_memberships_alone() -> None:
    tenant = tenant_of()
    before = truth(tenant)
    change(tenant, 60, seed=1)
    assert truth(tenant)["groups"] == before["groups"]
    assert truth(tenant)["users"] == before["users"]
