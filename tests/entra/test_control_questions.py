"""The questions about who controls one thing, against an independent computation, on tenants made up at random."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest
from click.testing import CliRunner

from integration.cli import main
from tests.question_graphs import GRAPH, Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

GRAPH_APP = "00000003-0000-0000-c000-000000000000"
GLOBAL, ROLES, AUTHENTICATION, PARTNER_2, PARTNER_1 = (
    "62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8",
    "4ba39ca4-527c-499a-b93d-d9b492c50246",
)  # fmt: skip
USERS, HELPDESK, METHODS, PASSWORDS, GROUPS, INTUNE, APPS, SYNC = (
    "fe930be7-5e62-47db-91af-98c3a49a38b1", "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "c4e39bd9-1100-46d3-8c65-fb160da0071f", "966707d0-3269-4727-9be2-8c3a10f19b9d",
    "fdd7a751-b60b-444a-984c-02652fe8fa1c", "3a2c62db-5318-420d-8d74-23affee5d9d5",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "d29b2b05-8046-44ba-8758-1e26182fcf32",
)  # fmt: skip
READERS, REPORTS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "4a5d8f65-41da-4de4-8968-e035b65339cf"
TEMPLATES = [GLOBAL, ROLES, AUTHENTICATION, PARTNER_2, PARTNER_1, USERS, HELPDESK, METHODS, PASSWORDS, GROUPS, INTUNE,
             APPS, SYNC, READERS, REPORTS]  # fmt: skip
COMMON = {READERS, PASSWORDS}
SPARED = {
    USERS: COMMON | {USERS, HELPDESK, GROUPS, REPORTS},
    HELPDESK: COMMON | {HELPDESK, REPORTS},
    METHODS: COMMON | {METHODS, REPORTS},
    PASSWORDS: COMMON,
    PARTNER_1: set[str](),
}
"""Of roles that reset passwords of some: the roles that these may have, of those that occur here."""
PERMISSIONS = [
    "RoleManagement.ReadWrite.Directory", "Group.ReadWrite.All", "GroupMember.ReadWrite.All", "Directory.ReadWrite.All",
    "Application.ReadWrite.All", "ServicePrincipalEndpoint.ReadWrite.All",
    "DeviceManagementConfiguration.ReadWrite.All", "User.Read.All", "AppRoleAssignment.ReadWrite.All",
]  # fmt: skip
OWN = {
    "microsoft.directory/applications/credentials/update": "application",
    "microsoft.directory/applications.myOrganization/allProperties/update": "application",
    "microsoft.directory/servicePrincipals/owners/update": "service principal",
    "microsoft.directory/applications/basic/update": None,
}
"""Actions of roles of the tenant's own, and what they let one add credentials to."""
REGROUPING: dict[str, tuple[set[str], set[bool]]] = {
    "microsoft.directory/groups/members/update": ({"security", "unified"}, {False}),
    "microsoft.directory/groups/allProperties/allTasks": ({"security", "unified"}, {False, True}),
    "microsoft.directory/groups/dynamicMembershipRule/update": ({"security", "unified"}, {True}),
    "microsoft.directory/groups.security/owners/update": ({"security"}, {False}),
    "microsoft.directory/groups.unified/allProperties/update": ({"unified"}, {False, True}),
    "microsoft.directory/groups.security.assignedMembership/allProperties/update": ({"security"}, {False}),
    "microsoft.directory/groups/basic/update": (set(), set()),
}
"""Actions on groups: of which kind these are, and whether those with a rule, or without, whose members they change."""
INTUNE_ACTIONS = [
    ["Microsoft.Intune_DeviceConfigurations_Create", "microsoft.intune_deviceconfigurations_assign"],
    ["Microsoft.Intune_MobileApps_Update", "Microsoft.Intune_MobileApps_Assign", "Microsoft.Intune_Roles_Read"],
    ["Microsoft.Intune_MobileApps_Create", "Microsoft.Intune_DeviceConfigurations_Assign"],
    ["Microsoft.Intune_DeviceConfigurations_Update"],
]
"""Actions of roles of Intune: the first two let one run commands on devices."""
TIMED = "azure_privileged_access_group_eligibility"
SEEDS = range(20)
Able = Iterator[tuple[str, str]]
"""Who is able to, and how."""


