"""Who is at risk, certificate authorities, and settings of services, as Graph gives and refuses them."""

import random
from typing import Any

import pytest

from integration import load
from integration.testing import GraphServer, assert_records, run_steps
from tests.simulator import Simulator, demo_tenant, license_tenant

pytestmark = pytest.mark.every_area

MANAGER = load()
USER, PRINCIPAL = "azure_risky_user", "azure_risky_service_principal"
HAS_USER, HAS_PRINCIPAL = "azure_user_has_risky_user", "azure_service_principal_has_risky_service_principal"
AUTHORITY, SHARING, SETTINGS = "azure_certificate_authority", "azure_sharepoint_settings", "intune_settings"
STORES = "/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations"
PLANS = [
    {"servicePlanId": f"plan-{name}", "servicePlanName": name}
    for name in ("AAD_PREMIUM_P2", "AAD_WRKLDID_P1", "INTUNE_A")
]
LEVELS = {"low": 3, "medium": 5, "high": 8, "none": 0, "hidden": 0, "unknownFutureValue": 0, "HIGH": 8}
STATES = ["none", "confirmedSafe", "remediated", "dismissed", "atRisk", "confirmedCompromised", "AtRisk"]
OPEN = {"atrisk", "confirmedcompromised"}


@pytest.fixture
def tenant(graph: GraphServer) -> GraphServer:
    """A tenant with the licences, and nothing else."""
    graph.add("/organization", {"id": "aaaabbbb-0000-1111-2222-ccccdddd0000", "displayName": "Contoso"})
    graph.put("/policies/identitySecurityDefaultsEnforcementPolicy", {"id": "defaults", "isEnabled": True})
    graph.add("/subscribedSkus", {"id": "t_1", "skuId": "s", "capabilityStatus": "Enabled", "servicePlans": PLANS})
    return graph


def at_risk(rng: random.Random, id: str) -> dict[str, Any]:
    times = {"riskLastUpdatedDateTime": rng.choice([None, "2026-01-11T02:03:04Z"])}
    return {"id": id, "riskLevel": rng.choice([*LEVELS]), "riskState": rng.choice(STATES), **times}


@pytest.mark.parametrize("seed", range(4))
def test_who_is_at_risk_is_judged_by_level_and_state_and_leads_to_whom_it_is(seed: int, tenant: GraphServer) -> None:
    rng = random.Random(seed)
    ids = {"/users": USER, "/servicePrincipals": PRINCIPAL}
    told: dict[str, dict[str, dict[str, Any]]] = {USER: {}, PRINCIPAL: {}}
    tenant.add("/identityProtection/riskyUsers")
    tenant.add("/identityProtection/riskyServicePrincipals")
    for path, type in ids.items():
        for number in range(20):
            id = f"{type}-object-{number:04}"
            known = {"id": id, "displayName": id, **({"appId": f"app-{id}"} if type == PRINCIPAL else {})}
            if number % 5:
                tenant.add(path, known)
            row = {**at_risk(rng, id), **({"isDeleted": not number % 5} if type == USER else {"appId": f"app-{id}"})}
            told[type][id] = row
            tenant.add(f"/identityProtection/risky{path[1].upper()}{path[2:]}", row)
    ran = run_steps(HAS_USER, HAS_PRINCIPAL, source=tenant, manager=MANAGER)
    for type in told:
        found = {row["_key"]: (row["severity"], row["numericSeverity"], row["open"]) for row in ran.records[type]}
        assert found == {
            f"{type}:{id}": (
                row["riskLevel"].lower()
                if row["riskLevel"].lower() in ("high", "medium", "low", "none")
                else "unknown",
                LEVELS[row["riskLevel"]],
                row["riskState"].lower() in OPEN,
            )
            for id, row in told[type].items()
        }
    users = {row["_fromEntityKey"] for row in ran.records[HAS_USER]}
    assert users == {id for id, row in told[USER].items() if not row["isDeleted"]}
    assert {row["_toEntityKey"] for row in ran.records[HAS_PRINCIPAL]} == {
        f"{PRINCIPAL}:{id}" for id in told[PRINCIPAL]
    }
    assert "danglingEnds" not in ran.report.of(HAS_USER).problems
    assert ran.report.of(HAS_PRINCIPAL).problems["danglingEnds"]["count"] == 4


def test_users_at_risk_come_by_as_large_pages_as_graph_gives() -> None:
    with Simulator(demo_tenant()) as simulator:
        run_steps(USER, source=simulator, manager=MANAGER)
        asked = [each.path for each in simulator.requests if "/identityProtection/riskyUsers" in each.path]
    assert len(asked) == 1
    assert "500" in asked[0]


@pytest.mark.parametrize(
    ("plans", "skipped"),
    [
        ([], {USER, PRINCIPAL}),
        (["AAD_PREMIUM_P2"], {PRINCIPAL}),
        (["AAD_WRKLDID_P2"], {USER}),
        (["AAD_PREMIUM_P2", "AAD_WRKLDID_P2"], set()),
    ],
)
def test_risk_is_not_asked_of_a_tenant_without_the_licence_for_it(plans: list[str], skipped: set[str]) -> None:
    made = demo_tenant()
    license_tenant(made, plans)
    with Simulator(made) as simulator:
        verdicts = run_steps(USER, PRINCIPAL, AUTHORITY, source=simulator, manager=MANAGER).verdicts
    assert {type for type in (USER, PRINCIPAL) if verdicts[type] == "skipped"} == skipped
    assert verdicts[AUTHORITY] == "complete"


def test_certificate_authorities_of_all_stores_are_told_with_their_store(tenant: GraphServer) -> None:
    tenant.add(STORES, {"id": "store-0001"}, {"id": "store-0002"}, {"id": "store-0003"})
    for store, names in (("store-0001", ["root", None]), ("store-0002", ["other"]), ("store-0003", [])):
        rows = ({"id": f"{store}-{name}", "displayName": name, "issuer": "CN=Issuer"} for name in names)
        tenant.add(f"{STORES}/{store}/certificateAuthorities", *rows)
    found = run_steps(AUTHORITY, source=tenant, manager=MANAGER).records[AUTHORITY]
    assert_records(
        found,
        [
            {"_key": "store-0001-None", "name": "CN=Issuer", "storeId": "store-0001"},
            {"_key": "store-0001-root", "name": "root", "storeId": "store-0001"},
            {"_key": "store-0002-other", "name": "other", "storeId": "store-0002"},
        ],
    )


@pytest.mark.parametrize("settings", [None, {}, {"secureByDefault": None}, {"secureByDefault": True}])
def test_what_intune_does_not_say_of_itself_is_not_made_up(settings: Any, tenant: GraphServer) -> None:
    tenant.put("/deviceManagement", {"id": "intune-account-1", "settings": settings})
    ran = run_steps(SETTINGS, source=tenant, manager=MANAGER)
    [found] = ran.records[SETTINGS]
    assert ran.verdicts[SETTINGS] == "complete"
    assert found.get("secureByDefault") == (settings or {}).get("secureByDefault")


def test_settings_that_are_refused_are_told_with_the_permission(tenant: GraphServer) -> None:
    tenant.fail("/admin/sharepoint/settings", status=403, code="accessDenied")
    result = run_steps(SHARING, source=tenant, manager=MANAGER).report.of(SHARING)
    assert result.verdict == "failed"
    assert "SharePointTenantSettings.Read.All" in result.reason
