"""What is open to others and what nothing protects, against an independent computation on tenants made up at random."""

import random
from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

import pytest

from tests.azure.test_questions import check, holders, inside, place, role
from tests.question_graphs import Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

SUBSCRIPTION, ASSIGNMENT, VAULT = "azure_subscription", "azure_role_assignment", "azure_keyvault_service"
POLICY = "azure_keyvault_service_allows_principal"
PORTS = {22: "SSH", 3389: "RDP", 5985: "WinRM", 5986: "WinRM"}
SOURCES = ["*", "Internet", "0.0.0.0/0", "::/0", "203.0.113.0/24", "VirtualNetwork"]
PLACES = ["*", "VirtualNetwork", "10.0.0.0/24", "10.0.0.4", "10.9.0.0/16", "Sql", "2001:db8::/32"]
RANGES = ["*", "22", "22-23", "3000-4000", "5986", "80", "0-65535", "21-5985"]
CNAMES = [None, "shop.azurewebsites.net.", "shop-next.azurewebsites.net", "gone.azurewebsites.net",
          "DATA.blob.core.windows.net",
          "pip.eu.cloudapp.azure.com", "gone.eu.cloudapp.azure.com", "elsewhere.example"]  # fmt: skip


def made_up(seed: int) -> Made:
    made, rng = Made(), random.Random(seed)

    def add(type: str, *found: Json, at: str = "/") -> list[str]:
        made.entities[type] = {
            f"{at}{type}:{n}": {"displayName": f"{rng.choice('aA')} {n % 3}", **each} for n, each in enumerate(found)
        }
        return list(made.entities[type])

    edges = partial(made.join, rng)

    add(SUBSCRIPTION, *(
        {"subscriptionId": id, "active": rng.choice([True, None, False])} for id in ("one", "two", "three")
    ), at="/subscriptions/")  # fmt: skip

    def somewhere() -> Json:
        return {"subscriptionId": rng.choice(["one", "two", "unseen"]), "resourceGroup": "rg"}

    _network(add, rng, somewhere)
    _names(add, rng, somewhere)
    users = add("azure_user", *({} for _ in range(4)), at="")
    groups = add("azure_user_group", *({"displayName": f"{rng.choice('gG')}roup {n}"} for n in range(4)), at="")
    services = add("azure_service_principal", *(
        {"isExternal": rng.choice([True, True, False, None]), "isFirstParty": rng.choice([True, False, None]),
         "appOwnerOrganizationId": "other"} for _ in range(5)
    ), at="")  # fmt: skip
    edges("azure_user_group_has_user", groups, [*users, "user-gone"], 6)
    edges("azure_user_group_has_group", groups, groups, 5)
    edges("azure_user_group_has_service_principal", groups, services, 5)
    add(ASSIGNMENT, *(
        {"principalId": rng.choice([*groups, *services, "foreign"]), "roleDefinitionId": "/role", "scope": "/",
         "principalType": rng.choice([None, "ForeignGroup", "foreigngroup"]),
         "roleName": rng.choice([None, "Owner", "reader"])}
        for _ in range(7)
    ))  # fmt: skip
    add("azure_lighthouse_delegation", *(
        {"managedByTenantId": "t", "managedByTenantName": rng.choice([None, "Partner"]), "scope": "/subscriptions/one",
         "authorizations": rng.choice([None, [], ["them=Owner", "us=Reader"]])} for _ in range(3)
    ))  # fmt: skip
    add("azure_security_center_subscription_pricing", *(
        {"subscriptionId": rng.choice(["one", "two"]), "pricingTier": rng.choice(["Free", "Standard", None]),
         "deprecated": rng.choice([True, False, None])} for _ in range(6)
    ))  # fmt: skip
    vaults = add(VAULT, *({"enableRbacAuthorization": rng.choice([True, False, None])} for _ in range(3)))
    edges(POLICY, vaults, [*users, *groups, *services, "gone"], 8)
    for of in made.ends[POLICY].values():
        of.update(
            {"permissions.keys": rng.choice([None, "get"]), "permissions.secrets": rng.choice([None, "get, list"])}
        )
    return made


