"""The questions about roles, sign-ins and policies against an independent computation, on tenants made up at random."""

import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner

from integration.cli import main
from tests.entra.question_graphs import TRUST, made_up
from tests.question_graphs import DAY, GRAPH, QUESTIONS, Json, Made, ask, save, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

SEEDS = range(12)
HELD, ELIGIBLE = "azure_ad_role_assignment", "azure_ad_role_eligibility"
POLICY = "azure_conditional_access_policy"


saved = saved_graphs(made_up, SEEDS)


def moment(value: int | None) -> str | None:
    return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def rows(name: str, *values: str, without: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """Ask, and return the values of each row, without those of some columns."""
    return [tuple(value for column, value in row.items() if column not in without) for row in ask(name, *values)]


def same(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> bool:
    return sorted(found, key=repr) == sorted(expected, key=repr)


def in_order(found: list[tuple[Any, ...]], *columns: int) -> bool:
    """Tell whether rows are in the order of some columns, whatever the case of letters is."""
    by = [tuple(str(row[column]).lower() for column in columns) for row in found]
    return by == sorted(by)


def test_who_holds_a_role(tenant: Made) -> None:
    for role in tenant.of("azure_ad_role_definition"):
        expected = []
        for of in tenant.of(HELD).values():
            if of["roleDefinitionId"] == role:
                place = tenant.of("azure_administrative_unit").get(of["scopeId"], {}).get("displayName", of["scopeId"])
                expected += [
                    (tenant.name(key), tenant.type(key), of["scopeType"], place, key)
                    for key in [of["principalId"], *tenant.members(of["principalId"])]
                ]
        found = rows("role-holders", role, without=("userPrincipalName", "through"))
        assert set(found) == set(expected)
        assert in_order(found, 0, 4)


def test_who_can_take_a_role(tenant: Made) -> None:
    for role in tenant.of("azure_ad_role_definition"):
        expected = set()
        leading = {of["principalId"] for type in (HELD, ELIGIBLE) for of in tenant.of(type).values()
                   if of["roleDefinitionId"] == role}  # fmt: skip
        for of in tenant.of(ELIGIBLE).values():
            if of["roleDefinitionId"] == role:
                until = moment(of["expiresOn"])
                expected.add(("eligible for the role", of["scopeType"], until, of["principalId"]))
                for key in tenant.members(of["principalId"]):
                    expected.add(("member of a group that is eligible", of["scopeType"], until, key))
        for of in tenant.of("azure_privileged_access_group_eligibility").values():
            if of["groupId"] in leading:
                how = f"eligible as {of['accessId']} of a group"
                expected.add((how, None, moment(of["expiresOn"]), of["principalId"]))
        found = ask("role-candidates", role)
        assert {(row["how"], row["scope"], row["until"], row["key"]) for row in found} == expected
        for row in found:
            assert (row["candidate"], row["type"]) == (tenant.name(row["key"]), tenant.type(row["key"]))


def test_open_groups_on_the_way_to_roles(tenant: Made) -> None:
    groups, expected = tenant.of("azure_user_group"), []
    for timed in tenant.of("azure_privileged_access_group_eligibility").values():
        open, guarded = groups.get(timed["principalId"]), groups[timed["groupId"]]
        is_open = open and not open["isAssignableToRole"] and not open["isManagementRestricted"]
        if open and is_open and guarded["isAssignableToRole"]:
            held = {of["roleDefinitionId"] for type in (HELD, ELIGIBLE) for of in tenant.of(type).values()
                    if of["principalId"] == timed["groupId"]}  # fmt: skip
            roles = ", ".join(sorted(map(tenant.name, held))) or None
            names = (open["displayName"], timed["accessId"], guarded["displayName"])
            expected.append((*names, roles, timed["principalId"]))
    found = rows("open-groups-that-lead-to-roles")
    assert same(found, expected)
    assert in_order(found, 0, 4, 2)


def test_roles_that_are_easily_activated(tenant: Made) -> None:
    expected = []
    for policy, role in tenant.pairs("azure_role_management_policy_restricts_ad_role_definition"):
        of = tenant.of("azure_role_management_policy")[policy]
        is_weak = not of["activationRequiresMfa"] and not of["activationAuthenticationContext"]
        if tenant.of("azure_ad_role_definition")[role]["isPrivileged"] and (not of["approvalRequired"] or is_weak):
            expected.append((tenant.name(role), of["activationAuthenticationContext"], "PT8H", role))
    found = rows("easily-activated-roles", without=("approvalRequired", "activationRequiresMfa"))
    assert found == sorted(expected, key=lambda row: (row[0].lower(), row[3]))


def test_roles_that_tell_nobody(tenant: Made) -> None:
    expected = []
    for policy, role in tenant.pairs("azure_role_management_policy_restricts_ad_role_definition"):
        told = tenant.of("azure_role_management_policy")[policy]["notifiedAdministrators"]
        if tenant.of("azure_ad_role_definition")[role]["isPrivileged"] and not told:
            expected.append((tenant.name(role), role))
    assert rows("roles-that-tell-nobody") == sorted(expected, key=lambda row: (row[0].lower(), row[1]))


def test_who_approves_activations(tenant: Made) -> None:
    expected: list[tuple[Any, ...]] = []
    for policy, role in tenant.pairs("azure_role_management_policy_restricts_ad_role_definition"):
        of = tenant.of("azure_role_management_policy")[policy]
        if tenant.of("azure_ad_role_definition")[role]["isPrivileged"] and of["approvalRequired"]:
            named = tenant.targets("azure_role_management_policy_assigned_user", policy)
            named |= tenant.targets("azure_role_management_policy_assigned_user_group", policy)
            for who in named:
                enabled = tenant.of("azure_user").get(who, {}).get("accountEnabled")
                enabled = None if enabled is None else int(enabled)
                kind = next(
                    (kind for kind in ("azure_user", "azure_user_group") if who in tenant.of(kind)), "not found"
                )
                expected.append((tenant.name(role), tenant.name(who), kind, enabled, role))
            if not named:
                expected.append((tenant.name(role), "privileged administrators", None, None, role))
    found = rows("role-approvers")
    assert same(found, expected)
    assert in_order(found, 0, 4, 1)


def test_how_many_hold_privileged_roles(tenant: Made) -> None:
    having: dict[str, set[tuple[str, str]]] = {}
    for how, principal, role in tenant.privileged():
        inside = tenant.targets("azure_user_group_has_service_principal", principal)
        services = ({principal} | inside) & tenant.of("azure_service_principal").keys()
        having.setdefault(role, set()).update((how, who) for who in tenant.people(principal) | services)
        having[role].add((how, "nobody"))

    def counted(name: str, held: set[tuple[str, str]], key: str | None) -> tuple[Any, ...]:
        users = {who for _, who in held} & tenant.of("azure_user").keys()
        holding = {who for how, who in held if how == "holds"} & users
        return name, len(users), len(holding), len({who for _, who in held} - users - {"nobody"}), key

    expected = [counted(tenant.name(role), held, role) for role, held in having.items()]
    highest = {who for role, held in having.items() for _, who in held if role == "azure_ad_role_definition:1"} - {
        "nobody"
    }
    others = {each for held in having.values() for each in held if each[1] not in highest}
    found = rows("privileged-role-counts")
    assert same([row for row in found if row[-1]], expected)
    others_found = [row for row in found if not row[-1]]
    assert others_found in ([], [counted("any of them, and not Global Administrator", others, None)])
    assert others_found or others <= {("holds", "nobody"), ("can take", "nobody")}


def test_privileged_roles_for_which_nothing_resists_phishing(tenant: Made) -> None:
    resistant = {
        of["id"] for of in tenant.of("azure_authentication_strength_policy").values() if of["isPhishingResistant"]
    }
    demanding = []
    for policy, of in tenant.of(POLICY).items():
        wide = of["appliesToAllApplications"] and not of["excludeApplications"] and not of["applicationFilterRule"]
        wide = wide and of["clientAppTypes"] == ["all"] and not of["authenticationFlows"] and not of["deviceFilterRule"]
        wide = wide and of["includeLocations"] in (None, [], ["All"]) and not of["excludeLocations"]
        wide = wide and of["includePlatforms"] in (None, ["all"]) and not of["excludePlatforms"]
        wide = wide and not (of["userRiskLevels"] or of["signInRiskLevels"] or of["insiderRiskLevels"])
        alone = not (of["builtInControls"] or of["termsOfUse"] or of["customAuthenticationFactors"])
        if (
            wide
            and of["active"]
            and of["authenticationStrengthId"] in resistant
            and (alone or of["grantOperator"] == "AND")
        ):
            demanding.append(policy)
    expected = []
    for role, of in tenant.of("azure_ad_role_definition").items():
        counts = [
            len({each["principalId"] for each in tenant.of(type).values() if each["roleDefinitionId"] == role})
            for type in (HELD, ELIGIBLE)
        ]
        heeded = any(
            role not in tenant.targets(f"{POLICY}_allows_ad_role_definition", policy)
            and (
                tenant.of(POLICY)[policy]["appliesToAllUsers"]
                or role in tenant.targets(f"{POLICY}_assigned_ad_role_definition", policy)
            )
            for policy in demanding
        )
        if of["isPrivileged"] and any(counts) and not heeded:
            expected.append((of["displayName"], *counts, role))
    assert rows("privileged-roles-without-resistance") == sorted(expected, key=lambda row: (row[0].lower(), row[3]))


def test_a_policy_for_a_role_that_resists_phishing_everywhere() -> None:
    made = made_up(1)
    role = next(key for key, of in made.of("azure_ad_role_definition").items() if of["isPrivileged"])
    next(iter(made.of(HELD).values()))["roleDefinitionId"] = role
    policy = next(iter(made.of(POLICY)))
    plain: Json = {
        "builtInControls": [],
        "termsOfUse": None,
        "customAuthenticationFactors": None,
        "clientAppTypes": ["all"],
    }
    plain |= {"active": True, "appliesToAllApplications": True, "authenticationStrengthId": "0"}
    kept = {name: of for name, of in made.of(POLICY)[policy].items() if name == "name"}
    made.entities[POLICY] = {policy: {**kept, **plain}}
    made.ends[f"{POLICY}_assigned_ad_role_definition"] = {(policy, role): {}}
    made.ends[f"{POLICY}_allows_ad_role_definition"] = {}
    save(made)
    assert role not in {row["key"] for row in ask("privileged-roles-without-resistance")}
    for narrowed in ({"excludeLocations": ["AllTrusted"]}, {"grantOperator": "OR", "builtInControls": ["mfa"]}):
        made.entities[POLICY] = {policy: {**kept, **plain, **narrowed}}
        save(made)
        assert role in {row["key"] for row in ask("privileged-roles-without-resistance")}


def test_methods_that_are_set_loosely(tenant: Made) -> None:
    expected = []
    for key, of in tenant.of("azure_authentication_methods_policy").items():
        if of["policyMigrationState"] == "preMigration":
            expected.append(("older settings of multifactor authentication hold as well", "preMigration", key))
    for key, of in tenant.of("azure_authentication_method_configuration").items():
        if of["id"] == "MicrosoftAuthenticator" and of["active"]:
            for name, what in (("app", "which application asks"), ("location", "from where")):
                state, target = of[f"{name}InformationState"], of[f"{name}InformationTargetId"]
                if (state or "").lower() != "enabled" or target != "all_users":
                    setting = (state or "not set") + (f" for {target}" if target else "")
                    expected.append((f"Microsoft Authenticator does not show everybody {what}", setting, key))
            if of["isSoftwareOathEnabled"]:
                expected.append(("Microsoft Authenticator gives codes, too", "enabled", key))
    assert rows("methods-set-loosely") == expected


def test_permanent_privileges(tenant: Made) -> None:
    expected = []
    for key, of in tenant.of(HELD).items():
        role = tenant.of("azure_ad_role_definition").get(of["roleDefinitionId"], {})
        told = tenant.sources("azure_ad_role_assignment_schedule_is_assignment", key)
        schedules = [tenant.of("azure_ad_role_assignment_schedule")[each] for each in told]
        permanent = any(each["isPermanent"] for each in schedules)
        managed = any(each["startOn"] for each in schedules)
        if role.get("isPrivileged") and (permanent or not managed):
            who = of["principalId"]
            how = "permanent" if managed else "made outside"
            expected.append((role["displayName"], tenant.name(who), tenant.type(who), how, of["scopeType"], key))
    found = rows("permanent-privileges")
    assert same(found, expected)
    assert in_order(found, 0, 1, 5)


def test_guests_and_synchronized_users_with_privileges(tenant: Made) -> None:
    expected = set()
    for how, principal, role in tenant.privileged():
        for user in tenant.people(principal):
            of = tenant.of("azure_user")[user]
            if of["userType"] == "Guest" or of["onPremisesSyncEnabled"]:
                expected.add((how, tenant.name(role), user))
    found = rows("privileged-guests", without=("user", "userPrincipalName", "userType", "synchronized"))
    assert same(found, list(expected))


def test_administrators_of_units(tenant: Made) -> None:
    expected = []
    for key, of in tenant.of(HELD).items():
        if of["scopeType"] == "administrativeUnit":
            unit = tenant.of("azure_administrative_unit").get(of["scopeId"], {})
            who = of["principalId"]
            names = (unit.get("displayName", of["scopeId"]), tenant.name(of["roleDefinitionId"]), tenant.name(who))
            expected.append((*names, tenant.type(who), key))
    found = rows("unit-administrators", without=("restricted",))
    assert same(found, expected)


def administrators(tenant: Made) -> set[str]:
    """Return the users who hold a privileged role, or can take one."""
    return {user for _, principal, _ in tenant.privileged() for user in tenant.people(principal)}


def test_users_without_multifactor_authentication(tenant: Made) -> None:
    expected = []
    for user, key in tenant.pairs("azure_user_has_registration_details"):
        of, details = tenant.of("azure_user")[user], tenant.of("azure_user_registration_details")[key]
        if of["accountEnabled"] and not details["isMfaCapable"]:
            methods = " ".join(details["methodsRegistered"]) or None
            expected.append((of["displayName"], of["userPrincipalName"], of["userType"], methods, user))
    found = rows("users-without-mfa", without=("isAdmin",))
    assert same(found, expected)
    assert in_order(found, 0, 4)


def test_administrators_without_phishing_resistance(tenant: Made) -> None:
    expected = set()
    for user in administrators(tenant):
        details = [
            tenant.of("azure_user_registration_details")[key]
            for key in tenant.targets("azure_user_has_registration_details", user)
        ]
        if not any(each["isPhishingResistantCapable"] for each in details):
            expected.add(user)
    assert {row["key"] for row in ask("administrators-without-phishing-resistance")} == expected


def test_users_that_sleep(tenant: Made) -> None:
    times = ("lastSuccessfulSignInOn", "lastSignInOn", "lastNonInteractiveSignInOn")
    last = {
        user: max(tenant.of("azure_user_sign_in_activity")[key][name] or 0 for name in times)
        for user, key in tenant.pairs("azure_user_has_sign_in_activity")
    }
    for days in (0, 30, 90):
        since = time.time() * 1000 - days * DAY
        expected = [
            (of["displayName"], moment(last.get(user)), user)
            for user, of in tenant.of("azure_user").items()
            if of["accountEnabled"] and max(last.get(user, 0), of["createdOn"]) < since
        ]
        found = rows("sleeping-users", str(days), without=("userPrincipalName", "userType"))
        assert same(found, expected)
        assert [row[1] or "" for row in found] == sorted(row[1] or "" for row in found)


def test_guests_who_never_came(tenant: Made) -> None:
    expected = [
        (of["createdOn"], of["displayName"].lower(), key)
        for key, of in tenant.of("azure_user").items()
        if of["userType"] == "Guest" and of["externalUserState"] == "PendingAcceptance"
    ]
    found = [(row["invited"], row["guest"].lower(), row["key"]) for row in ask("guests-who-never-came")]
    assert found == [(moment(since), name, key) for since, name, key in sorted(expected)]


def test_weak_methods(tenant: Made) -> None:
    type = "azure_authentication_method_configuration"
    expected = []
    for key, of in tenant.of(type).items():
        if of["active"] and of["id"].lower() in ("sms", "voice", "email"):
            named = sorted(((tenant.name(each), each) for each in tenant.targets(f"{type}_assigned_user_group", key)),
                           key=lambda pair: (pair[0].lower(), pair[1]))  # fmt: skip
            expected.append(
                (of["name"], int(of["appliesToAllUsers"]), ", ".join(name for name, _ in named) or None, key)
            )
    assert same(rows("weak-methods"), expected)


def test_devices_of_administrators(tenant: Made) -> None:
    for days in (30, 100):
        since = time.time() * 1000 - days * DAY
        expected = set()
        for user in administrators(tenant):
            owned = tenant.targets("azure_user_owns_device", user)
            for device in tenant.targets("azure_user_has_device", user) | owned:
                of = tenant.of("azure_device")[device]
                if not of["isCompliant"] or (of["lastSeenOn"] or 0) < since:
                    expected.add((tenant.name(user), moment(of["lastSeenOn"]), device))
        without = ("device", "compliant", "operatingSystem")
        assert set(rows("administrators-devices", str(days), without=without)) == expected


def test_licences_of_administrators(tenant: Made) -> None:
    expected = []
    for user in administrators(tenant):
        for sku in tenant.targets("azure_user_assigned_subscribed_sku", user):
            licence = tenant.of("azure_subscribed_sku").get(sku, {}).get("displayName", sku)
            if not licence.startswith("AAD_PREMIUM"):
                of = tenant.of("azure_user")[user]
                expected.append((of["displayName"], of["userPrincipalName"], licence, user))
    assert same(rows("licences-of-administrators"), expected)


def test_use_of_licences(tenant: Made) -> None:
    expected = [
        (
            of["displayName"],
            "Enabled",
            of["enabledUnits"],
            of["consumedUnits"],
            of["enabledUnits"] - of["consumedUnits"],
            key,
        )
        for key, of in tenant.of("azure_subscribed_sku").items()
    ]
    assert rows("licence-use") == sorted(expected, key=lambda row: (-row[4], row[0].lower(), row[5]))


def test_problems_with_licences(tenant: Made) -> None:
    expected = []
    for (user, sku), given in tenant.ends["azure_user_assigned_subscribed_sku"].items():
        of = tenant.of("azure_user")[user]
        if not of["accountEnabled"] or given["error"] or given["state"] != "Active":
            name = tenant.of("azure_subscribed_sku").get(sku, {}).get("displayName")
            through = tenant.name(given["assignedByGroup"]) if given["assignedByGroup"] else None
            account = None if of["accountEnabled"] else "disabled"
            expected.append((of["displayName"], name, account, given["state"], given["error"], through, user))
    assert same(rows("licence-problems", without=("userPrincipalName",)), expected)


def reached(tenant: Made, policy: str, verb: str) -> set[str]:
    """Return the users that a policy applies to, or exempts, by what it names, but for all users."""
    found = tenant.targets(f"{POLICY}_{verb}_user", policy)
    teams = tenant.targets(f"{POLICY}_{verb}_user_group", policy)
    roles = tenant.targets(f"{POLICY}_{verb}_ad_role_definition", policy)
    held = tenant.of(HELD).values()
    teams |= {of["principalId"] for of in held if of["roleDefinitionId"] in roles and of["scopeType"] == "tenant"}
    for team in teams:
        found |= tenant.people(team)
    return found | {
        user for user, of in tenant.of("azure_user").items() if is_outside(of, tenant.of(POLICY)[policy], verb)
    }


def is_outside(user: Json, policy: Json, verb: str) -> bool:
    """Tell whether a policy surely applies to a user as to a guest or an agent, or may exempt the user as one."""
    way = "include" if verb == "assigned" else "exclude"
    if user["isAgent"] and "AllAgentIdUsers" in (policy[f"{way}Users"] or ()):
        return True
    is_invited = "#EXT#@" in user["userPrincipalName"] or user["externalUserState"] is not None
    is_guest = user["userType"] == "Guest"
    if not (is_invited or is_guest):
        return False
    kind = f"b2bCollaboration{'Guest' if is_guest else 'Member'}" if is_invited else "internalGuest"
    is_named = kind in (policy[f"{way}GuestTypes"] or ())
    is_sure = verb != "assigned" or policy["includeExternalTenants"] != "enumerated"
    return "GuestsOrExternalUsers" in (policy[f"{way}Users"] or ()) or (is_named and is_sure)


def test_users_whom_no_policy_applies_to(tenant: Made) -> None:
    expected = []
    for user, of in tenant.of("azure_user").items():
        applies = any(
            (policy["appliesToAllUsers"] or user in reached(tenant, key, "assigned"))
            and user not in reached(tenant, key, "allows")
            for key, policy in tenant.of(POLICY).items()
            if policy["active"]
        )
        if of["accountEnabled"] and not applies:
            expected.append((of["displayName"], of["userPrincipalName"], of["userType"], user))
    found = rows("users-without-conditional-access")
    assert same(found, expected)
    assert in_order(found, 0, 3)


def test_users_who_are_exempt_everywhere(tenant: Made) -> None:
    everywhere = [key for key, of in tenant.of(POLICY).items() if of["active"] and of["appliesToAllUsers"]]
    expected = set(tenant.of("azure_user")) if everywhere else set()
    for policy in everywhere:
        named = tenant.targets(f"{POLICY}_allows_user", policy)
        for team in tenant.targets(f"{POLICY}_allows_user_group", policy):
            named |= tenant.members(team)
        expected &= named
    assert {row["key"] for row in ask("exempt-everywhere")} == expected


def test_who_is_exempt(tenant: Made) -> None:
    expected = [
        (of["name"], tenant.name(each), f"azure_{kind}", each)
        for policy, of in tenant.of(POLICY).items()
        if of["active"]
        for kind in ("user", "user_group", "ad_role_definition", "service_principal")
        for each in tenant.targets(f"{POLICY}_allows_{kind}", policy)
    ]
    found = rows("exempt-from-conditional-access")
    assert same(found, expected)
    assert in_order(found, 0)


def test_groups_that_decide_policies(tenant: Made) -> None:
    expected = []
    for verb, use in (("assigned", "applies to"), ("allows", "exempts")):
        for policy, team in tenant.pairs(f"{POLICY}_{verb}_user_group"):
            owners = tenant.sources("azure_user_owns_group", team)
            owners |= tenant.sources("azure_service_principal_owns_user_group", team)
            if team in tenant.of("azure_user_group") and owners:
                names = sorted(
                    ((tenant.name(each), each) for each in owners), key=lambda pair: (pair[0].lower(), pair[1])
                )
                listed = ", ".join(name for name, _ in names)
                expected.append((tenant.of(POLICY)[policy]["name"], use, tenant.name(team), listed, team))
    assert same(rows("groups-that-decide-conditional-access"), expected)


def test_groups_that_decide_policies_and_are_not_guarded(tenant: Made) -> None:
    expected = []
    for verb, use in (("assigned", "applies to"), ("allows", "exempts")):
        for policy, team in tenant.pairs(f"{POLICY}_{verb}_user_group"):
            of = tenant.of("azure_user_group").get(team)
            if (
                of
                and tenant.of(POLICY)[policy]["active"]
                and not (of["isAssignableToRole"] or of["isManagementRestricted"])
            ):
                by = "rule" if of["isDynamic"] else "another directory" if of["onPremisesSyncEnabled"] else None
                expected.append((tenant.of(POLICY)[policy]["name"], use, of["displayName"], by, team))
    assert same(rows("changeable-groups-of-conditional-access"), expected)


def narrowing(policy: Json) -> list[str]:
    """Return what keeps a policy from sign-ins that it would apply to otherwise."""

    def some(include: str, exclude: str, all: str) -> bool:
        return bool(policy[exclude]) or (bool(policy[include]) and all not in policy[include])

    found = {
        "applications": policy["applicationFilterRule"] or policy["excludeApplications"],
        "clients": "all" not in policy["clientAppTypes"],
        "devices": policy["deviceFilterRule"],
        "flows": policy["authenticationFlows"],
        "guests": policy["excludeGuestTypes"] or "GuestsOrExternalUsers" in (policy["excludeUsers"] or ()),
        "locations": some("includeLocations", "excludeLocations", "All"),
        "platforms": some("includePlatforms", "excludePlatforms", "all"),
        "risk": policy["userRiskLevels"] or policy["signInRiskLevels"] or policy["insiderRiskLevels"],
    }
    return [name for name, narrows in found.items() if narrows]


def demanded(tenant: Made, policy: Json) -> tuple[set[str], str | None]:
    """Return what a policy demands, strengths as what they come to, and how it is written."""
    shown = set(policy["builtInControls"])
    shown |= {f"custom control {each}" for each in policy["customAuthenticationFactors"] or ()}
    shown |= {f"terms of use {each}" for each in policy["termsOfUse"] or ()}
    meant = set(shown)
    if (id := policy["authenticationStrengthId"]) is not None:
        strengths = tenant.of("azure_authentication_strength_policy").values()
        strength: Json = next((each for each in strengths if each["id"] == id), {})
        shown.add(strength.get("name", id))
        meant |= {"mfa"} - ({"mfa"} if strength.get("requirementsSatisfied") == "none" else set())
        meant |= {"phishing"} if strength.get("isPhishingResistant") else set()
    if id is not None:
        meant.add(f"strength {id}")
    return meant, (" and " if policy["grantOperator"] == "AND" else " or ").join(sorted(shown)) or None


def heeded(tenant: Made, policy: Json) -> set[tuple[str, str]]:
    """Return the ways of weak sign-ins that a policy heeds, each with what narrows it by itself."""
    meant, _ = demanded(tenant, policy)
    flows, clients = policy["authenticationFlows"] or (), policy["clientAppTypes"]
    actions = policy["includeUserActions"] or ()
    found = {
        ("authentication transfer", "flows"): "block" in meant and "authenticationTransfer" in flows,
        ("device code flow", "flows"): "block" in meant and "deviceCodeFlow" in flows,
        ("legacy authentication", "clients"): "block" in meant and "other" in clients,
        ("registration of devices", ""): meant and "urn:user:registerdevice" in actions,
        ("registration of methods", ""): meant and "urn:user:registersecurityinfo" in actions,
        ("risk of the sign-in", "risk"): meant and "high" in policy["signInRiskLevels"],
        ("risk of the user", "risk"): meant and "high" in policy["userRiskLevels"],
        ("unmanaged devices", ""): meant & {"compliantDevice", "domainJoinedDevice"},
        ("without multifactor authentication", ""): "mfa" in meant,
        ("without resistance to phishing", ""): "phishing" in meant,
    }
    return {way for way, holds in found.items() if holds} if policy["active"] else set()


def test_which_weak_sign_ins_are_heeded(tenant: Made) -> None:
    expected = []
    for key, of in tenant.of(POLICY).items():
        roles = len(tenant.targets(f"{POLICY}_assigned_ad_role_definition", key))
        exempt = sum(
            len(tenant.targets(f"{POLICY}_allows_{kind}", key)) for kind in ("user", "user_group", "ad_role_definition")
        )
        for way, itself in heeded(tenant, of):
            narrowed = " ".join(each for each in narrowing(of) if each != itself) or None
            expected.append((way, of["name"], demanded(tenant, of)[1], roles, exempt, narrowed, key))
    found = rows("weak-sign-ins", without=("everybody", "everywhere"))
    assert len({row[0] for row in found}) == 10
    assert same([row for row in found if row[1]], expected)
    assert {row[0] for row in found if not row[1]}.isdisjoint(row[0] for row in expected)
    assert in_order(found, 0)


def test_groups_that_people_get_into_on_their_own(tenant: Made) -> None:
    words = {
        "displayName": "who registers a device",
        "mail": "who invites a guest",
        "mailNickname": "who invites a guest",
        "memberof": "who decides the members of other groups",
        "otherMails": "the user",
    }
    expected = []
    for key, of in tenant.of("azure_user_group").items():
        ways = set()
        if of["isDynamic"] and of["membershipRuleProcessingState"] == "On":
            asked = re.findall(r"\b(?:user|device)\.(\w+)", of["membershipRule"] or "")
            ways = {words[each] for each in asked if each in words}
        if of["isMicrosoft365Group"] and not of["isDynamic"] and of["visibility"] == "Public":
            ways.add("everybody, it is public")
        policies = [
            ", ".join(sorted((tenant.of(POLICY)[each]["name"] for each in sorted(named)), key=str.lower)) or None
            for named in (tenant.sources(f"{POLICY}_{verb}_user_group", key) for verb in ("assigned", "allows"))
        ]
        applications = len(tenant.targets("azure_user_group_has_app_role_assignment", key))
        if ways:
            expected.append(
                (of["displayName"], ", ".join(sorted(ways)), of["membershipRule"], *policies, applications, key)
            )
    assert rows("groups-open-to-joining") == sorted(expected, key=lambda row: (row[0].lower(), row[-1]))


def test_what_users_may_do(tenant: Made) -> None:
    (of,) = tenant.of("azure_authorization_policy").values()
    (devices,) = tenant.of("azure_device_registration_policy").values()
    found = dict(rows("what-users-may-do"))
    assert found["register applications"] == int(of["allowedToCreateApps"])
    assert found["invite guests"] == "everyone"
    assert found["what guests see, by role"] == tenant.name(of["guestUserRoleId"])
    assert found["consent as these policies say"] == " ".join(of["permissionGrantPoliciesAssigned"])
    assert found["create tenants"] is None
    (consent,) = tenant.of("azure_admin_consent_request_policy").values()
    assert found["ask administrators for consent"] == int(consent["isEnabled"])
    assert found["join devices"] == devices["joinAllowedTo"]
    assert found["administer devices that they join"] == devices["registeringUsersAreLocalAdmins"]
    allowed = [each.get("setting.EnableGroupCreation") for each in tenant.of("azure_group_setting").values()]
    assert found["create Microsoft 365 groups"] == int(allowed[1] is not False)
    consented = next(iter(tenant.of("azure_group_setting").values()))["setting.EnableGroupSpecificConsent"]
    assert found.get("let applications read groups that they own") == consented


def test_what_settings_that_were_not_read_allow_is_not_told() -> None:
    save(made_up(0))
    with closing(sqlite3.connect(GRAPH)) as database, database:
        database.execute("UPDATE verdicts SET verdict = 'failed' WHERE _type = 'azure_group_setting'")
    assert "create Microsoft 365 groups" not in dict(rows("what-users-may-do"))


def connecting(partner: Json, policy: Json) -> str | None:
    """Tell whether anybody of a partner may use shared channels: for somebody and something it must be allowed."""
    found = []
    for what, all in (("User", "AllUsers"), ("App", "AllApplications")):
        of = policy if partner[f"b2bDirectConnectInbound{what}sAccess"] is None else partner
        access, targets = (of[f"b2bDirectConnectInbound{what}{each}"] for each in ("sAccess", "Targets"))
        found.append("allowed" if access == "blocked" and targets and all not in targets else access)
    return found[1] if found[1] == "blocked" else found[0]


def test_tenants_that_are_trusted(tenant: Made) -> None:
    (default,) = tenant.of("azure_cross_tenant_access_policy").items()
    given: list[tuple[Any, Any, str, Json]] = [("every other tenant", None, *default)]
    for key, of in tenant.of("azure_cross_tenant_access_partner").items():
        (other,) = tenant.targets("azure_cross_tenant_access_partner_is_external_tenant", key)
        name = tenant.of("azure_external_tenant").get(other, {}).get("displayName", of["name"])
        given.append((name, of["tenantId"], key, of))
    expected = []
    for name, id, key, of in given:
        mfa, compliant, joined = (bool(default[1][each] if of.get(each) is None else of[each]) for each in TRUST)
        sync, connect = bool(of.get("userSyncInboundAllowed")), connecting(of, default[1])
        if mfa or compliant or joined or sync or connect == "allowed":
            expected.append((name, int(mfa), int(compliant or joined), int(sync), connect, id, key))
    found = rows("trusted-tenants")
    assert same(found, expected)
    assert [row[5] is None for row in found] == sorted((row[5] is None for row in found), reverse=True)


def test_domains_that_are_federated(tenant: Made) -> None:
    expected = []
    for key, of in tenant.of("azure_domain").items():
        if of["isFederated"]:
            by = [tenant.of("azure_domain_federation")[each]
                  for each in tenant.targets("azure_domain_has_federation", key)] or [{}]  # fmt: skip
            second = int(by[0].get("nextSigningCertificateThumbprint") is not None)
            ends = moment(by[0].get("signingCertificateExpiresOn"))
            expected.append(
                (of["domainName"], by[0].get("issuerUri"), by[0].get("federatedIdpMfaBehavior"), ends, second, key)
            )
    found = rows("federated-domains", without=("verified", "default", "managed"))
    assert found == sorted(expected, key=lambda row: (row[0], row[-1]))


def test_domains_on_which_passwords_expire(tenant: Made) -> None:
    expected = [
        (of["domainName"], 90, 0, key)
        for key, of in tenant.of("azure_domain").items()
        if of["isVerified"] and not of["isFederated"] and of["passwordsNeverExpire"] is False
    ]
    assert rows("passwords-that-expire") == sorted(expected)


def test_references_to_nothing(tenant: Made) -> None:
    there = {key for found in tenant.entities.values() for key in found}
    expected = set()
    for type in tenant.ends:
        if "_policy_" in type or type.startswith("azure_authentication_method_configuration"):
            expected |= {(type, start, end) for start, end in tenant.pairs(type) if end not in there}
    methods = "azure_authentication_method_configuration"
    excluded = {(methods, key, id) for key, of in tenant.of(methods).items() for id in of["excludeTargetIds"] or ()}
    expected |= {each for each in excluded if each[2] not in there | {"all_users"}}
    for type in (HELD, ELIGIBLE, "azure_privileged_access_group_eligibility"):
        for key, of in tenant.of(type).items():
            unit = of["scopeId"] if of.get("scopeType") == "administrativeUnit" else None
            principal = None if of.get("principalOrganizationId") == "PARTNER" else of["principalId"]
            expected |= {(type, key, missing) for missing in (principal, unit) if missing} - {
                (type, key, each) for each in there
            }
    assert {(row["type"], row["key"], row["missing"]) for row in ask("references-to-nothing")} == expected


def asked(role: str) -> dict[str, list[str]]:
    """Return the questions of this file, with values for their parameters."""
    parameters = {"role": role, "days": "30"}
    return {
        name: [parameters[each.name] for each in question.parameters]
        for name, question in QUESTIONS.items()
        if question.source.name in ("policy_questions.toml", "role_questions.toml", "sign_in_questions.toml")
    }


def test_each_question_is_answered_in_some_tenant() -> None:
    left = asked("azure_ad_role_definition:0")
    for seed in SEEDS:
        save(made_up(seed))
        left = {name: values for name, values in left.items() if not ask(name, *values)}
    assert left == {}


def test_the_demo_has_an_answer_to_all_but_three() -> None:
    assert CliRunner().invoke(main, ["run", "--demo", "--out", "."]).exit_code == 0
    silent = {name for name, values in asked("Global Administrator").items() if not ask(name, *values)}
    assert silent == {"exempt-everywhere", "policies-for-nobody", "users-without-conditional-access"}
