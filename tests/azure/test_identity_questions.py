"""Who may have resources act for them, against an independent computation on tenants made up at random."""

import random
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.azure.test_questions import ASSIGNMENT, SUBSCRIPTION, check, every, holders, role
from tests.question_graphs import GRAPH, Json, Made, save

pytestmark = pytest.mark.every_area

GROUPS = "/providers/microsoft.management/managementgroups"
WAYS = {
    "azure_vm": ["microsoft.compute/virtualmachines/runcommand/action",
                 "microsoft.compute/virtualmachines/extensions/write"],
    "azure_vm_scale_set": ["microsoft.compute/virtualmachinescalesets/virtualmachines/runcommand/action"],
    "azure_kubernetes_cluster": ["microsoft.containerservice/managedclusters/runcommand/action"],
    "azure_automation_account": ["microsoft.automation/automationaccounts/runbooks/publish/action"],
    "azure_logic_app_workflow": ["microsoft.logic/workflows/write"],
    "azure_web_app": ["microsoft.web/sites/publishxml/action"],
    "azure_function_app": ["microsoft.web/sites/publishxml/action"],
}  # fmt: skip
GET, LET = "microsoft.keyvault/vaults/secrets/getsecret/action", "microsoft.keyvault/vaults/accesspolicies/write"
ON_DATA = {"azure_vm": ["microsoft.compute/virtualmachines/loginasadmin/action"]}
ROLES: list[Json] = [
    {"roleName": "Owner", "actions": ["*"], "notActions": []},
    {"roleName": "Sealed", "actions": ["*"], "notActions": ["Microsoft.Compute/*", "Microsoft.Web/Sites/PublishXml/*"]},
    {"roleName": "Machines", "actions": ["Microsoft.Compute/virtualMachines/extensions/*"]},
    {"roleName": "Admin Login", "actions": ["*/read"], "dataActions": ["Microsoft.Compute/virtualMachines/*/action"]},
    {"roleName": "No Login", "dataActions": ["*"], "notDataActions": ["Microsoft.Compute/*/loginAsAdmin/action"]},
    {"roleName": "Automation", "actions": ["Microsoft.Automation/automationAccounts/*"], "condition": "of some"},
    {"roleName": "Secrets", "dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]},
    {"roleName": "Vaults", "actions": ["Microsoft.KeyVault/*"], "notDataActions": ["*"]},
    {"roleName": "Other Vaults", "actions": ["*"], "notActions": ["Microsoft.KeyVault/vaults/accessPolicies/*"]},
    {"roleName": "Reader", "actions": ["*/read"]},
    {"roleName": None},
]


def made_up(seed: int) -> Made:
    made, rng = Made(), random.Random(seed)

    def add(type: str, *found: Json, at: str = "") -> list[str]:
        made.entities[type] = {
            f"{at}{type}:{n}": {"displayName": f"{rng.choice('aA')} {n % 3}", **each} for n, each in enumerate(found)
        }
        return list(made.entities[type])

    users, groups = add("azure_user", {}, {}), add("azure_user_group", {}, {})
    services = add("azure_service_principal", *({} for _ in range(5)))
    made.ends["azure_user_group_has_group"] = {(groups[0], groups[1]): {}}
    made.ends["azure_user_group_has_service_principal"] = {(groups[1], services[3]): {}}
    made.ends["azure_user_group_has_user"] = {}
    places = add(SUBSCRIPTION, {"subscriptionId": "one", "managementGroups": ["Near", "ROOT"]},
                 {"subscriptionId": "two", "managementGroups": None}, at="/subscriptions/")  # fmt: skip
    given = add(
        "azure_user_assigned_identity", {"principalId": services[0].upper()}, {"principalId": services[1]}, at="/"
    )
    ids = [services[2].upper(), services[3], None]
    for type in WAYS:
        made.entities[type] = {
            f"{place}/resourcegroups/rg{n}/{type}": {
                "displayName": f"{rng.choice('aA')} {n}", "subscriptionId": ["one", "two"][n],
                "principalId": rng.choice(ids),
                "userAssignedIdentityIds": rng.choice([None, [], given, given[:1], ["/unseen"]]),
            } for n, place in enumerate(places)
        }  # fmt: skip
    made.entities["azure_keyvault_service"] = {
        f"{place}/resourcegroups/rg{n}/vault": {
            "displayName": f"{rng.choice('aA')} {n}", "subscriptionId": ["one", "two"][n],
            "enableRbacAuthorization": rng.choice([True, False, None]),
        } for n, place in enumerate(places)
    }  # fmt: skip
    resources = [key for type in WAYS for key in made.of(type)]
    scopes = ["/", f"{GROUPS}/near", f"{GROUPS}/far", *places, f"{places[0]}/resourcegroups/rg",
              f"{places[1]}/resourcegroups/rg1", *rng.sample(resources, 3)]  # fmt: skip
    add(ASSIGNMENT, *(
        {"principalId": rng.choice([*users, *groups, *services, "gone"]), "roleDefinitionId": "/role",
         "scope": rng.choice(scopes), **rng.choice(ROLES)} for _ in range(18)
    ), at="/")  # fmt: skip
    return made


@pytest.fixture(params=range(12))
def tenant(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """A tenant whose graph is in the current folder."""
    tenant = made_up(request.param)
    save(tenant, tmp_path / "of-question")
    GRAPH.symlink_to(tmp_path / "of-question")
    return tenant


def named(of: Json, kind: str, operation: str) -> bool:
    """Tell whether a role has an operation among its actions, and not among those left out."""
    kinds = kind, f"not{kind[0].upper()}{kind[1:]}"
    found = [any(fnmatchcase(operation, each.lower()) for each in of.get(name) or ()) for name in kinds]
    return found == [True, False]


def may(of: Json, type: str) -> bool:
    return any(named(of, "actions", each) for each in WAYS[type]) or any(
        named(of, "dataActions", each) for each in ON_DATA.get(type, ())
    )


def kinds_of(tenant: Made) -> dict[str, str]:
    return {key: kind for kind in ("azure_user", "azure_user_group", "azure_service_principal")
            for key in tenant.of(kind)}  # fmt: skip


def above(tenant: Made, key: str, of: Json) -> set[str]:
    """Return every scope in which a role holds for a resource."""
    (place,) = (each for each in tenant.of(SUBSCRIPTION).values() if each["subscriptionId"] == of["subscriptionId"])
    parts = key.split("/")
    near = {"/".join(parts[:n]) for n in range(2, len(parts) + 1)}
    return {"/", *near, *(f"{GROUPS}/{each.lower()}" for each in place["managementGroups"] or ())}


def test_ways_to_act_as_resources(tenant: Made) -> None:
    had: dict[str, set[str]] = {}
    for of in tenant.of(ASSIGNMENT).values():
        for holder in holders(tenant, of["principalId"], "service_principal"):
            had.setdefault(holder, set()).add(role(of))
    identities = tenant.of("azure_user_assigned_identity")
    expected = []
    for type, key, of in every(tenant, *WAYS):
        acting = [("its own", of["principalId"])]
        acting += [(identities[each]["displayName"], identities[each]["principalId"])
                   for each in of["userAssignedIdentityIds"] or () if each in identities]  # fmt: skip
        for identity, principal in acting:
            roles = had.get((principal or "").lower(), set())
            expected += [
                (kinds_of(tenant).get(held["principalId"], "not in the graph"), role(held), held["scope"], type,
                 identity, ", ".join(sorted(roles, key=lambda name: (name.lower(), name))), key)
                for held in tenant.of(ASSIGNMENT).values()
                if roles and may(held, type) and held["scope"] in above(tenant, key, of)
                and held["principalId"] != principal.lower()
            ]  # fmt: skip
    check("ways-to-act-as-resources", expected, "whoType role scope type identity identityRoles key", "resource key")


def test_ways_into_vaults(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, "azure_keyvault_service"):
        for held in tenant.of(ASSIGNMENT).values():
            if of["enableRbacAuthorization"]:
                how, leads = "reads secrets", named(held, "dataActions", GET)
            else:
                how, leads = "writes access policies", named(held, "actions", LET)
            if leads and held["scope"] in above(tenant, key, of):
                kind = kinds_of(tenant).get(held["principalId"], "not in the graph")
                expected.append((kind, how, role(held), held["scope"], key))
    check("ways-into-vaults", expected, "type how role scope key", "vault key")
