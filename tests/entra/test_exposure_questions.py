"""Questions about what lies open, against an independent computation, on tenants made up at random."""

import random
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.question_graphs import DAY, Json, Made, ask, saved_graphs, tenant

__all__ = ["saved", "tenant"]
pytestmark = pytest.mark.every_area

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
GLOBAL, ROLES, READER = (
    "62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
)  # fmt: skip
FEDERATING = {
    "microsoft.directory/domains/federation/update", "Microsoft.Directory/domains/allProperties/allTasks",
    "microsoft.directory/domains/allProperties/update",
}  # fmt: skip
CATALOG_READER = "44272f93-9762-48e8-af59-1b5351b1d6b3"
ASSIGNED, ELIGIBLE = "azure_ad_role_assignment", "azure_ad_role_eligibility"
TIMED = "azure_privileged_access_group_eligibility"
LEVELS = {"high": 8, "medium": 5, "low": 3, "hidden": 0}
LISTS = ("includeUsers", "includeGroups", "includeRoles", "includeGuestTypes", "includeServicePrincipals")
WHAT = ("includeApplications", "includeUserActions", "includeAuthenticationContexts")
SEEDS = range(15)
NOW = int(time.time()) * 1000
ENDS = [None, NOW - 5 * DAY, NOW + 50 * DAY]
PRINCIPALS = {"user": "azure_user", "user_group": "azure_user_group", "service_principal": "azure_service_principal"}