def _network(add: Any, rng: random.Random, somewhere: Any) -> None:
    groups = [f"/azure_security_group:{n}" for n in range(4)]
    add("azure_security_group", *({} for _ in groups))
    add("azure_security_rule", *(
        {
            "securityGroupId": rng.choice(groups), "direction": rng.choice(["Inbound", "Inbound", "Outbound"]),
            "access": rng.choice(["Allow", "Deny"]), "protocol": rng.choice(["*", "Tcp", "Udp"]),
            "priority": 100 + number,
            "sourceAddressPrefixes": rng.choice([[], *([each] for each in SOURCES), SOURCES[3:]]),
            "sourcePortRanges": rng.choice([["*"], ["*"], ["1024-2048"]]),
            "destinationAddressPrefixes": rng.choice([[], *([each] for each in PLACES), PLACES[3:]]),
            "destinationPortRanges": rng.choice([[each] for each in RANGES] + [RANGES[1:4]]),
            "destinationApplicationSecurityGroupIds": rng.choice([None, None, ["/team"]]),
        } for number in rng.sample(range(100), 25)
    ))  # fmt: skip
    subnets = add("azure_subnet", *({"networkSecurityGroupId": rng.choice([None, *groups])} for _ in range(3)))
    addresses = add("azure_public_ip", *(
        {"sku": rng.choice([None, "Basic", "Standard"]), "version": rng.choice([None, "IPv4", "IPv6"]),
         "publicIp": f"{n}", "fqdn": "PIP.eu.cloudapp.azure.com" if n == 1 else None} for n in range(5)
    ))  # fmt: skip
    machines = add("azure_vm", *(somewhere() for _ in range(3)))
    add("azure_nic", *(
        {
            **somewhere(), "networkSecurityGroupId": rng.choice([None, *groups]),
            "subnetIds": rng.choice([[each] for each in [*subnets, "/unseen"]]),
            "publicIpAddressIds": rng.choice([[], [rng.choice(addresses)], addresses[:2], ["/unseen"]]),
            "privateIpAddresses": rng.choice([["10.0.0.4"], ["10.1.0.4"], ["2001:db8::4", "10.0.0.5"]]),
            "applicationSecurityGroupIds": rng.choice([None, [], ["/team"]]),
            "virtualMachineId": rng.choice([None, *machines, "/unseen"]),
        } for _ in range(6)
    ))  # fmt: skip
    states = [None, "Protected", "IRPending", "ProtectionStopped", "protectionError", "BackupsStopped"]
    add("azure_backup_item", *(
        {"sourceResourceId": rng.choice([None, *machines]), "protectionState": rng.choice(states), "vaultId": "/vault",
         "isScheduledForDeferredDelete": rng.choice([None, False, True])} for _ in range(3)
    ))  # fmt: skip


def _names(add: Any, rng: random.Random, somewhere: Any) -> None:
    (site, *_) = add("azure_web_app", {"hostNames": ["Shop.azurewebsites.net"]}, {})
    add("azure_function_app", {"hostNames": []})
    add("azure_web_app_slot", {"hostNames": ["shop-Next.azurewebsites.net"]}, {})
    add("azure_storage_account", {"endpoints": ["https://data.blob.core.windows.net/"]}, {"endpoints": None})
    add("azure_dns_record_set", *(
        {**somewhere(), "zoneName": "contoso.example", "azureType": "A", "cnameRecord": rng.choice(CNAMES),
         "targetResourceId": rng.choice([None, None, site, "/gone"])} for _ in range(8)
    ))  # fmt: skip


saved = saved_graphs(made_up, range(6))


def _lets_in(rules: list[Json], nic: Json, port: int, *, version6: bool) -> bool:
    """Go through the rules of a group as Azure does, for somebody on the internet whom no rule names."""
    for rule in sorted(rules, key=lambda rule: rule["priority"]):
        anybody = {"*", "Internet", "::/0" if version6 else "0.0.0.0/0"}
        fits = (
            rule["direction"] == "Inbound"
            and rule["protocol"] in ("*", "Tcp")
            and anybody & {*rule["sourceAddressPrefixes"]}
        )
        fits = fits and any(_covers(ports, port) for ports in rule["destinationPortRanges"])
        teams = {*(rule["destinationApplicationSecurityGroupIds"] or ())} & {
            *(nic["applicationSecurityGroupIds"] or ())
        }
        there = teams or any(
            _is_there(place, own)
            for place, own in product(rule["destinationAddressPrefixes"], nic["privateIpAddresses"])
        )
        if fits and there:
            if rule["access"] == "Allow":
                return True
            if "*" in rule["sourcePortRanges"]:
                return False
    return False


def _covers(ports: str, port: int) -> bool:
    low, _, high = ("0-65535" if ports == "*" else ports).partition("-")
    return int(low) <= port <= int(high or low)


def _is_there(place: str, address: str) -> bool:
    if place in ("*", "VirtualNetwork"):
        return True
    return place[0].isdigit() and ip_address(address) in ip_network(place, strict=False)


