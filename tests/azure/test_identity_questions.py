"""Who may have resources act for them, against an independent computation on tenants made up at random."""

import random
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from tests.azure.test_questions import ASSIGNMENT, SUBSCRIPTION, check, every, holders, role
from tests.question_graphs import Json, Made, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

GROUPS = "/providers/microsoft.management/managementgroups"
MACHINE, SET = "microsoft.compute/virtualmachines", "microsoft.compute/virtualmachinescalesets"
CLUSTER, RUNBOOKS = "microsoft.containerservice/managedclusters", "microsoft.automation/automationaccounts/runbooks"
ARC = "microsoft.hybridcompute/machines"
SITE, IDENTITY = "microsoft.web/sites", "microsoft.managedidentity/userassignedidentities"
CODE = ("write", "config/write", "config/list/action", "publish/action", "publishxml/action")
WAYS = {
    "azure_vm": [f"{MACHINE}/{each}" for each in ("runcommand/action", "runcommands/write", "extensions/write")],
    "azure_vm_scale_set": [f"{SET}/write", f"{SET}/extensions/write", *(
        f"{SET}/virtualmachines/{each}" for each in ("extensions/write", "runcommand/action", "runcommands/write"))],
    "azure_arc_machine": [f"{ARC}/runcommands/write", f"{ARC}/extensions/write"],
    "azure_kubernetes_cluster": [f"{CLUSTER}/runcommand/action", f"{CLUSTER}/listclusteradmincredential/action"],
    "azure_automation_account": [f"{RUNBOOKS}/{each}" for each in ("write", "publish/action", "draft/testjob/write")],
    "azure_logic_app_workflow": ["microsoft.logic/workflows/write"],
    "azure_web_app": [f"{SITE}/{each}" for each in CODE],
    "azure_function_app": [f"{SITE}/{each}" for each in (*CODE, "functions/write", "host/listkeys/action")],
    "azure_web_app_slot": [f"{SITE}/slots/{each}" for each in CODE],
    "azure_container_app": ["microsoft.app/containerapps/write", "microsoft.app/containerapps/getauthtoken/action"],
    "azure_container_app_job": ["microsoft.app/jobs/write", "microsoft.app/jobs/start/action"],
    "azure_container_group": ["microsoft.containerinstance/containergroups/write",
                              "microsoft.containerinstance/containergroups/containers/exec/action"],
    "azure_container_registry_task": ["microsoft.containerregistry/registries/tasks/write"],
    "azure_data_factory": ["microsoft.datafactory/factories/pipelines/write"],
    "azure_user_assigned_identity": [f"{IDENTITY}/assign/action", f"{IDENTITY}/federatedidentitycredentials/write"],
}  # fmt: skip
ON_DATA = {
    "azure_vm": [f"{MACHINE}/login/action", f"{MACHINE}/loginasadmin/action"],
    "azure_arc_machine": [f"{ARC}/login/action", f"{ARC}/loginasadmin/action"],
}
INTO_ROLES = {
    "reads secrets": ["secrets/getsecret/action"],
    "replaces secrets": ["secrets/setsecret/action"],
    "uses keys": ["keys/decrypt/action", "keys/unwrap/action", "keys/sign/action"],
    "replaces certificates": ["certificates/create/action", "certificates/import/action"],
}
ASSIGNS = "microsoft.authorization/roleassignments/write"
INTO_POLICIES = ["microsoft.keyvault/vaults/accesspolicies/write", "microsoft.keyvault/vaults/write"]
SEEDS = range(12)
ELIGIBLE, DEFINITION = "azure_role_eligibility", "azure_role_definition"
ROLES: list[Json] = [
    {"roleName": "Owner", "actions": ["*"], "notActions": []},
    {"roleName": "Sealed", "actions": ["*"], "notActions": ["Microsoft.Compute/*", "Microsoft.Web/Sites/PublishXml/*"]},
    {"roleName": "Machines", "actions": ["Microsoft.Compute/virtualMachines/extensions/*"]},
    {"roleName": "Admin Login", "actions": ["*/read"], "dataActions": ["Microsoft.Compute/virtualMachines/*/action"]},
    {"roleName": "No Login", "dataActions": ["*"], "notDataActions": ["Microsoft.Compute/*/loginAsAdmin/action"]},
    {
        "roleName": "Arc",
        "actions": ["Microsoft.HybridCompute/*/write"],
        "dataActions": ["Microsoft.HybridCompute/*/login/action"],
    },
    {"roleName": "Automation", "actions": ["Microsoft.Automation/automationAccounts/*"], "condition": "of some"},
    {"roleName": "Secrets", "dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]},
    {"roleName": "Vaults", "actions": ["Microsoft.KeyVault/*"], "notDataActions": ["*"]},
    {"roleName": "Other Vaults", "actions": ["*"], "notActions": ["Microsoft.KeyVault/vaults/accessPolicies/*"]},
    {
        "roleName": "Giver",
        "actions": [
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
        ],
    },
    {"roleName": "Sites", "actions": ["Microsoft.Web/sites/*"], "notActions": ["Microsoft.Web/sites/*/action"]},
    {"roleName": "Jobs", "actions": ["Microsoft.App/jobs/start/action", "Microsoft.App/containerApps/*/action"]},
    {
        "roleName": "Crypto",
        "dataActions": ["Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/certificates/*"],
        "notDataActions": ["Microsoft.KeyVault/vaults/keys/sign/action"],
    },
    {"roleName": "Vault Writer", "actions": ["Microsoft.KeyVault/vaults/write"]},
    {"roleName": "Access", "actions": ["Microsoft.Authorization/*"]},
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
        "azure_user_assigned_identity",
        {"principalId": services[0].upper(), "subscriptionId": "one"},
        {"principalId": services[1], "subscriptionId": "two"},
        at="/",
    )
    ids = [services[2].upper(), services[3], None]
    for type in [*WAYS][:-1]:
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
    roles = add(DEFINITION, *ROLES, at="/")

    def held() -> Json:
        return {"principalId": rng.choice([*users, *groups, *services, "gone"]), "scope": rng.choice(scopes)}

    add(ASSIGNMENT, *(held() | {"roleDefinitionId": "/role", **rng.choice(ROLES)} for _ in range(24)), at="/")
    chosen = {f"/{ELIGIBLE}:{n}": rng.choice([*roles, "/unseen"]) for n in range(12)}
    names = {key: of["roleName"] for key, of in zip(roles, ROLES, strict=True)}
    add(ELIGIBLE, *(
        held() | {"roleDefinitionId": of, "roleName": names.get(of), "condition": rng.choice([None, "of some"])}
        for of in chosen.values()
    ), at="/")  # fmt: skip
    made.ends[f"{ELIGIBLE}_uses_definition"] = {pair: {} for pair in chosen.items()}
    return made


saved = saved_graphs(made_up, SEEDS)


def named(of: Json, kind: str, operation: str) -> bool:
    """Tell whether a role has an operation among its actions, and not among those left out."""
    kinds = kind, f"not{kind[0].upper()}{kind[1:]}"
    found = [any(fnmatchcase(operation, each.lower()) for each in of.get(name) or ()) for name in kinds]
    return found == [True, False]


def operations(of: Json, type: str) -> str:
    found = [each for each in WAYS[type] if named(of, "actions", each)]
    found += [each for each in ON_DATA.get(type, ()) if named(of, "dataActions", each)]
    return ", ".join(sorted(found))


def had_or_eligible(tenant: Made) -> Iterator[tuple[str, Json]]:
    """Yield every role that somebody has or may activate, with its operations, and which of the two it is."""
    yield from (("holds", of) for of in tenant.of(ASSIGNMENT).values())
    for of in tenant.of(ELIGIBLE).values():
        allowed = tenant.of(DEFINITION).get(of["roleDefinitionId"], {})
        yield "may activate", {**allowed, **of}


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
                   for each in of.get("userAssignedIdentityIds") or () if each in identities]  # fmt: skip
        for identity, principal in acting:
            roles = had.get((principal or "").lower(), set())
            expected += [
                (kinds_of(tenant).get(held["principalId"], "not in the graph"), how, role(held), held["scope"],
                 held.get("condition"), operations(held, type), type, identity,
                 ", ".join(sorted(roles, key=lambda name: (name.lower(), name))), key)
                for how, held in had_or_eligible(tenant)
                if roles and operations(held, type) and held["scope"] in above(tenant, key, of)
                and held["principalId"] != principal.lower()
            ]  # fmt: skip
    check("ways-to-act-as-resources", expected,
          "whoType how role scope condition operations type identity identityRoles key", "resource key")  # fmt: skip


