"""The questions about applications against an independent computation, on tenants made up at random."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.question_graphs import DAY, Json, Made, Rows, ask, save, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

SEEDS = range(10)
ADDRESSES = (
    "https://crm.example/cb", "HTTP://CRM.example:8080/cb?a=b#c", "http://localhost", "http://localhost:5000/cb",
    "http://localhost.example/", "http://127.0.0.1/", "http://[::1]:80/cb", "http://[2001:db8::1]/",
    "urn:ietf:wg:oauth:2.0:oob", "https://*.crm.example/cb", "https://Shop.azurewebsites.net", "https://shop.azurewebsites.net:8443/cb",
    "msal123://auth", "https://crm.example/?at=https://shop.azurewebsites.net", "https://a.eu.cloudapp.azure.com#x",
    "http://b.trafficmanager.net/",
)  # fmt: skip
FREE = (".azurewebsites.net", ".cloudapp.azure.com", ".cloudapp.net", ".trafficmanager.net", ".azureedge.net")


class Apps(Made):
    """A tenant of applications."""

    def leading_to(self, key: str, *types: str) -> list[str]:
        """Return where relationships to an entity come from."""
        return sorted(start for type in types for start, end in self.ends[type] if end == key)

    def name(self, key: str) -> str:
        found = (each[key]["displayName"] for each in self.entities.values() if key in each)
        return next(found, key)


def made_up(seed: int) -> Apps:
    """Return a tenant with applications, service principals, roles, assignments, grants, owners and credentials."""
    rng, now = random.Random(seed), int(time.time() * 1000)
    users = {f"user-{n}": {"displayName": rng.choice(["ada", "Ada", f"User {n}"])} for n in range(4)}
    apps: dict[str, dict[str, Any]] = {
        f"app-{n}": {"displayName": f"{rng.choice('aAbB')} app", "id": f"object-{n}"} for n in range(4)
    }
    for of in apps.values():
        kinds = ("webRedirectUris", "spaRedirectUris", "publicClientRedirectUris")
        of.update({kind: rng.choice([None, rng.sample(ADDRESSES, rng.randint(0, 6))]) for kind in kinds})
    tenants = {
        f"azure_external_tenant:{n}": {"displayName": f"tenant {n}", "tenantId": str(n), "isMicrosoft": n == 0}
        for n in range(3)
    }
    principals: dict[str, dict[str, Any]] = {
        f"sp-{n}": {
            "displayName": f"{rng.choice('pP')}rincipal {n % 3}",
            "id": f"sp-{n}",
            "servicePrincipalType": rng.choice(["Application", "Application", "ManagedIdentity"]),
            "accountEnabled": rng.random() < 0.8,
            "appRoleAssignmentRequired": rng.random() < 0.4,
            "isFirstParty": rng.random() < 0.3,
            "isExternal": rng.random() < 0.5,
        }
        for n in range(8)
    }
    roles = {
        f"role-{n}": {
            "displayName": f"Role {n}",
            "value": f"Value.{n}",
            "isPrivileged": rng.choice([True, False, None]),
        }
        for n in range(5)
    }
    assignments = {f"assignment-{n}": {"displayName": f"assignment {n}"} for n in range(12)}
    grants: dict[str, dict[str, Any]] = {
        f"grant-{n}": {
            "displayName": f"grant {n}",
            "consentType": rng.choice(["AllPrincipals", "Principal"]),
            "scopes": rng.sample(["Mail.Read", "User.Read", "Files.Read"], rng.randint(0, 3)),
            "resourceId": rng.choice([*principals, "sp-deleted"]),
        }
        for n in range(8)
    }
    federated = {
        f"fic-{n}": {
            "displayName": f"fic {n}",
            "issuerKind": rng.choice(["github", "azure-ad"]),
            "issuer": f"https://issuer-{rng.randint(0, 2)}.example",
            "subject": f"subject {rng.randint(0, 2)}",
            "issuerTenantId": rng.choice([None, "1", "7"]),
        }
        for n in range(5)
    }
    entities = {
        "azure_user": users,
        "azure_application": apps,
        "azure_service_principal": principals,
        "azure_external_tenant": tenants,
        "azure_app_role": roles,
        "azure_app_role_assignment": assignments,
        "azure_oauth2_permission_grant": grants,
        "azure_federated_identity_credential": federated,
        "azure_password_credential": dict(_credentials(rng, "secret", [*apps.values(), *principals.values()], now)),
        "azure_key_credential": dict(_credentials(rng, "certificate", [*apps.values(), *principals.values()], now)),
    }
    tenant = Apps(entities)

    def edges(type: str, starts: list[str], stops: list[str], most: int) -> None:
        tenant.ends[type] = {(rng.choice(starts), rng.choice(stops)): {} for _ in range(rng.randint(0, most))}

    owners = [*users, "user-deleted"]
    edges("azure_user_owns_application", owners, list(apps), 6)
    edges("azure_user_owns_service_principal", owners, list(principals), 6)
    edges("azure_service_principal_owns_application", list(principals), list(apps), 3)
    edges("azure_service_principal_owns_principal", list(principals), list(principals), 3)
    registered = zip(apps, rng.sample([*principals], 4), strict=True)
    tenant.ends["azure_application_has_service_principal"] = {pair: {} for pair in registered}
    one_each: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
        "azure_app_role_assignment_assigned_role": (assignments, roles, False),
        "azure_app_role_assignment_allows_service_principal": (assignments, principals, False),
        "azure_service_principal_has_app_role_assignment": (assignments, principals, True),
        "azure_service_principal_has_oauth2_permission_grant": (grants, principals, True),
        "azure_external_tenant_owns_service_principal": (dict(list(principals.items())[::2]), tenants, True),
        "azure_application_has_federated_identity_credential": (federated, apps, True),
    }
    for type, (of, others, turned) in one_each.items():
        pairs = [(one, rng.choice([*others])) for one in of]
        tenant.ends[type] = {(other, one) if turned else (one, other): {} for one, other in pairs}
    for grant in grants.values():
        is_of_one = grant["consentType"] == "Principal"
        grant["principalId"] = rng.choice([*users, "user-deleted"]) if is_of_one else None
    for one in principals.values():
        one["verifiedPublisherName"] = rng.choice([None, "Fabrikam"])
    for one in entities["azure_key_credential"].values():
        one["usage"] = rng.choice(["Verify", "Verify", "Sign", None])
        one["thumbprint"] = rng.choice(["C0FFEE", "C0FFEE", None])
    for one in entities["azure_password_credential"].values():
        one["opensSigningKey"] = rng.choice([True, False, None])
    for one in federated.values():
        one["repository"] = "contoso/web" if one["issuerKind"] == "github" else None
    _credentials_of_owners(tenant)
    _roles(tenant, rng)
    return tenant


def _credentials_of_owners(tenant: Apps) -> None:
    for owner_type in ("application", "service_principal"):
        keys = {of["id"]: key for key, of in tenant.of(f"azure_{owner_type}").items()}
        for kind in ("password_credential", "key_credential"):
            found = tenant.of(f"azure_{kind}").items()
            pairs = {(keys[of["ownerId"]], key): Json() for key, of in found if of["ownerId"] in keys}
            tenant.ends[f"azure_{owner_type}_has_{kind}"] = pairs


def _roles(tenant: Apps, rng: random.Random) -> None:
    """Add directory roles, groups that have them, and who is assigned to them and in these."""
    principals, groups = [*tenant.of("azure_service_principal")], ["group-0", "group-1"]
    tenant.entities["azure_user_group"] = {key: {"displayName": f"group {key}"} for key in groups}
    tenant.entities["azure_ad_role_definition"] = {
        f"directory-role-{n}": {"displayName": f"Directory role {n}", "isPrivileged": n < 2} for n in range(4)
    }
    tenant.entities["azure_ad_role_assignment"] = {
        f"held-{n}": {
            "displayName": f"held {n}",
            "principalId": rng.choice([*principals, *groups, "principal-deleted"]),
            "roleDefinitionId": rng.choice([*tenant.of("azure_ad_role_definition")]),
        }
        for n in range(4)
    }
    tenant.ends["azure_user_group_has_service_principal"] = {(rng.choice(groups), rng.choice(principals)): {}}


def _credentials(rng: random.Random, kind: str, owners: Rows, now: int) -> Iterator[tuple[str, dict[str, Any]]]:
    for number in range(8):
        yield (
            f"{kind}-{number}",
            {
                "displayName": f"{kind} {number}",
                "ownerId": rng.choice([owner["id"] for owner in owners]),
                "rotatedByAzure": rng.random() < 0.2,
                "expiresOn": now // 1000 * 1000 + rng.randint(-40, 60) * DAY + number * 60_000 + 30_000,
                "lifetimeDays": rng.choice([None, 90, 180, 730]),
            },
        )


saved = saved_graphs(made_up, SEEDS)


def privileged(tenant: Apps) -> dict[str, list[str]]:
    """Return the roles that lead to Global Administrator, by the service principal that has them."""
    found: dict[str, list[str]] = {}
    for principal, assignment in tenant.ends["azure_service_principal_has_app_role_assignment"]:
        for of, role in tenant.ends["azure_app_role_assignment_assigned_role"]:
            if of == assignment and tenant.of("azure_app_role")[role]["isPrivileged"]:
                found.setdefault(principal, []).append(role)
    return found


def is_told_by_another(tenant: Apps, of: dict[str, Any]) -> bool:
    """Tell whether a credential is the private half of a certificate whose public half is there, or opens one."""
    keys = tenant.of("azure_key_credential").values()
    halves = {(key["ownerId"], key["thumbprint"]) for key in keys if key["usage"] == "Verify" and key["thumbprint"]}
    is_half = of.get("usage") == "Sign" and (of["ownerId"], of["thumbprint"]) in halves
    return is_half or bool(of.get("opensSigningKey"))


def test_credentials_that_expire_soon_and_who_owns_them(tenant: Apps) -> None:
    ids = {
        of["id"]: key for type in ("application", "service_principal") for key, of in tenant.of(f"azure_{type}").items()
    }
    owns = [f"azure_{who}_owns_{what}" for who, what in (
        ("user", "application"), ("user", "service_principal"),
        ("service_principal", "application"), ("service_principal", "principal"),
    )]  # fmt: skip
    for days in (0, 30):
        until = int(time.time() * 1000) + days * DAY
        expected = []
        for type in ("azure_password_credential", "azure_key_credential"):
            for key, of in tenant.of(type).items():
                is_soon = time.time() * 1000 <= of["expiresOn"] <= until
                if is_soon and not of["rotatedByAzure"] and not is_told_by_another(tenant, of):
                    owned = ids[of["ownerId"]]
                    names = [(tenant.name(each), each) for each in tenant.leading_to(owned, *owns)]
                    listed = [name for name, _ in sorted(names, key=lambda pair: (pair[0].lower(), pair[1]))]
                    moment = datetime.fromtimestamp(of["expiresOn"] / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                    row = (tenant.name(owned), of["displayName"], type, moment, ", ".join(listed) or None, key)
                    expected.append((of["expiresOn"], key, row))
        assert [tuple(row.values()) for row in ask("expiring-credentials", str(days))] == [
            row for _, _, row in sorted(expected)
        ]


def test_credentials_that_last_long(tenant: Apps) -> None:
    owners = {of["id"]: of["displayName"] for type in ("azure_application", "azure_service_principal")
              for of in tenant.of(type).values()}  # fmt: skip
    for days in (100, 180):
        expected = []
        for type in ("azure_password_credential", "azure_key_credential"):
            for key, of in tenant.of(type).items():
                is_used = not of["rotatedByAzure"] and of.get("usage") != "Sign" and not of.get("opensSigningKey")
                if is_used and (of["lifetimeDays"] or 0) > days and of["expiresOn"] > time.time() * 1000:
                    expected.append((-of["lifetimeDays"], key, owners[of["ownerId"]], type))
        found = ask("lasting-credentials", str(days))
        assert [(-row["days"], row["key"], row["application"], row["type"]) for row in found] == sorted(expected)


def test_applications_that_lead_to_global_administrator(tenant: Apps) -> None:
    expected = [
        (tenant.name(key).lower(), tenant.of("azure_app_role")[role]["value"], key)
        for key, roles in privileged(tenant).items()
        for role in roles
    ]
    found = [(row["application"].lower(), row["permission"], row["key"]) for row in ask("privileged-applications")]
    assert found == sorted(expected)


def test_owners_of_applications_that_lead_to_global_administrator(tenant: Apps) -> None:
    expected = []
    for key, roles in privileged(tenant).items():
        values = {tenant.of("azure_app_role")[role]["value"] for role in roles}
        runs = tenant.leading_to(key, "azure_application_has_service_principal")
        of_principal = tenant.leading_to(
            key, "azure_user_owns_service_principal", "azure_service_principal_owns_principal"
        )
        of_apps = [
            owner
            for app in runs
            for owner in tenant.leading_to(
                app, "azure_user_owns_application", "azure_service_principal_owns_application"
            )
        ]
        for owners, what in ((of_principal, "service principal"), (of_apps, "application")):
            expected += [(key, owner, what, tuple(sorted(values))) for owner in owners]
    rows = ask("owners-of-privileged-applications")
    by_name = {of["displayName"]: of for of in tenant.of("azure_service_principal").values()}
    assert {row["application"] for row in rows} <= by_name.keys()
    found = [
        (row["application"], row["key"], row["owns"], tuple(sorted(row["permissions"].split(",")))) for row in rows
    ]
    assert sorted(found) == sorted((tenant.name(key), *rest) for key, *rest in expected)
    assert [row["owner"] for row in rows] == [tenant.name(row["key"]) for row in rows]
    assert [row["application"].lower() for row in rows] == sorted(row["application"].lower() for row in rows)


def test_foreign_applications_that_act_for_all_users(tenant: Apps) -> None:
    expected = []
    for of, principal in tenant.ends["azure_external_tenant_owns_service_principal"]:
        for client, grant in tenant.ends["azure_service_principal_has_oauth2_permission_grant"]:
            consent = tenant.of("azure_oauth2_permission_grant")[grant]
            is_none = client != principal or tenant.of("azure_external_tenant")[of]["isMicrosoft"]
            if consent["consentType"] == "AllPrincipals" and not is_none:
                api = tenant.of("azure_service_principal").get(consent["resourceId"], {}).get("displayName")
                scopes = " ".join(consent["scopes"]) or None
                expected.append((tenant.name(client), tenant.name(of), api, scopes, client))
    rows = [tuple(row.values()) for row in ask("apps-for-all-users")]
    assert sorted(rows, key=repr) == sorted(expected, key=repr)
    assert [(row[0].lower(), row[4]) for row in rows] == sorted((row[0].lower(), row[4]) for row in rows)


def test_foreign_applications_that_act_for_single_users(tenant: Apps) -> None:
    expected = []
    for of, principal in tenant.ends["azure_external_tenant_owns_service_principal"]:
        held = [
            tenant.of("azure_oauth2_permission_grant")[grant]
            for client, grant in tenant.ends["azure_service_principal_has_oauth2_permission_grant"]
            if client == principal
        ]
        held = [each for each in held if each["consentType"] == "Principal"]
        if held and not tenant.of("azure_external_tenant")[of]["isMicrosoft"]:
            users = {each["principalId"] for each in held}
            scopes = sorted({scope for each in held for scope in each["scopes"]})
            app = tenant.of("azure_service_principal")[principal]
            asked = " ".join(scopes) or None
            publisher, is_on = app["verifiedPublisherName"], int(app["accountEnabled"])
            expected.append((app["displayName"], publisher, len(users), asked, is_on, principal))
    rows = [tuple(row.values()) for row in ask("apps-for-single-users")]
    assert rows == sorted(expected, key=lambda row: (-row[2], row[0].lower(), row[5]))


def test_credentials_of_applications_that_lead_to_global_administrator(tenant: Apps) -> None:
    reasons = {
        key: {tenant.of("azure_app_role")[role]["value"] for role in roles} for key, roles in privileged(tenant).items()
    }
    for held in tenant.of("azure_ad_role_assignment").values():
        role = tenant.of("azure_ad_role_definition")[held["roleDefinitionId"]]
        members = {end for start, end in tenant.ends["azure_user_group_has_service_principal"]
                   if start == held["principalId"]}  # fmt: skip
        for key in {held["principalId"], *members} & {*tenant.of("azure_service_principal")}:
            if role["isPrivileged"]:
                reasons.setdefault(key, set()).add(role["displayName"])
    expected = []
    for key, why in reasons.items():
        apps = tenant.leading_to(key, "azure_application_has_service_principal")
        owners = [(key, "service_principal"), *((app, "application") for app in apps)]
        for owner, kind in owners:
            found = []
            for type, name in (("password", "secret"), ("key", "certificate")):
                for start, end in tenant.ends[f"azure_{kind}_has_{type}_credential"]:
                    of = tenant.of(f"azure_{type}_credential")[end]
                    is_no_key = name == "secret" and not of["opensSigningKey"]
                    is_for_sign_in = is_no_key or (
                        name != "secret" and of["usage"] != "Sign" and not of["rotatedByAzure"]
                    )
                    if start == owner and is_for_sign_in and of["expiresOn"] > time.time() * 1000:
                        found.append((name, of["displayName"], end))
            for start, end in tenant.ends["azure_application_has_federated_identity_credential"]:
                of = tenant.of("azure_federated_identity_credential")[end]
                if start == owner:
                    found.append(("federated", of["repository"] or of["subject"], end))
            place = kind.replace("_", " ")
            expected += [(tenant.name(key), ", ".join(sorted(why)), place, *each) for each in found]
    names = ("application", "leads", "on", "type", "credential", "key")
    rows = ask("credentials-of-privileged-applications")
    assert sorted(tuple(row[name] for name in names) for row in rows) == sorted(expected)
    order = [(row["application"].lower(),) for row in rows]
    assert order == sorted(order)


def test_who_signs_in_by_federated_credentials(tenant: Apps) -> None:
    expected = []
    for app, key in tenant.ends["azure_application_has_federated_identity_credential"]:
        of = tenant.of("azure_federated_identity_credential")[key]
        issuer = tenant.of("azure_external_tenant").get(f"azure_external_tenant:{of['issuerTenantId']}", {})
        expected.append((tenant.name(app).lower(), of["issuer"], of["subject"], key, issuer.get("displayName")))
    names = ("issuer", "subject", "key", "tenant")
    found = [(row["application"].lower(), *(row[name] for name in names)) for row in ask("federated-sign-ins")]
    assert found == sorted(expected)


def test_applications_that_are_open_to_everybody(tenant: Apps) -> None:
    expected = []
    for key, of in tenant.of("azure_service_principal").items():
        is_open = of["accountEnabled"] and not of["appRoleAssignmentRequired"] and not of["isFirstParty"]
        if is_open and of["servicePrincipalType"] == "Application":
            given = tenant.ends["azure_app_role_assignment_allows_service_principal"]
            count = sum(end == key for _, end in given)
            expected.append((of["displayName"].lower(), key, count, int(of["isExternal"])))
    found = [
        (row["application"].lower(), row["key"], row["assignments"], row["isExternal"])
        for row in ask("apps-open-to-everybody")
    ]
    assert found == sorted(expected)


def unsafe(address: str) -> Iterator[str]:
    """Yield why an address is none to send tokens to."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if "*" in address:
        yield "wildcard"
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        yield "not encrypted"
    if host.endswith(FREE):
        yield "name that is free once the resource is gone"