def made_up(seed: int) -> Made:
    """Return a tenant of people, groups, applications and devices with those who administer and own them."""
    made, rng = Made(), random.Random(seed)
    maybe = [True, False, None]

    add, edges = partial(made.fill, rng), partial(made.join, rng, least=1)

    users = add("azure_user", 8, isManagementRestricted=maybe)
    groups = add("azure_user_group", 4, isDynamic=maybe, onPremisesSyncEnabled=[True, False, None, None],
                 isAssignableToRole=maybe, isManagementRestricted=maybe, isMicrosoft365Group=maybe)  # fmt: skip
    services = add("azure_service_principal", 5, isFirstParty=[False, None, True], isAgent=[False, None, True],
                   servicePrincipalType=["Application", "Application", "ManagedIdentity"])  # fmt: skip
    devices = add("azure_device", 3, operatingSystem=["Windows", "WINDOWS 11", "iOS"], isManaged=maybe)
    units = add("azure_administrative_unit", 2)
    apps = add("azure_application", 3)
    for key, of in made.of("azure_application").items():
        of["id"] = f"object of {key}"
    roles = [f"role:{template}" for template in TEMPLATES]
    made.entities["azure_ad_role_definition"] = {
        role: {"displayName": f"Role {n}", "templateId": TEMPLATES[n], "isBuiltIn": True,
               "isPrivileged": TEMPLATES[n] in (GLOBAL, APPS, METHODS)}
        for n, role in enumerate(roles)
    }  # fmt: skip
    for role in roles:
        made.of("azure_ad_role_definition")[role]["allowedActions"] = rng.choice(
            [None, *([each] for each in REGROUPING)]
        )
    made.of("azure_ad_role_definition")[roles[-1]]["allowedActions"] = [*OWN]
    for n, actions in enumerate([[each] for each in OWN] + [[*OWN][::2], [*REGROUPING][:1], [*REGROUPING][1:3]]):
        roles.append(f"role:own-{n}")
        made.entities["azure_ad_role_definition"][roles[-1]] = {
            "displayName": f"Own role {n}", "templateId": f"own-{n}", "isBuiltIn": False, "allowedActions": actions
        }  # fmt: skip
    objects = [of["id"] for of in made.of("azure_application").values()]
    scopes = [("tenant", None)] * 4 + [("administrativeUnit", each) for each in units]
    scopes += [("object", each) for each in (*services, *objects)]
    for type in ("azure_ad_role_assignment", "azure_ad_role_eligibility"):
        held = [
            (rng.choice([*users, *groups, *services]), rng.choice([*roles, roles[0], roles[0]]), *rng.choice(scopes))
            for _ in range(7)
        ]
        made.entities[type] = {
            f"{type}:{n}": {"principalId": who, "roleDefinitionId": role, "scopeType": scope, "scopeId": at}
            for n, (who, role, scope, at) in enumerate(held)
        }
    add("azure_account", 1, id=["own-tenant"])
    add(TIMED, 6, groupId=[*groups], principalId=[*users, *groups], accessId=["member", "owner"])
    permissions = add("azure_app_role", len(PERMISSIONS), resourceAppId=[GRAPH_APP.upper(), GRAPH_APP, "other"])
    for of, value in zip(made.of("azure_app_role").values(), PERMISSIONS, strict=True):
        of |= {"value": value, "isPrivileged": value in (PERMISSIONS[0], PERMISSIONS[3], "User.Read.All")}
    given = add("azure_app_role_assignment", 6)
    edges("azure_user_group_has_user", groups, users, 8)
    edges("azure_user_group_has_service_principal", groups, services, 4)
    edges("azure_administrative_unit_has_user", units, users, 6)
    edges("azure_administrative_unit_has_user_group", units, groups, 4)
    edges("azure_app_role_assignment_assigned_role", given, permissions, 12)
    edges("azure_service_principal_has_app_role_assignment", services, given, 12)
    edges("azure_application_has_service_principal", apps, services, 5)
    edges("azure_service_principal_manages_principal", services, services, 3)
    for kind, stops in (("group", groups), ("service_principal", services), ("application", apps)):
        edges(f"azure_user_owns_{kind}", users, stops, 5)
    for kind, stops in (("user_group", groups), ("principal", services), ("application", apps)):
        edges(f"azure_service_principal_owns_{kind}", services, stops, 3)
    intune = add(
        "intune_role_definition", 4, allowedActions=INTUNE_ACTIONS, deniedActions=[[], [], INTUNE_ACTIONS[0][1:2]]
    )
    assigned = add("intune_role_assignment", 5)
    edges("intune_role_assignment_uses_definition", assigned, intune, 6)
    edges("azure_user_group_has_intune_role_assignment", groups, assigned, 6)
    made.join(rng, "intune_role_assignment_allows_azure_user_group", assigned, groups, 4)
    edges("azure_user_group_has_device", groups, devices, 4)
    edges("azure_user_has_device", users, devices, 4)
    edges("azure_user_group_has_group", groups, groups, 3)
    return made