def _open_doors(tenant: Made) -> Iterator[tuple[str, str, int, str]]:
    """Yield interface, address, port and service of what the internet reaches."""
    of_groups: dict[str, list[Json]] = {}
    for rule in tenant.of("azure_security_rule").values():
        of_groups.setdefault(rule["securityGroupId"], []).append(rule)
    for key, nic in tenant.of("azure_nic").items():
        subnets = [tenant.of("azure_subnet")[each] for each in nic["subnetIds"] if each in tenant.of("azure_subnet")]
        groups = {of["networkSecurityGroupId"] for of in [nic, *subnets]} - {None}
        for id, (port, name) in product(nic["publicIpAddressIds"], PORTS.items()):
            if address := tenant.of("azure_public_ip").get(id):
                version6 = address["version"] == "IPv6"
                lets = [_lets_in(of_groups.get(group, []), nic, port, version6=version6) for group in groups]
                if all(lets) if groups else address["sku"] in (None, "Basic"):
                    yield key, address["publicIp"], port, name


def test_open_management_ports(tenant: Made) -> None:
    found = check("open-management-ports", [*_open_doors(tenant)], "key publicIp port service", "machine key")
    for row in found:
        nic = tenant.of("azure_nic")[row["key"]]
        machine = tenant.of("azure_vm").get(nic["virtualMachineId"] or "", nic)
        assert (row["machine"], row["interface"]) == (machine["displayName"], nic["displayName"])
        assert row["subscription"] == place(tenant, nic)


def test_some_doors_are_open_and_some_are_not() -> None:
    found = [len([*_open_doors(made_up(seed))]) for seed in range(12)]
    assert sum(found) > 12
    assert 0 in found or min(found) < 4 < max(found)


def test_dangling_names(tenant: Made) -> None:
    keys = {key for of in tenant.entities.values() for key in of}
    alive = {
        "shop.azurewebsites.net",
        "shop-next.azurewebsites.net",
        "data.blob.core.windows.net",
        "pip.eu.cloudapp.azure.com",
        "elsewhere.example",
    }
    expected = []
    for key, of in tenant.of("azure_dns_record_set").items():
        cname = of["cnameRecord"] and of["cnameRecord"].lower().rstrip(".")
        if (of["targetResourceId"] and of["targetResourceId"] not in keys) or (cname and cname not in alive):
            leads = of["targetResourceId"] or cname
            expected.append((f"{of['displayName']}.contoso.example", leads, place(tenant, of), key))
    check("dangling-names", expected, "name leadsTo subscription key", "name kind key")


def test_outsiders_with_azure_roles(tenant: Made) -> None:
    expected: list[tuple[Any, ...]] = []
    for of in tenant.of(ASSIGNMENT).values():
        for holder in holders(tenant, of["principalId"], "service_principal"):
            known = tenant.of("azure_service_principal").get(holder)
            if known and known["isExternal"] and not known["isFirstParty"]:
                expected.append((known["displayName"], "application", "other", role(of), holder))
        if of["principalType"]:
            expected.append((of["principalId"], "group", None, role(of), of["principalId"]))
    for key, of in tenant.of("azure_lighthouse_delegation").items():
        who = of["managedByTenantName"] or "t"
        expected += [(who, "tenant", "t", granted, key) for granted in of["authorizations"] or ()]
    check("outsiders-with-azure-roles", expected, "who kind tenant role key", "kind who key role")


def test_machines_without_backup(tenant: Made) -> None:
    copied = {
        of["sourceResourceId"] for of in tenant.of("azure_backup_item").values()
        if of["protectionState"] in (None, "Protected", "IRPending") and not of["isScheduledForDeferredDelete"]
    }  # fmt: skip
    machines = tenant.of("azure_vm").items()
    check("machines-without-backup", [(place(tenant, of), key) for key, of in machines if key not in copied],
          "subscription key")  # fmt: skip


def test_plans_not_bought(tenant: Made) -> None:
    plans = tenant.of("azure_security_center_subscription_pricing").values()
    expected: list[tuple[Any, ...]] = []
    for key, of in tenant.of(SUBSCRIPTION).items():
        told = [plan for plan in plans if plan["subscriptionId"] == of["subscriptionId"]]
        lacking = [plan["displayName"] for plan in told if plan["pricingTier"] != "Standard" and not plan["deprecated"]]
        if of["active"] is not False:
            expected += [(name, key) for name in (lacking if told else [None])]
    check("plans-not-bought", expected, "plan key", "subscription key")


def test_users_of_vaults(tenant: Made) -> None:
    expected = []
    for (vault, principal), of in tenant.ends[POLICY].items():
        if not tenant.of(VAULT)[vault]["enableRbacAuthorization"]:
            for holder in holders(tenant, principal, "user", "service_principal"):
                direct = holder == principal and holder not in inside(tenant, principal) - {principal}
                kind = tenant.type(holder).replace("not found", "not in the graph")
                expected.append((tenant.of(VAULT)[vault]["displayName"], tenant.name(holder), kind, direct,
                                 of["permissions.keys"], of["permissions.secrets"], holder))  # fmt: skip
    found = [
        (row["vault"], row["who"], row["type"], row["through"] is None, row["keys"], row["secrets"], row["key"])
        for row in ask("users-of-vaults")
    ]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