def made_up(seed: int) -> Made:
    """Return a tenant of people and applications, with what is asked about them."""
    made, rng = Made(), random.Random(seed)
    maybe = [True, False, None]
    add, edges = partial(made.fill, rng), partial(made.join, rng)
    users = add("azure_user", 6, accountEnabled=[True, True, False], userType=["Member", "Guest"])
    groups = add("azure_user_group", 3, isAssignableToRole=maybe)
    services = add("azure_service_principal", 5, isExternal=maybe, isFirstParty=maybe, accountEnabled=maybe,
                   appOwnerOrganizationId=["tenant-a", "tenant-b"])  # fmt: skip
    apps = add("azure_application", 4, appId=["one", "two"], signInAudience=["AzureADMyOrg"])
    actions = [None, ["microsoft.directory/domains/allProperties/read"], *([action] for action in sorted(FEDERATING))]
    roles = add("azure_ad_role_definition", 4, templateId=[GLOBAL, ROLES, READER], isPrivileged=maybe,
                allowedActions=actions)  # fmt: skip
    for type in (ASSIGNED, ELIGIBLE):
        add(type, 4, principalId=[*users, *groups, *services], roleDefinitionId=roles,
            scopeType=["tenant", "tenant", "administrativeUnit"], scopeId=["somewhere"])  # fmt: skip
    add(TIMED, 4, groupId=groups, principalId=[*users, *groups], accessId=["member", "owner"])
    add("azure_account", 1, id=["own-tenant"])
    edges("azure_user_group_has_user", groups, users, 5)
    edges("azure_user_group_has_service_principal", groups, services, 3)
    for kind, whose in (("user", users), ("service_principal", services)):
        risks = add(f"azure_risky_{kind}", 5, open=maybe, riskLevel=[*LEVELS], riskState=["atRisk", "dismissed"],
                    updatedOn=[NOW - DAY])  # fmt: skip
        for of in made.of(f"azure_risky_{kind}").values():
            of["numericSeverity"] = LEVELS[of["riskLevel"]]
        has = "azure_user_has_risky_user" if kind == "user" else "azure_service_principal_has_risky_service_principal"
        made.ends[has] = {(rng.choice([*whose, "gone"]), risk): {} for risk in risks}
    for holder, keys in (("application", apps), ("service_principal", services)):
        for kind in ("password", "key"):
            type = f"azure_{kind}_credential"
            new = {
                f"{type}:{holder}:{n}": {
                    "displayName": f"{kind} {n}", "expiresOn": rng.choice(ENDS), "startOn": NOW - 100 * DAY,
                    "rotatedByAzure": rng.random() < 0.3, "usage": rng.choice(["Sign", "Verify"]),
                    "opensSigningKey": rng.choice(maybe),
                } for n in range(4)
            }  # fmt: skip
            made.entities[type] = {**made.of(type), **new}
            made.ends[f"azure_{holder}_has_{kind}_credential"] = {(rng.choice(keys), key): {} for key in new}
    federated = add("azure_federated_identity_credential", 2)
    made.ends["azure_application_has_federated_identity_credential"] = {
        (rng.choice(apps), key): {} for key in federated
    }
    edges("azure_user_owns_application", users, apps, 3)
    edges("azure_service_principal_owns_application", services, apps, 2)
    edges("azure_user_owns_service_principal", users, services, 3)
    details = add("azure_user_registration_details", 5, isMfaCapable=maybe)
    made.ends["azure_user_has_registration_details"] = {pair: {} for pair in zip(users, details, strict=False)}
    add("azure_authentication_method_configuration", rng.randint(0, 1), id=["X509Certificate"], active=maybe,
        appliesToAllUsers=maybe)  # fmt: skip
    add("azure_certificate_authority", rng.randint(0, 3), authorityType=["root", "intermediate"], issuer=["CN=Root"],
        revocationListUrl=[None, "http://crl.contoso.example"], expiresOn=ENDS)  # fmt: skip
    add("intune_settings", 1, secureByDefault=maybe)
    add("azure_sharepoint_settings", 1, isLegacyAuthProtocolsEnabled=maybe, isResharingByExternalUsersEnabled=maybe,
        isUnmanagedSyncAppForTenantRestricted=maybe, sharingDomainRestrictionMode=["none", "allowList", None],
        sharingCapability=["disabled", "externalUserAndGuestSharing", "ExternalUserSharingOnly"])  # fmt: skip
    lists = [None, [], ["None"], ["All"], ["one", "two"]]
    add("azure_conditional_access_policy", 8, active=[True, True, False], applicationFilterRule=[None, None, "rule"],
        **{name: [None, None, []] for name in (*LISTS, *WHAT)})  # fmt: skip
    for of in made.of("azure_conditional_access_policy").values():
        of |= {"includeUsers": rng.choice(lists), "includeApplications": rng.choice(lists)}
    reviews = add("azure_access_review_definition", 3, status=["InProgress", "Completed", "AutoReviewed", None])
    edges("azure_access_review_definition_reviewed_ad_role_definition", reviews, roles, 3)
    catalogs = add("azure_access_packages_catalog", 3)
    resources = add("azure_access_package_resource", 5)
    over = add("azure_access_packages_role_assignment", 5, name=["Catalog owner", "Catalog reader"],
               roleDefinitionId=["ae79f266-94d4-4dab-b730-feca7e132178", CATALOG_READER])  # fmt: skip
    edges("azure_access_packages_catalog_has_package_resource", catalogs, resources, 6)
    edges("azure_access_package_resource_is_user_group", resources, groups, 4)
    edges("azure_access_package_resource_is_service_principal", resources, services, 2)
    edges("azure_access_packages_role_assignment_allows_catalog", over, catalogs, 6)
    for kind, type in PRINCIPALS.items():
        edges(f"azure_{kind}_assigned_access_packages_role_assignment", [*made.of(type)], over, 3)
    values = ["AppRoleAssignment.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "User.Read.All",
              "Domain.ReadWrite.All", "Domain-InternalFederation.ReadWrite.All"]  # fmt: skip
    permissions = add("azure_app_role", 4, value=values, resourceAppId=[GRAPH_APP.upper(), GRAPH_APP, "other"])
    given = add("azure_app_role_assignment", 4)
    edges("azure_app_role_assignment_assigned_role", given, permissions, 4)
    edges("azure_service_principal_has_app_role_assignment", services, given, 4)
    return made