saved = saved_graphs(made_up, SEEDS)


def held(tenant: Made) -> Iterator[tuple[str, str, str, str]]:
    """Yield who has which role, how that is said, and where it holds, which is empty where it holds everywhere."""
    for type, verb in (("azure_ad_role_assignment", "holds"), ("azure_ad_role_eligibility", "may activate")):
        for of in tenant.of(type).values():
            role = tenant.of("azure_ad_role_definition")[of["roleDefinitionId"]]
            yield of["principalId"], role["templateId"], f"{verb} {role['displayName']}", of["scopeId"] or ""


def permitted(tenant: Made, *values: str) -> Able:
    for service, given in tenant.pairs("azure_service_principal_has_app_role_assignment"):
        for key in tenant.targets("azure_app_role_assignment_assigned_role", given):
            role = tenant.of("azure_app_role")[key]
            if role["resourceAppId"].lower() == GRAPH_APP and role["value"] in values:
                yield service, f"has the permission {role['value']}"


def places(tenant: Made, type: str, key: str) -> set[str]:
    """Return where a role holds over somebody: everywhere, unless somebody is restricted, and in units."""
    everywhere = set() if tenant.of(type)[key]["isManagementRestricted"] else {""}
    return everywhere | tenant.sources(type.replace("azure_", "azure_administrative_unit_has_"), key)


def resetting(tenant: Made, user: str) -> Able:
    teams = tenant.sources("azure_user_group_has_user", user)
    theirs = teams | tenant.targets("azure_user_owns_group", user)
    guarded = any(tenant.of("azure_user_group")[team]["isAssignableToRole"] for team in theirs)
    own = {template for who, template, _, _ in held(tenant) if who == user or who in teams}
    for who, template, how, scope in held(tenant):
        everybody = template in {GLOBAL, AUTHENTICATION, PARTNER_2}
        some = template in SPARED and not guarded and own <= SPARED[template]
        if who != user and scope in places(tenant, "azure_user", user) and (everybody or some):
            yield who, how


def regroups(role: Json, group: Json) -> bool:
    """Tell whether a role has an action that changes who is in such a group, to which no role can be assigned."""
    found = [REGROUPING[action] for action in role.get("allowedActions") or () if action in REGROUPING]
    kind = "unified" if group["isMicrosoft365Group"] else "security"
    return not group["isAssignableToRole"] and any(kind in of and bool(group["isDynamic"]) in how for of, how in found)


def changing(tenant: Made, group: str) -> Able:
    of = tenant.of("azure_user_group")[group]
    if of["onPremisesSyncEnabled"]:
        return
    for who, template, how, scope in held(tenant):
        role = tenant.of("azure_ad_role_definition")[f"role:{template}"]
        if (template in {GLOBAL, ROLES} or regroups(role, of)) and scope in places(tenant, "azure_user_group", group):
            yield who, how
    if not of["isManagementRestricted"]:
        yield from permitted(tenant, *(PERMISSIONS[:1] if of["isAssignableToRole"] else PERMISSIONS[:4]))
    if not of["isDynamic"]:
        for type in ("azure_user_owns_group", "azure_service_principal_owns_user_group"):
            yield from ((owner, "owns it") for owner in tenant.sources(type, group))
        for timed in tenant.of(TIMED).values():
            if (timed["groupId"], timed["accessId"]) == (group, "owner"):
                yield timed["principalId"], "may become owner"


