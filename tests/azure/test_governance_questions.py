"""The questions about how Azure is governed against an independent computation, on tenants made up at random."""

import random
import time
from typing import Any

import pytest

from tests.azure.test_questions import SUBSCRIPTION, check, holders, made_up, may_assign_roles
from tests.question_graphs import DAY, Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

ROLE = "/providers/microsoft.authorization/roledefinitions"
ROLES: list[Json] = [
    {"actions": ["*"], "notActions": []},
    {"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write"]},
    {"actions": ["Microsoft.Authorization/RoleAssignments/*"]},
    {"actions": ["*/read"]},
]
LONG = 40 * DAY
CHANGES = [
    f"Microsoft.{of}/{what}"
    for of in (
        "Authorization/policyAssignments", "Network/networkSecurityGroups", "Network/publicIPAddresses",
        "Security/securitySolutions", "Sql/servers/firewallRules",
    ) for what in ("delete", "write")
]  # fmt: skip


def governed(seed: int) -> Made:
    """Return a tenant with roles that can be activated, delegations, exemptions, states and contacts."""
    made, rng, now = made_up(seed), random.Random(seed), int(time.time()) * 1000

    def add(type: str, *found: Json) -> list[str]:
        made.entities[type] = {
            f"/{type}:{n}": {"displayName": f"{rng.choice('aA')} {rng.randint(0, 3)}", **each}
            for n, each in enumerate(found)
        }
        return list(made.entities[type])

    roles = [f"{ROLE}/{n}" for n in range(len(ROLES))]
    made.entities["azure_role_definition"] = dict(zip(roles, ROLES, strict=True))
    people = [key for kind in ("azure_user", "azure_user_group", "azure_service_principal") for key in made.of(kind)]
    places = list(made.of(SUBSCRIPTION))
    scopes = [*places, "/", "/providers/microsoft.management/managementgroups/near", f"{places[0]}/resourcegroups/rg"]
    eligible = add("azure_role_eligibility", *(
        {"principalId": rng.choice([*people, "gone"]), "scope": rng.choice(scopes), "roleDefinitionId": "/role",
         "roleName": rng.choice(["Owner", None]), "endOn": rng.choice([None, now + LONG])} for _ in range(8)
    ))  # fmt: skip
    used: dict[tuple[str, str], Json] = {(each, rng.choice([*roles, f"{ROLE}/unseen"])): {} for each in eligible}
    made.ends["azure_role_eligibility_uses_definition"] = used
    lists = [None, [], ["Support=Reader"], ["A=Owner", "B=Reader"]]
    add("azure_lighthouse_delegation", *(
        {"managedByTenantName": rng.choice([None, "Fabrikam", "contoso"]), "managedByTenantId": f"id-{n}",
         "scope": rng.choice(places), "authorizations": rng.choice(lists), "eligibleAuthorizations": rng.choice(lists)}
        for n in range(3)
    ))  # fmt: skip
    rules = add("azure_policy_definition", {}, {})
    assigned = add("azure_policy_assignment", {}, {})
    add("azure_policy_exemption", *(
        {"scope": rng.choice(scopes), "policyAssignmentId": rng.choice([*assigned, "/gone"]),
         "exemptionCategory": "Waiver", "expiresOn": rng.choice([None, now - LONG, now + LONG])} for _ in range(4)
    ))  # fmt: skip
    add("azure_policy_state", *(
        {"resourceId": rng.choice(["/one", "/two", "/three"]), "policyDefinitionId": rng.choice([*rules, "/gone"]),
         "policyAssignmentId": rng.choice(assigned), "policyDefinitionName": "rule"} for _ in range(8)
    ))  # fmt: skip
    for of in made.of(SUBSCRIPTION).values():
        of["state"] = rng.choice([None, "Enabled", "Warned", "Disabled"])
    add("azure_security_center_contact", *(
        {"subscriptionId": rng.choice(["one", "two"]), "emails": rng.choice([None, [], ["a@contoso.example"]]),
         "isEnabled": rng.choice([None, True, False]), "notificationsByRoleState": rng.choice([None, "On", "Off"])}
        for _ in range(2)
    ))  # fmt: skip
    watching = [["Category=Administrative"], ["category=Security"], [f"operationName={each}" for each in CHANGES[:6]],
                [f"OperationName={CHANGES[7].lower()}"], [f"operationName={CHANGES[8]}", "caller=ada"], []]  # fmt: skip
    add("azure_monitor_activity_log_alert", *(
        {"enabled": rng.choice([None, True, True, False]), "scopes": rng.choice([places[:1], places, scopes[2:]]),
         "conditions": rng.choice([["category=Administrative"], []]) + rng.choice(watching)} for _ in range(4)
    ))  # fmt: skip
    return made


