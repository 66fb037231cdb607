"""What is served that is no directory object: what it asks of a request, of the application and of the tenant."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.simulator import Faults, Simulator, demo_tenant
from tests.simulator.areas import SHELVES
from tests.simulator.areas.apps import FINANCE_JOB
from tests.simulator.areas.governance import ASKED, GENERAL
from tests.simulator.areas.intune_states import AS_WE_LIKE_IT, CODES, OLD_EDITOR
from tests.simulator.areas.policies_demo import OLDER_JOBS
from tests.simulator.areas.protection import HELP_DESK, STORE
from tests.simulator.areas.reviews import OF_GROUP, PAST
from tests.simulator.client import Client, code, ids_of, step
from tests.simulator.demo_ids import SERVICE_PRINCIPAL_ID, group_id
from tests.simulator.licences import P1, license_tenant
from tests.simulator.shelves import ANY, Shelf

PIM = "/roleManagement/directory/roleEligibilityScheduleInstances"
CREDENTIALS = f"/applications/{FINANCE_JOB}/federatedIdentityCredentials"


@pytest.fixture
def demo() -> Iterator[tuple[Simulator, Client]]:
    with Simulator(demo_tenant()) as simulator:
        yield simulator, Client(simulator)


def path_of(shelf: Shelf) -> str:
    parents = {"applications": FINANCE_JOB, "domains": "contoso.example", "appManagementPolicies": OLDER_JOBS}
    parents |= {"catalogs": GENERAL, "accessPackageAssignmentApprovals": ASKED, "definitions": OF_GROUP}
    parents |= {"instances": PAST, "detectedApps": OLD_EDITOR}
    parents |= {"deviceCompliancePolicies": CODES, "deviceConfigurations": AS_WE_LIKE_IT}
    parents |= {"roleDefinitions": HELP_DESK, "certificateBasedAuthConfigurations": STORE}
    names = shelf.path.split("/")
    path = "/".join(
        parents.get(above, SERVICE_PRINCIPAL_ID) if name == ANY else name for above, name in pairwise(["", *names])
    )
    wanted = " and ".join(f"{group[0]} eq '/'" for group in shelf.filters)
    return path + (f"?$filter={wanted}" if wanted else "")


@pytest.mark.parametrize("shelf", SHELVES.all, ids=[shelf.path for shelf in SHELVES.all])
def test_every_shelf_answers_a_licensed_tenant_and_whoever_holds_any_one_of_its_permissions(shelf: Shelf) -> None:
    for role in shelf.permissions:
        with Simulator(demo_tenant(), roles=(role,)) as simulator:
            response = Client(simulator).get(path_of(shelf))
            assert response.status_code == 200, response.text
            assert ("value" in response.json()) is (shelf.single is None)
            other = Client(simulator).get(path_of(SHELVES.all[0] if role != "Application.Read.All" else SHELVES.all[3]))
            if role not in ("Application.Read.All", "Directory.Read.All"):
                assert (other.status_code, code(other)) == (403, "Authorization_RequestDenied")


def test_each_service_refuses_in_its_own_words() -> None:
    with Simulator(demo_tenant(), roles=("User.Read.All",)) as simulator:
        client = Client(simulator)
        for path, expected in (
            ("/policies/authorizationPolicy", "AccessDenied"),
            ("/identity/conditionalAccess/policies", "AccessDenied"),
            ("/reports/authenticationMethods/userRegistrationDetails", "Authentication_MSGraphPermissionMissing"),
            ("/users?$select=id,signInActivity", "Authentication_MSGraphPermissionMissing"),
            ("/applications", "Authorization_RequestDenied"),
        ):
            response = client.get(path)
            assert (response.status_code, code(response)) == (403, expected)


def test_directory_read_all_opens_the_directory_and_neither_policies_nor_reports_nor_eligibility() -> None:
    with Simulator(demo_tenant(), roles=("Directory.Read.All",)) as simulator:
        client = Client(simulator)
        opened = ("/applications", "/oauth2PermissionGrants", "/directory/administrativeUnits/delta", "/domains")
        assert {client.get(path).status_code for path in (*opened, "/subscribedSkus", "/groupSettings")} == {200}
        shut = ("/policies/authorizationPolicy", PIM, "/users?$select=signInActivity", "/devices/delta")
        assert {client.get(path).status_code for path in shut} == {403}
    with Simulator(demo_tenant(), roles=("DelegatedPermissionGrant.Read.All",)) as simulator:
        assert Client(simulator).get("/oauth2PermissionGrants").status_code == 403


def test_what_a_tenant_has_bought_decides_what_it_is_refused(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    reports, access = "/reports/authenticationMethods/userRegistrationDetails", "/identity/conditionalAccess/policies"
    license_tenant(simulator.tenant, [P1])
    assert (client.get(PIM).status_code, code(client.get(PIM))) == (400, "AadPremiumLicenseRequired")
    assert client.get(reports).status_code == client.get(access).status_code == 200
    license_tenant(simulator.tenant, [])
    refused = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    assert [code(client.get(path)) for path in (reports, "/users?$select=signInActivity")] == [refused, refused]
    assert client.get(access).status_code == 403
    plans = {plan["servicePlanName"] for sku in client.items("/subscribedSkus") for plan in sku["servicePlans"]}
    assert "EXCHANGE_S_ENTERPRISE" in plans
    assert not any(plan.startswith("AAD_PREMIUM") for plan in plans)


def test_a_feature_that_is_absent_says_so() -> None:
    with Simulator(demo_tenant(), faults=Faults(absent={"/identity/": (404, ""), PIM: (400, "BadRequest")})) as absent:
        client = Client(absent)
        found = [client.get(path) for path in ("/identity/conditionalAccess/templates", PIM, "/domains")]
        assert [response.status_code for response in found] == [404, 400, 200]
        assert [code(response) for response in found[:2]] == ["", "BadRequest"]


def test_shelves_refuse_options_they_do_not_take_and_filters_that_are_missing(demo: tuple[Simulator, Client]) -> None:
    _, client = demo
    policies = "/policies/roleManagementPolicyAssignments"
    group = "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances"
    for path in (
        "/domains?$top=5",
        "/subscribedSkus?$select=id",
        "/policies/permissionGrantPolicies?$expand=nonsense",
        "/identity/conditionalAccess/policies?$expand=conditions",
        f"{policies}?$filter=scopeId eq '/'",
        policies,
        group,
        f"{group}?$filter=accessId eq 'member'",
        "/domains?$select=",
    ):
        assert client.get(path).status_code == 400, path
    assert client.get("/domains/nowhere.example").status_code == 404
    assert (
        client.get("/applications/00000000-0000-0000-0000-000000000000/federatedIdentityCredentials").status_code == 404
    )
    assert client.get(f"{group}?$filter=groupId eq '{group_id(3)}'").json()["value"] == []
    assert client.get(f"{policies}?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'").status_code == 200


def test_shelves_page_select_filter_and_expand(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    contents = simulator.tenant.contents
    contents.clear("/domains")
    contents.put("/domains", *({"id": f"{n}.example", "isRoot": n % 2 == 0, "state": None} for n in range(250)))
    assert [len(page["value"]) for page in client.pages("/domains")] == [100, 100, 50]
    assert client.get("/domains?$select=isRoot").json()["value"][1] == {"isRoot": False}
    assert client.get("/domains/7.example").json()["isRoot"] is False
    contents.take("/domains", "7.example")
    assert client.get("/domains/7.example").status_code == 404
    assert len(client.items("/domains")) == 249
    path = "/policies/roleManagementPolicyAssignments"
    rows = ({"id": str(n), "scopeId": "/" if n else "x", "scopeType": "DirectoryRole",
             "policy": {"id": f"p{n}", "rules": [{"id": "r"}], "effectiveRules": []}} for n in range(3))  # fmt: skip
    contents.clear(path)
    contents.put(path, *rows)
    path += "?$filter=scopeId eq '/' and scopeType eq 'DirectoryRole'"
    assert ids_of(client.items(path)) == ["1", "2"]
    assert "policy" not in client.items(path)[0]
    assert client.items(f"{path}&$expand=policy")[0]["policy"] == {"id": "p1"}
    nested = client.items(f"{path}&$select=id&$expand=policy($expand=rules)")[0]
    assert nested == {"id": "1", "policy": {"id": "p1", "rules": [{"id": "r"}]}}


def test_a_broken_200_is_no_json_alone_and_base64_in_a_batch() -> None:
    with Simulator(demo_tenant(), faults=Faults(broken_200=frozenset({CREDENTIALS}))) as simulator:
        client = Client(simulator)
        response = client.get(CREDENTIALS)
        assert response.status_code == 200
        with pytest.raises(ValueError, match="Expecting"):
            response.json()
        answers = client.inner(step(1, CREDENTIALS), step(2, "/domains"))
        assert isinstance(answers["1"]["body"], str)
        assert answers["2"]["body"]["value"]


def test_lanes_let_through_what_graph_does() -> None:
    with Simulator(demo_tenant(), lanes=0.1) as simulator:
        client = Client(simulator)
        first, second = (client.get("/identity/conditionalAccess/policies") for _ in range(2))
        assert (first.status_code, second.status_code) == (200, 429)
        assert "Retry-After" not in second.headers
        reports = [client.get("/reports/authenticationMethods/userRegistrationDetails") for _ in range(6)]
        assert [response.status_code for response in reports] == [200] * 5 + [429]
        assert 0 < float(reports[-1].headers["Retry-After"]) <= 1
        signs = [client.get("/users?$select=id,signInActivity") for _ in range(11)]
        assert [response.status_code for response in signs] == [200] * 10 + [429]
        assert client.get("/users?$select=id").status_code == 200
        assert simulator.stats.rude == 0
    with Simulator(demo_tenant()) as simulator:
        client = Client(simulator)
        assert {client.get("/identity/conditionalAccess/policies").status_code for _ in range(5)} == {200}


def test_sign_in_activity_comes_in_pages_of_five_hundred() -> None:
    tenant = demo_tenant()
    for number in range(600):
        tenant.add_user({"id": f"{number:036}"})
    with Simulator(tenant) as simulator:
        sizes = [len(page["value"]) for page in Client(simulator).pages("/users?$select=id,signInActivity&$top=999")]
    assert max(sizes) == 500
    assert sum(sizes) == 620