def acting_as(tenant: Made, service: str) -> Able:
    blueprints = tenant.sources("azure_service_principal_manages_principal", service)
    yield from ((blueprint, "is its blueprint") for blueprint in blueprints)
    of = tenant.of("azure_service_principal")[service]
    if of["servicePrincipalType"] == "ManagedIdentity" or of["isFirstParty"] or of["isAgent"]:
        return
    apps = tenant.sources("azure_application_has_service_principal", service)
    scopes = {"", service} | {tenant.of("azure_application")[app]["id"] for app in apps}
    for who, template, how, scope in held(tenant):
        if scope in scopes and template in {GLOBAL, APPS, SYNC, PARTNER_1, PARTNER_2}:
            yield who, how
        own = tenant.of("azure_ad_role_definition")[f"role:{template}"]
        lets = {OWN.get(action) for action in own["allowedActions"]} if not own["isBuiltIn"] else set()
        if (scope in ("", service) and "service principal" in lets) or (
            apps and scope in scopes - {service} and "application" in lets
        ):
            yield who, how
    yield from permitted(tenant, PERMISSIONS[0], *PERMISSIONS[4:6])
    for type in ("azure_user_owns_service_principal", "azure_service_principal_owns_principal"):
        yield from ((owner, "owns it") for owner in tenant.sources(type, service))
    for type in ("azure_user_owns_application", "azure_service_principal_owns_application"):
        yield from ((owner, "owns its application") for app in apps for owner in tenant.sources(type, app))


def inside(tenant: Made, *groups: str) -> set[str]:
    """Return groups with all those in them."""
    found, ahead = set(groups), [*groups]
    while ahead:
        new = tenant.targets("azure_user_group_has_group", ahead.pop()) - found
        found |= new
        ahead += new
    return found


def by_intune(tenant: Made, device: str) -> Able:
    around = tenant.sources("azure_user_group_has_device", device)
    for user in tenant.sources("azure_user_has_device", device):
        around |= tenant.sources("azure_user_group_has_user", user)
    for assignment, key in tenant.pairs("intune_role_assignment_uses_definition"):
        role = tenant.of("intune_role_definition")[key]
        actions = {each.lower() for each in role["allowedActions"]} - {each.lower() for each in role["deniedActions"]}
        over = tenant.targets("intune_role_assignment_allows_azure_user_group", assignment)
        for what in ("deviceconfigurations", "mobileapps"):
            verbs = {action.rpartition("_")[2] for action in actions if f"_{what}_" in action}
            if "assign" in verbs and verbs & {"create", "update"} and (not over or inside(tenant, *over) & around):
                for team in tenant.sources("azure_user_group_has_intune_role_assignment", assignment):
                    yield from (
                        (each, f"has the role {role['displayName']} of Intune") for each in inside(tenant, team)
                    )


def commanding(tenant: Made, device: str) -> Able:
    of = tenant.of("azure_device")[device]
    if "windows" in of["operatingSystem"].lower() and of["isManaged"] is not False:
        for who, template, how, scope in held(tenant):
            if not scope and template in {GLOBAL, INTUNE}:
                yield who, how
        yield from permitted(tenant, PERMISSIONS[6])
        yield from by_intune(tenant, device)


ASKED = {
    "who-can-reset-password": ("azure_user", resetting),
    "who-can-change-group": ("azure_user_group", changing),
    "who-can-act-as-application": ("azure_service_principal", acting_as),
    "who-can-command-device": ("azure_device", commanding),
}

PERMITTED = {
    "who-can-reset-password": set[str](),
    "who-can-change-group": set(PERMISSIONS[:4]),
    "who-can-act-as-application": {PERMISSIONS[0], *PERMISSIONS[4:6]},
    "who-can-command-device": {PERMISSIONS[6]},
}


def acting(tenant: Made, able: Able) -> Iterator[tuple[str, str, str | None]]:
    """Yield who is able to, with the members of groups, and those who may become so, with the members of these."""
    for who, how in able:
        yield who, how, None
        yield from ((member, how, who) for member in inside_of(tenant, who))
        for timed in tenant.of(TIMED).values():
            if timed["groupId"] == who:
                later = f"may become {timed['accessId']} of who {how}"
                yield timed["principalId"], later, who
                yield from ((member, later, timed["principalId"]) for member in inside_of(tenant, timed["principalId"]))


def inside_of(tenant: Made, group: str) -> set[str]:
    """Return the users and service principals that are members of a group."""
    return tenant.targets("azure_user_group_has_user", group) | tenant.targets(
        "azure_user_group_has_service_principal", group
    )


@pytest.mark.parametrize("name", ASKED)
def test_who_controls_one_thing(tenant: Made, name: str) -> None:
    type, able = ASKED[name]
    for key in tenant.of(type):

        def row(who: str, how: str, through: str | None) -> Json:
            via = through and tenant.name(through)
            return {"who": tenant.name(who), "type": tenant.type(who), "how": how, "through": via, "key": who}

        found = set(acting(tenant, able(tenant, key)))
        expected = [row(*each) for each in found if not (each[0] == key and name == "who-can-reset-password")]
        rows = ask(name, key)
        assert sorted(map(repr, rows)) == sorted(map(repr, expected))
        assert [(each["who"], each["key"]) for each in rows] == sorted((each["who"], each["key"]) for each in rows)