def test_addresses_that_are_none_to_send_tokens_to(tenant: Apps) -> None:
    expected = set()
    for key, of in tenant.of("azure_application").items():
        for kind in ("webRedirectUris", "spaRedirectUris", "publicClientRedirectUris"):
            expected |= {(key, address, why) for address in of[kind] or () for why in unsafe(address)}
    rows = ask("unsafe-redirects")
    assert len(rows) == len(expected)
    assert {(row["key"], row["address"], row["why"]) for row in rows} == expected
    assert [row["application"].lower() for row in rows] == sorted(row["application"].lower() for row in rows)


def test_the_tenants_have_what_the_questions_are_about() -> None:
    tenants = [made_up(seed) for seed in SEEDS]
    asked = {why for tenant in tenants for of in tenant.of("azure_application").values()
             for address in of["webRedirectUris"] or () for why in unsafe(address)}  # fmt: skip
    assert len(asked) == 3
    assert sum(len(roles) for tenant in tenants for roles in privileged(tenant).values()) > len(SEEDS)
    for seed in SEEDS:
        save(made_up(seed))
        if (
            ask("apps-for-single-users")
            and len({row["type"] for row in ask("credentials-of-privileged-applications")}) == 3
        ):
            return
    raise AssertionError("no tenant has applications for single users, and credentials of each kind")
