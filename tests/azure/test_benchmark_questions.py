"""Further questions about settings that benchmarks ask for against an independent computation, on made-up tenants."""

import random
from typing import Any

import pytest

from tests.azure.test_hardening_questions import MAYBE, SUBSCRIPTION, check, every, place, whether
from tests.question_graphs import Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

ACCOUNT, SERVICE, LOCK = "azure_storage_account", "azure_storage_file_service", "azure_resource_lock"
HAS, SETTING = "azure_storage_account_has_file_service", "azure_security_center_setting"
GATEWAY = "azure_virtual_network_gateway"
DISKS, MACHINE, BASTION = ["azure_managed_disk", "azure_snapshot"], "azure_vm", "azure_bastion_host"
PLAN = "azure_security_center_subscription_pricing"
GOOD = {"SMB3.1.1", "AES-256-GCM"}
OTHERS = {"MCAS": "Defender for Cloud Apps", "WDATP": "Defender for Endpoint"}
PROPERTIES: dict[str, dict[str, list[Any]]] = {
    ACCOUNT: {
        "allowCrossTenantReplication": MAYBE, "allowSharedKeyAccess": MAYBE, "defaultToOAuthAuthentication": MAYBE,
        "networkRuleSet.defaultAction": [None, "Allow", "Deny", "deny"],
        "networkRuleSet.bypass": [None, "None", "AzureServices", "Logging, AzureServices", "Logging"],
        "encryption.requireInfrastructureEncryption": [True, True, False, None],
    },
    SERVICE: {
        "smbVersions": [None, [], ["SMB3.1.1"], ["SMB2.1", "SMB3.1.1"]],
        "smbChannelEncryption": [None, ["AES-256-GCM"], ["AES-128-CCM", "AES-256-GCM"]],
        "fileSoftDeleteEnabled": MAYBE,
    },
    SETTING: {"name": ["MCAS", "WDATP", "Sentinel"], "enabled": MAYBE},
    **{type: {
        "networkAccessPolicy": [None, "AllowAll", "AllowPrivate", "DenyAll"],
        "publicNetworkAccess": [None, "Enabled", "Disabled"], "diskState": [None, "Unattached"],
        "dataAccessAuthMode": [None, "None", "AzureActiveDirectory", "AzureActiveDirectory"],
    } for type in DISKS},
    PLAN: {
        "pricingTier": [None, "Free", "Standard", "standard"], "deprecated": [None, None, True],
        "disabledExtensions": [None, [], ["FileMonitoring"], ["AgentlessVmScanning", "FileMonitoring"]],
        "subPlan": ["P2", None],
    },
    MACHINE: {},
    GATEWAY: {"vpnAuthenticationTypes": [None, [], ["AAD"], ["Certificate", "AAD"], ["Radius"]]},
}  # fmt: skip


def made_up(seed: int) -> Made:
    """Return a tenant with two subscriptions, accounts with and without locks, settings and gateways."""
    made, rng = Made(), random.Random(seed)
    made.entities[SUBSCRIPTION] = {
        f"/subscriptions/{id}": {"displayName": id.upper(), "subscriptionId": id, "state": state}
        for id, state in (("one", rng.choice([None, "Enabled"])), ("two", rng.choice(["Warned", "Disabled"])))
    }
    for type, properties in PROPERTIES.items():
        of: dict[str, Json] = made.entities.setdefault(type, {})
        for n in range(6):
            id, chosen = (
                rng.choice(["one", "two", "unseen"]),
                {name: rng.choice(properties[name]) for name in properties},
            )
            of[f"/subscriptions/{id}/rg{n % 2}/{type}:{n}"] = {
                "displayName": f"{rng.choice('aA')} {n % 3}", "subscriptionId": id, "resourceGroup": f"rg{n % 2}",
                **chosen,
            }  # fmt: skip
    made.entities[BASTION] = {
        f"/bastion:{id}": {"displayName": id, "subscriptionId": id}
        for id in ("one", "two", "unseen")
        if rng.random() < 0.4
    }
    accounts, services = list(made.of(ACCOUNT)), list(made.of(SERVICE))
    made.ends[HAS] = {pair: {} for pair in zip(accounts, services, strict=True) if rng.random() < 0.8}
    scopes = [*accounts[:2], f"{accounts[2]}0", f"{accounts[3]}/parts/a", "/subscriptions/one/rg0", "/subscriptions/tw"]
    made.entities[LOCK] = {
        f"/lock:{n}": {"scope": scope, "level": rng.choice(["CanNotDelete", "ReadOnly", "NotSpecified", None])}
        for n, scope in enumerate(scopes)
    }
    return made