def reasons(tenant: Made) -> dict[str, set[str]]:
    """Return what leads to Global Administrator, of service principals that have it."""
    found: dict[str, set[str]] = {}
    for service, given in tenant.pairs("azure_service_principal_has_app_role_assignment"):
        for key in tenant.targets("azure_app_role_assignment_assigned_role", given):
            if tenant.of("azure_app_role")[key]["isPrivileged"]:
                found.setdefault(service, set()).add(tenant.of("azure_app_role")[key]["value"])
    for of in tenant.of("azure_ad_role_assignment").values():
        role = tenant.of("azure_ad_role_definition")[of["roleDefinitionId"]]
        members = tenant.targets("azure_user_group_has_service_principal", of["principalId"])
        for service in {of["principalId"], *members} & tenant.of("azure_service_principal").keys():
            if role.get("isPrivileged"):
                found.setdefault(service, set()).add(role["displayName"])
    return found


def acting_as_privileged(tenant: Made, service: str) -> Able:
    """Yield who can act as an application that leads to Global Administrator, those aside who hold that role."""
    yield from (each for each in acting_as(tenant, service) if not each[1].endswith(" Role 0"))
    of = tenant.of("azure_service_principal")[service]
    if of["servicePrincipalType"] != "ManagedIdentity" and not of["isFirstParty"] and not of["isAgent"]:
        yield from permitted(tenant, PERMISSIONS[-1])


def test_who_acts_as_applications_that_lead_to_global_administrator(tenant: Made) -> None:
    expected = [
        {"application": tenant.name(service), "leads": ", ".join(sorted(why)), "who": tenant.name(who),
         "type": tenant.type(who), "how": how, "through": through and tenant.name(through), "key": who}
        for service, why in reasons(tenant).items()
        for who, how, through in set(acting(tenant, acting_as_privileged(tenant, service)))
        if who != service
    ]  # fmt: skip
    rows = ask("who-can-act-as-privileged-applications")
    assert sorted(map(repr, rows)) == sorted(map(repr, expected))
    order = [(row["application"], row["who"], row["key"]) for row in rows]
    assert order == sorted(order)


def test_roles_of_intune_let_some_command_a_device_and_others_not() -> None:
    able = [bool(set(by_intune(made, device))) for seed in SEEDS for made in [made_up(seed)]
            for device in made.of("azure_device")]  # fmt: skip
    assert {True, False} == set(able)


def test_all_ways_to_act_as_privileged_applications_occur_in_these_tenants() -> None:
    found = {how.split(" of who ")[-1] for seed in SEEDS for made in [made_up(seed)] for service in reasons(made)
             for _, how, _ in acting(made, acting_as_privileged(made, service))}  # fmt: skip
    assert {how for how in found if not how.startswith(("holds", "may activate"))} == {
        "owns it", "owns its application", "is its blueprint",
        *(f"has the permission {each}" for each in (PERMISSIONS[0], *PERMISSIONS[4:6], PERMISSIONS[-1])),
    }  # fmt: skip
    own = {how.rpartition(" ")[2] for how in found if " Own role " in how}
    assert {"2"} < own < {"0", "1", "2", "4", "5"}


@pytest.mark.parametrize("name", ASKED)
def test_all_ways_occur_in_these_tenants(name: str) -> None:
    type, able = ASKED[name]
    found = [way for seed in SEEDS for made in [made_up(seed)] for key in made.of(type)
             for way in acting(made, able(made, key))]  # fmt: skip
    assert {through is None for *_, through in found} == {True, False}
    hows = {how for _, how, _ in found}
    for start in ("holds", "may activate", "may become member of who"):
        assert any(how.startswith(start) for how in hows)
    permission = "has the permission "
    assert {how.removeprefix(permission) for how in hows if how.startswith(permission)} == PERMITTED[name]


def test_the_demo_has_an_answer_to_each() -> None:
    assert CliRunner().invoke(main, ["run", "--demo", "--out", "."]).exit_code == 0
    with closing(sqlite3.connect(GRAPH)) as database:
        for name, (type, _) in ASKED.items():
            keys = database.execute(f"SELECT _key FROM {type}").fetchall()
            assert any(ask(name, key) for (key,) in keys)