def into(of: Json, *, by_roles: bool) -> list[str]:
    """Return how a role leads to what a vault holds."""
    if not by_roles:
        return ["writes access policies"] if any(named(of, "actions", each) for each in INTO_POLICIES) else []
    found = [how for how, those in INTO_ROLES.items()
             if any(named(of, "dataActions", f"microsoft.keyvault/vaults/{each}") for each in those)]  # fmt: skip
    return found + (["assigns roles"] if named(of, "actions", ASSIGNS) else [])


def test_ways_into_vaults(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, "azure_keyvault_service"):
        for has, held in had_or_eligible(tenant):
            if held["scope"] in above(tenant, key, of):
                kind = kinds_of(tenant).get(held["principalId"], "not in the graph")
                expected += [(kind, how, has, role(held), held["scope"], held.get("condition"), key)
                             for how in into(held, by_roles=bool(of["enableRbacAuthorization"]))]  # fmt: skip
    check("ways-into-vaults", expected, "type how has role scope condition key", "vault key")


def test_all_ways_occur_in_these_tenants() -> None:
    tenants = [made_up(seed) for seed in SEEDS]
    held = [each for made in tenants for each in had_or_eligible(made)]
    assert {each for _, of in held for type in WAYS for each in operations(of, type).split(", ")} == {
        "", *(each for ways in (WAYS, ON_DATA) for those in ways.values() for each in those)
    }  # fmt: skip
    for by_roles, ways in ((True, {*INTO_ROLES, "assigns roles"}), (False, {"writes access policies"})):
        found = {(has, how) for has, of in held for how in into(of, by_roles=by_roles)}
        assert found == {(has, how) for has in ("holds", "may activate") for how in ways}