saved = saved_graphs(made_up, SEEDS)


def moment(ms: int | None) -> str | None:
    return None if ms is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000))


def at_risk(made: Made) -> Iterator[Json]:
    for has in ("azure_user_has_risky_user", "azure_service_principal_has_risky_service_principal"):
        for who, risk in made.pairs(has):
            of = made.of(f"azure_risky_{has.rpartition('_risky_')[2]}")[risk]
            holder = made.of("azure_user").get(who) or made.of("azure_service_principal").get(who)
            if not of["open"] or holder is None:
                continue
            teams = {who}.union(*(made.sources(f"azure_user_group_has_{kind}", who) for kind in PRINCIPALS))
            held = {
                made.of("azure_ad_role_definition")[each["roleDefinitionId"]]["displayName"]
                for type in (ASSIGNED, ELIGIBLE)
                for each in made.of(type).values()
                if each["principalId"] in teams
                and made.of("azure_ad_role_definition")[each["roleDefinitionId"]]["isPrivileged"]
            }
            yield {
                "who": holder["displayName"], "type": made.type(who), "enabled": holder["accountEnabled"],
                "level": of["riskLevel"], "state": of["riskState"], "since": moment(of["updatedOn"]),
                "roles": ", ".join(sorted(held)) or None, "key": who,
            }  # fmt: skip


def authorities(made: Made) -> Iterator[Json]:
    [method] = made.of("azure_authentication_method_configuration").values() or [{}]
    for key, of in made.of("azure_certificate_authority").items():
        yield {
            "authority": of["displayName"], "type": of["authorityType"], "issuer": of["issuer"],
            "methodOn": method.get("active"), "everybody": method.get("appliesToAllUsers"),
            "withoutRevocation": of["revocationListUrl"] is None, "expires": moment(of["expiresOn"]), "key": key,
        }  # fmt: skip


def loose(made: Made) -> Iterator[Json]:
    [(intune, devices)] = made.of("intune_settings").items()
    [(sharepoint, files)] = made.of("azure_sharepoint_settings").items()
    shared = files["sharingCapability"] != "disabled"
    told = [
        (devices["secureByDefault"] is False, intune, "Microsoft Intune",
         "devices without a compliance policy count as compliant", "secureByDefault: false"),
        (files["sharingCapability"] == "externalUserAndGuestSharing", sharepoint, "SharePoint",
         "files may be shared with whoever has the link", "sharingCapability: externalUserAndGuestSharing"),
        (shared and files["sharingDomainRestrictionMode"] == "none", sharepoint, "SharePoint",
         "files may be shared with people of any domain", "sharingDomainRestrictionMode: none"),
        (shared and files["isResharingByExternalUsersEnabled"] is True, sharepoint, "SharePoint",
         "people from outside may share further", "isResharingByExternalUsersEnabled: true"),
        (files["isLegacyAuthProtocolsEnabled"] is True, sharepoint, "SharePoint",
         "clients without modern authentication may sign in", "isLegacyAuthProtocolsEnabled: true"),
        (files["isUnmanagedSyncAppForTenantRestricted"] is False, sharepoint, "SharePoint",
         "OneDrive synchronizes on any device", "isUnmanagedSyncAppForTenantRestricted: false"),
    ]  # fmt: skip
    for is_so, key, service, setting, value in told:
        if is_so:
            yield {"service": service, "setting": setting, "value": value, "key": key}