saved = saved_graphs(governed, range(10))


def test_who_can_get_the_right_to_assign_roles(tenant: Made) -> None:
    expected: list[tuple[Any, ...]] = []
    for eligibility, role in tenant.pairs("azure_role_eligibility_uses_definition"):
        of, allowed = tenant.of("azure_role_eligibility")[eligibility], tenant.of("azure_role_definition").get(role)
        for key, subscription in tenant.of(SUBSCRIPTION).items():
            kind, _, last = of["scope"].rpartition("/")
            groups = {name.lower() for name in subscription["managementGroups"]}
            is_above = kind == "/providers/microsoft.management/managementgroups" and last in groups
            if allowed and may_assign_roles(allowed) and (of["scope"] in (key, "/") or is_above):
                expected += [
                    (subscription["displayName"], tenant.name(who), of["roleName"] or "/role", of["scope"],
                     of["endOn"] is not None, who)
                    for who in holders(tenant, of["principalId"], "user")
                ]  # fmt: skip
    found = ask("subscription-candidates")
    columns = ("subscription", "holder", "role", "scope")
    rows = [(*(row[each] for each in columns), row["until"] is not None, row["key"]) for row in found]
    assert sorted(rows) == sorted(expected)


def test_what_other_tenants_manage(tenant: Made) -> None:
    def told(names: list[str] | None) -> str | None:
        return ", ".join(names) if names else None

    expected = [
        (of["managedByTenantName"] or of["managedByTenantId"], of["scope"], told(of["authorizations"]),
         told(of["eligibleAuthorizations"]), key) for key, of in tenant.of("azure_lighthouse_delegation").items()
    ]  # fmt: skip
    check("managed-by-other-tenants", expected, "tenant scope roles rolesToActivate key", "tenant scope key")


def test_what_is_exempted(tenant: Made) -> None:
    now = time.time() * 1000
    expected = [
        (of["displayName"], tenant.of("azure_policy_assignment").get(of["policyAssignmentId"], {}).get("displayName"),
         of["expiresOn"] is None, key)
        for key, of in tenant.of("azure_policy_exemption").items()
        if of["expiresOn"] is None or of["expiresOn"] > now
    ]  # fmt: skip
    found = [
        (row["displayName"], row["assignment"], row["until"] is None, row["key"]) for row in ask("exempt-from-policy")
    ]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert [row[2] for row in found] == sorted((row[2] for row in found), reverse=True)


def test_which_rules_are_broken(tenant: Made) -> None:
    broken: dict[tuple[str, str], set[str]] = {}
    for of in tenant.of("azure_policy_state").values():
        broken.setdefault((of["policyDefinitionId"], of["policyAssignmentId"]), set()).add(of["resourceId"])
    names = tenant.of("azure_policy_definition")
    expected = [
        (names[rule]["displayName"] if rule in names else "rule",
         tenant.of("azure_policy_assignment")[assignment]["displayName"], len(found), min(found), rule)
        for (rule, assignment), found in broken.items()
    ]  # fmt: skip
    rows = [
        tuple(row[each] for each in ("rule", "assignment", "resources", "example", "key"))
        for row in ask("broken-policies")
    ]
    assert sorted(rows) == sorted(expected)
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)


def test_of_which_subscriptions_nobody_is_told(tenant: Made) -> None:
    heard = {
        of["subscriptionId"] for of in tenant.of("azure_security_center_contact").values()
        if of["isEnabled"] is not False and (of["emails"] or of["notificationsByRoleState"] == "On")
    }  # fmt: skip
    expected = [
        (of["subscriptionId"], key) for key, of in tenant.of(SUBSCRIPTION).items()
        if of["state"] != "Disabled" and of["subscriptionId"] not in heard
    ]  # fmt: skip
    check("subscriptions-nobody-hears-of", expected, "subscriptionId key")


def test_which_changes_alert_nobody(tenant: Made) -> None:
    expected = []
    for key, subscription in tenant.of(SUBSCRIPTION).items():
        watched: set[str] = set()
        for of in tenant.of("azure_monitor_activity_log_alert").values():
            told = [tuple(each.lower().split("=")) for each in of["conditions"]]
            names = {value for field, value in told if field == "operationname"}
            if of["enabled"] is False or key not in of["scopes"] or any(field == "caller" for field, _ in told):
                continue
            is_for_all = ("category", "administrative") in told and not names
            watched |= {each for each in CHANGES if is_for_all or each.lower() in names}
        if subscription["state"] != "Disabled" and len(watched) < len(CHANGES):
            expected.append((", ".join(each for each in CHANGES if each not in watched), key))
    check("changes-that-alert-nobody", expected, "operations key")