saved = saved_graphs(made_up, range(8))


def test_weak_storage_accounts(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, ACCOUNT):
        action, bypass = of["networkRuleSet.defaultAction"], of["networkRuleSet.bypass"]
        keys_first = of["allowSharedKeyAccess"] is not False and not of["defaultToOAuthAuthentication"]
        shuts = False if action == "Allow" else None if action is None else bypass in ("None", "Logging")
        if action is None and bypass not in ("None", "Logging"):
            shuts = False
        once = not of["encryption.requireInfrastructureEncryption"]
        weak = (of["allowCrossTenantReplication"], keys_first, shuts, once)
        if any(weak):
            expected.append((*map(whether, weak), place(tenant, of), key))
    columns = "copiesToOtherTenants offersKeysFirst keepsAzureOut encryptsOnce subscription key"
    check("weak-storage-accounts", expected, columns)


def test_storage_accounts_that_can_be_deleted(tenant: Made) -> None:
    locked = {of["scope"] for _, _, of in every(tenant, LOCK) if of["level"] in ("CanNotDelete", "ReadOnly")}

    def scopes(key: str) -> set[str]:
        names = key.split("/")
        return {"/".join(names[:end]) for end in range(2, len(names) + 1)}

    expected = [(place(tenant, of), key) for _, key, of in every(tenant, ACCOUNT) if not scopes(key) & locked]
    check("storage-accounts-without-lock", expected, "subscription key")


def test_weak_file_services(tenant: Made) -> None:
    expected = []
    for account, service in tenant.pairs(HAS):
        of = tenant.of(SERVICE)[service]
        versions, ciphers = (of[name] for name in ("smbVersions", "smbChannelEncryption"))
        weak = (
            *(told is None or bool(set(told) - GOOD) for told in (versions, ciphers)),
            None if of["fileSoftDeleteEnabled"] is None else not of["fileSoftDeleteEnabled"],
        )
        if any(weak):
            expected.append((*map(whether, weak), account))
    check("weak-file-services", expected, "takesOldSmb takesWeakCiphers losesShares key")


def test_subscriptions_in_which_defender_is_by_itself(tenant: Made) -> None:
    on = {(of["subscriptionId"], of["name"]) for _, _, of in every(tenant, SETTING) if of["enabled"]}
    expected = []
    for _, key, of in every(tenant, SUBSCRIPTION):
        lacks = {service for name, service in OTHERS.items() if (of["subscriptionId"], name) not in on}
        if lacks and of["state"] != "Disabled":
            expected.append((key, lacks))
    assert [(row["key"], set(row["services"].split(", "))) for row in ask("defender-by-itself")] == sorted(expected)


def test_gateways_that_take_certificates(tenant: Made) -> None:
    expected = [
        (", ".join(of["vpnAuthenticationTypes"]), place(tenant, of), key)
        for _, key, of in every(tenant, GATEWAY)
        if set(of["vpnAuthenticationTypes"] or ()) - {"AAD"}
    ]
    check("gateways-by-certificate", expected, "by subscription key")


def test_weak_disks(tenant: Made) -> None:
    expected = []
    for type, key, of in every(tenant, *DISKS):
        open_to_all = of["networkAccessPolicy"] in (None, "AllowAll") and of["publicNetworkAccess"] != "Disabled"
        weak = (open_to_all, of["dataAccessAuthMode"] != "AzureActiveDirectory")
        if any(weak) and of["networkAccessPolicy"] != "DenyAll":
            expected.append((type, of["diskState"], *map(whether, weak), place(tenant, of), key))
    check("weak-disks", expected, "type diskState openToAll withoutSignIn subscription key")


def test_plans_with_parts_off(tenant: Made) -> None:
    expected = [
        (of["subPlan"], ", ".join(of["disabledExtensions"]), place(tenant, of), key)
        for _, key, of in every(tenant, PLAN)
        if (of["pricingTier"] or "").lower() == "standard" and not of["deprecated"] and of["disabledExtensions"]
    ]
    check("plans-with-parts-off", expected, "subPlan partsOff subscription key")


def test_subscriptions_with_machines_and_no_bastion(tenant: Made) -> None:
    reached = {of["subscriptionId"] for _, _, of in every(tenant, BASTION)}
    counts = dict.fromkeys(tenant.of(SUBSCRIPTION), 0)
    for _, _, of in every(tenant, MACHINE):
        if of["subscriptionId"] != "unseen" and of["subscriptionId"] not in reached:
            counts[f"/subscriptions/{of['subscriptionId']}"] += 1
    expected = [(count, key) for key, count in counts.items() if count]
    check("machines-without-bastion", expected, "machines key")