def added(made: Made) -> Iterator[Json]:
    for kind, word in (("password", "secret"), ("key", "certificate")):
        for holder, key in made.pairs(f"azure_service_principal_has_{kind}_credential"):
            of, service = made.of(f"azure_{kind}_credential")[key], made.of("azure_service_principal")[holder]
            hidden = of["opensSigningKey"] is True if kind == "password" else of["usage"] == "Sign"
            ended = of["expiresOn"] is not None and of["expiresOn"] < NOW
            if hidden or ended or of["rotatedByAzure"] or not (service["isExternal"] or service["isFirstParty"]):
                continue
            yield {
                "application": service["displayName"], "ofMicrosoft": service["isFirstParty"],
                "tenant": service["appOwnerOrganizationId"], "type": word, "credential": of["displayName"],
                "since": moment(of["startOn"]), "expires": moment(of["expiresOn"]), "key": key,
            }  # fmt: skip


def owners(made: Made) -> Iterator[Json]:
    for kind in ("application", "service_principal"):
        for user, key in made.pairs(f"azure_user_owns_{kind}"):
            of = made.of("azure_user")[user]
            details = made.targets("azure_user_has_registration_details", user)
            capable = [made.of("azure_user_registration_details")[each]["isMfaCapable"] for each in details]
            if of["accountEnabled"] and capable != [True]:
                yield {
                    "owner": of["displayName"], "userPrincipalName": None, "userType": of["userType"],
                    "capable": capable[0] if capable else None, "owns": kind.replace("_", " "),
                    "application": made.of(f"azure_{kind}")[key]["displayName"], "key": key,
                }  # fmt: skip


def ownerless(made: Made) -> Iterator[Json]:
    for key, of in made.of("azure_application").items():
        if any(made.sources(f"azure_{kind}_owns_application", key) for kind in PRINCIPALS):
            continue
        valid = [
            credential
            for kind in ("password", "key")
            for credential in made.targets(f"azure_application_has_{kind}_credential", key)
            if (made.of(f"azure_{kind}_credential")[credential]["expiresOn"] or NOW + DAY) > NOW
        ]
        federated = made.targets("azure_application_has_federated_identity_credential", key)
        told = {"application": of["displayName"], "appId": of["appId"], "audience": of["signInAudience"]}
        yield {**told, "credentials": len(valid) + len(federated), "key": key}


def granting(made: Made) -> Iterator[Json]:
    permissions = {"AppRoleAssignment.ReadWrite.All", "RoleManagement.ReadWrite.Directory"}
    return able_in_the_tenant(made, lambda role: role["templateId"] in (GLOBAL, ROLES), permissions)


def federating(made: Made) -> Iterator[Json]:
    permissions = {"Domain.ReadWrite.All", "Domain-InternalFederation.ReadWrite.All"}
    return able_in_the_tenant(made, lambda role: not FEDERATING.isdisjoint(role["allowedActions"] or ()), permissions)


def able_in_the_tenant(made: Made, lets: Callable[[Json], bool], permissions: set[str]) -> Iterator[Json]:
    """Yield who is able to do what a role lets one do that is given in the whole tenant, or a permission of Graph."""
    able: set[tuple[str, str]] = set()
    for type, verb in ((ASSIGNED, "holds"), (ELIGIBLE, "may activate")):
        for of in made.of(type).values():
            role = made.of("azure_ad_role_definition")[of["roleDefinitionId"]]
            if of["scopeType"] == "tenant" and lets(role):
                able.add((of["principalId"], f"{verb} {role['displayName']}"))
    for service, given in made.pairs("azure_service_principal_has_app_role_assignment"):
        for key in made.targets("azure_app_role_assignment_assigned_role", given):
            of = made.of("azure_app_role")[key]
            if of["resourceAppId"].lower() == GRAPH_APP and of["value"] in permissions:
                able.add((service, f"has the permission {of['value']}"))
    found = {(who, how, "") for who, how in able}
    for who, how in able:
        for kind in ("user", "service_principal"):
            found |= {(each, how, who) for each in made.targets(f"azure_user_group_has_{kind}", who)}
        for of in made.of(TIMED).values():
            if of["groupId"] == who:
                later, who_else = f"may become {of['accessId']} of who {how}", of["principalId"]
                found.add((who_else, later, who))
                for kind in ("user", "service_principal"):
                    found |= {
                        (each, later, who_else) for each in made.targets(f"azure_user_group_has_{kind}", who_else)
                    }
    for who, how, via in found:
        through = made.name(via) if via else None
        yield {"who": made.name(who), "type": made.type(who), "how": how, "through": through, "key": who}


def deciding(made: Made) -> Iterator[Json]:
    for assignment, catalog in made.pairs("azure_access_packages_role_assignment_allows_catalog"):
        role = made.of("azure_access_packages_role_assignment")[assignment]
        if role["roleDefinitionId"] == CATALOG_READER:
            continue
        resources = made.targets("azure_access_packages_catalog_has_package_resource", catalog)
        gives = [
            (team, "can have directory roles")
            for resource in resources
            for team in made.targets("azure_access_package_resource_is_user_group", resource)
            if made.of("azure_user_group")[team]["isAssignableToRole"]
        ] + [
            (service, None)
            for resource in resources
            for service in made.targets("azure_access_package_resource_is_service_principal", resource)
        ]
        for kind in PRINCIPALS:
            for who in made.sources(f"azure_{kind}_assigned_access_packages_role_assignment", assignment):
                for key, privileged in gives:
                    yield {
                        "who": made.name(who), "type": made.type(who), "role": role["name"],
                        "catalog": made.of("azure_access_packages_catalog")[catalog]["displayName"],
                        "gives": made.name(key), "privileged": privileged, "key": who,
                    }  # fmt: skip


def unreviewed(made: Made) -> Iterator[Json]:
    for key, of in made.of("azure_ad_role_definition").items():
        every = [each for type in (ASSIGNED, ELIGIBLE) for each in made.of(type).values()]
        had = {each["principalId"] for each in every if each["roleDefinitionId"] == key}
        reviews = made.sources("azure_access_review_definition_reviewed_ad_role_definition", key)
        states = {made.of("azure_access_review_definition")[each]["status"] for each in reviews}
        if of["isPrivileged"] and had and not states & {"InProgress", None}:
            yield {"role": of["displayName"], "given": len(had), "key": key}


def for_nobody(made: Made) -> Iterator[Json]:
    for key, of in made.of("azure_conditional_access_policy").items():
        whom = [each for name in LISTS for each in of[name] or () if each != "None"]
        what = [each for name in WHAT for each in of[name] or () if each != "None"]
        what += [of["applicationFilterRule"]] if of["applicationFilterRule"] else []
        names = {(False, False): "nobody and nothing", (False, True): "nobody", (True, False): "no application"}
        if of["active"] and not (whom and what):
            yield {"policy": of["displayName"], "names": names[bool(whom), bool(what)], "key": key}


ASKED: dict[str, Callable[[Made], Iterator[Json]]] = {
    "at-risk": at_risk,
    "certificate-authorities": authorities,
    "services-set-loosely": loose,
    "credentials-on-applications-of-others": added,
    "owners-without-mfa": owners,
    "applications-without-owners": ownerless,
    "who-can-grant-permissions": granting,
    "who-can-federate-domains": federating,
    "who-decides-on-packages": deciding,
    "privileged-roles-without-review": unreviewed,
    "policies-for-nobody": for_nobody,
}


@pytest.mark.parametrize("name", ASKED)
def test_the_answer_is_what_an_independent_computation_finds(tenant: Made, name: str) -> None:
    assert sorted(map(repr, ask(name))) == sorted(map(repr, map(_as_sql_has_it, ASKED[name](tenant))))


@pytest.mark.parametrize("name", ASKED)
def test_these_tenants_have_what_is_asked_about(name: str) -> None:
    assert any(list(ASKED[name](made_up(seed))) for seed in SEEDS)


def _as_sql_has_it(row: Json) -> Json:
    return {name: int(value) if isinstance(value, bool) else value for name, value in row.items()}
