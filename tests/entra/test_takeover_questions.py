"""The question who could become a Global Administrator, against a search of tenants that are made up at random."""

import random
from collections.abc import Iterator
from functools import partial

import pytest

from tests.entra.test_control_questions import OWN, REGROUPING, SPARED, regroups
from tests.question_graphs import Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
LEADING = {GLOBAL, "e8611ab8-c189-46e8-94e1-60213ab1f814", "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
           "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8"}  # fmt: skip
CREDENTIALS = {"9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "158c047a-c907-4556-b7ef-446551a6b5f7",
               "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", "4ba39ca4-527c-499a-b93d-d9b492c50246",
               "d29b2b05-8046-44ba-8758-1e26182fcf32"}  # fmt: skip
PASSWORDS = {"fe930be7-5e62-47db-91af-98c3a49a38b1", "729827e3-9c14-49f7-bb1b-9608f156bbb8",
             "c4e39bd9-1100-46d3-8c65-fb160da0071f", "966707d0-3269-4727-9be2-8c3a10f19b9d",
             "4ba39ca4-527c-499a-b93d-d9b492c50246"}  # fmt: skip
FEDERATING = ["microsoft.directory/domains/federation/update", "microsoft.directory/domains/allProperties/allTasks"]
ACTIONS = [
    None,
    FEDERATING[:1],
    *([FEDERATING[1], action] for action in REGROUPING),
    *([action] for action in REGROUPING),
]
OTHER = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
ASSIGNED, ELIGIBLE, TIMED = (
    "azure_ad_role_assignment", "azure_ad_role_eligibility", "azure_privileged_access_group_eligibility"
)  # fmt: skip
OWNERS = {
    "owns the group": ("azure_user_owns_group", "azure_service_principal_owns_user_group"),
    "owns the service principal": ("azure_user_owns_service_principal", "azure_service_principal_owns_principal"),
    "owns the application of": ("azure_user_owns_application", "azure_service_principal_owns_application"),
}
SEEDS = range(30)
Step = tuple[str, int, str, str | None]
"""Who, by how many steps, the first of them, and over whom."""


def made_up(seed: int) -> Made:
    """Return a tenant of people, groups and applications that own and administer each other."""
    made, rng = Made(), random.Random(seed)
    maybe = [True, False, None]

    add, edges = partial(made.fill, rng), partial(made.join, rng, least=1)

    users = add("azure_user", 12, isManagementRestricted=maybe, onPremisesImmutableId=[None, "anchor"],
                userPrincipalName=["ada@FEDERATED.example", "bo@federated.example", "cy@own.example"])  # fmt: skip
    groups = add("azure_user_group", 5, isDynamic=maybe, onPremisesSyncEnabled=[None, None, False, True],
                 isAssignableToRole=[None, None, True], isManagementRestricted=maybe,
                 isMicrosoft365Group=maybe)  # fmt: skip
    units = add("azure_administrative_unit", 2)
    made.entities["azure_domain"] = {
        name: {"displayName": name, "domainName": name, "isFederated": name.startswith("Fed")}
        for name in ("Federated.example", "own.example")
    }
    services = add("azure_service_principal", 6, isFirstParty=[False, None, True], isAgent=[False, None, True],
                   servicePrincipalType=["Application", "Application", "ManagedIdentity"])  # fmt: skip
    apps = add("azure_application", 4)
    for key, of in made.of("azure_application").items():
        of["id"] = f"object of {key}"
    templates = sorted(LEADING | CREDENTIALS | PASSWORDS | {OTHER}) + sorted(PASSWORDS) + [GLOBAL] * 4
    roles = add("azure_ad_role_definition", 10, templateId=templates, allowedActions=ACTIONS, isBuiltIn=[True])
    for key in roles[-2:]:
        own = rng.sample([*OWN, *FEDERATING, *REGROUPING], 2)
        made.of("azure_ad_role_definition")[key] |= {"templateId": key, "allowedActions": own, "isBuiltIn": False}
    app_roles = add("azure_app_role", 4, isPrivileged=maybe, value=["One.All", "Two.All"])
    given = add("azure_app_role_assignment", 6)
    holders = [*users, *groups, *groups, *groups, *services]
    objects = [of["id"] for of in made.of("azure_application").values()]
    scopes = [("tenant", None)] * 7 + [("administrativeUnit", unit) for unit in units] * 3
    scopes += [("object", each) for each in rng.sample([*services, *objects], 3)]
    for type, most in ((ASSIGNED, 9), (ELIGIBLE, 5)):
        add(type, rng.randint(2, most), principalId=holders, roleDefinitionId=roles)
        for of in made.of(type).values():
            of["scopeType"], of["scopeId"] = rng.choice(scopes)
    add("azure_account", 1, id=["own-tenant"])
    one_held = next(iter(made.of(ASSIGNED).values()))
    if rng.random() < 0.3:
        one_held |= {"principalId": "group-of-a-partner", "principalOrganizationId": "PARTNER"}
    add(TIMED, 12, groupId=groups, principalId=holders, accessId=["member", "owner"])
    edges("azure_user_group_has_user", groups, users, 8)
    edges("azure_administrative_unit_has_user", units, users, 16)
    edges("azure_administrative_unit_has_user_group", units, groups, 6)
    edges("azure_user_group_has_service_principal", groups, services, 4)
    edges("azure_app_role_assignment_assigned_role", given, app_roles, 6)
    edges("azure_service_principal_has_app_role_assignment", services, given, 6)
    edges("azure_application_has_service_principal", apps, services, 6)
    edges("azure_service_principal_manages_principal", services, services, 3)
    for kind, stops in zip(OWNERS.values(), (groups, services, apps), strict=True):
        edges(kind[0], users, stops, 5)
        edges(kind[1], services, stops, 3)
    return made


saved = saved_graphs(made_up, SEEDS)


def roles_held(tenant: Made) -> Iterator[tuple[str, Json, str, str]]:
    """Yield who holds or may activate which role, how that is said, and over what; over all where that is empty."""
    for type, verb in ((ASSIGNED, "holds"), (ELIGIBLE, "may activate")):
        for of in tenant.of(type).values():
            role = tenant.of("azure_ad_role_definition")[of["roleDefinitionId"]]
            scope = "" if of["scopeType"] == "tenant" else of["scopeId"]
            yield of["principalId"], role, f"{verb} {role['displayName']}", scope


def held(tenant: Made) -> Iterator[tuple[str, str, str, str]]:
    """Yield the same with the roles' templates."""
    yield from ((principal, role["templateId"], how, scope) for principal, role, how, scope in roles_held(tenant))


def first_ways(tenant: Made) -> Iterator[Step]:
    for principal, template, how, scope in held(tenant):
        if template in LEADING and not scope:
            yield principal, int(template != GLOBAL), how, None
    for service, given in tenant.pairs("azure_service_principal_has_app_role_assignment"):
        for role in tenant.targets("azure_app_role_assignment_assigned_role", given):
            if tenant.of("azure_app_role")[role]["isPrivileged"]:
                yield service, 1, f"has the permission {tenant.of('azure_app_role')[role]['value']}", None


def owners(tenant: Made, how: str, *owned: str) -> set[str]:
    return {owner for type in OWNERS[how] for each in owned for owner in tenant.sources(type, each)}


def keeps_password(tenant: Made, user: str, template: str) -> bool:
    """Tell whether a role that sets the passwords of some does not set that of a user."""
    teams = tenant.sources("azure_user_group_has_user", user)
    near = teams | tenant.targets(OWNERS["owns the group"][0], user)
    own = {of for principal, of, *_ in held(tenant) if principal == user or principal in teams}
    return (
        any(tenant.of("azure_user_group")[team]["isAssignableToRole"] for team in near) or not own <= SPARED[template]
    )


def over(tenant: Made, type: str, key: str) -> set[str]:
    """Return the scopes of roles over a user or a group: the tenant unless these are restricted, and their units."""
    everywhere = set() if tenant.of(type)[key]["isManagementRestricted"] else {""}
    return everywhere | tenant.sources(type.replace("azure_", "azure_administrative_unit_has_"), key)


def lets(tenant: Made, template: str) -> set[str | None]:
    """Return what a role of the tenant's own lets one add credentials to."""
    role = tenant.of("azure_ad_role_definition").get(template)
    return {OWN.get(action) for action in role["allowedActions"]} if role else set()


def by_administrators(tenant: Made, key: str) -> Iterator[tuple[str, str]]:
    """Yield whose role is over a user's password, a group's members, or how a user's domain is signed in to."""
    if user := tenant.of("azure_user").get(key):
        for principal, template, how, scope in held(tenant):
            is_over = template in PASSWORDS and scope in over(tenant, "azure_user", key)
            if is_over and not keeps_password(tenant, key, template):
                yield principal, f"{how} over"
        if user["userPrincipalName"].lower().endswith("@federated.example") and user["onPremisesImmutableId"]:
            for principal, role, how, scope in roles_held(tenant):
                if not scope and {*(role["allowedActions"] or ())} & {*FEDERATING}:
                    yield principal, f"{how} over the domain of"
    group = tenant.of("azure_user_group").get(key)
    if group and not group["onPremisesSyncEnabled"]:
        for principal, role, how, scope in roles_held(tenant):
            if regroups(role, group) and scope in over(tenant, "azure_user_group", key):
                yield principal, f"{how} over"


def into(tenant: Made, key: str) -> Iterator[tuple[str, int, str]]:
    """Yield who can act as somebody, or as a member of a group, by how many steps, and how."""
    for type in ("azure_user_group_has_user", "azure_user_group_has_service_principal"):
        yield from ((member, 0, "is a member of") for member in tenant.targets(type, key))
    for timed in tenant.of(TIMED).values():
        if timed["groupId"] == key:
            yield timed["principalId"], 1, f"may become {timed['accessId']} of"
    group, service = tenant.of("azure_user_group").get(key), tenant.of("azure_service_principal").get(key)
    if group and not group["isDynamic"] and not group["onPremisesSyncEnabled"]:
        yield from ((owner, 1, "owns the group") for owner in owners(tenant, "owns the group", key))
    blueprints = tenant.sources("azure_service_principal_manages_principal", key)
    yield from ((blueprint, 1, "is the blueprint of") for blueprint in blueprints)
    apps = tenant.sources("azure_application_has_service_principal", key)
    yield from ((owner, 1, "owns the application of") for owner in owners(tenant, "owns the application of", *apps))
    is_open = service and not service["isFirstParty"] and not service["isAgent"]
    if service and is_open and service["servicePrincipalType"] != "ManagedIdentity":
        what = "owns the service principal"
        yield from ((owner, 1, what) for owner in owners(tenant, what, key))
        places = {tenant.of("azure_application")[app]["id"] for app in apps}
        for principal, template, how, scope in held(tenant):
            of_apps = apps and scope in {"", *places} and "application" in lets(tenant, template)
            of_itself = scope in ("", key) and "service principal" in lets(tenant, template)
            if of_apps or of_itself or (template in CREDENTIALS and scope in {"", key, *places}):
                yield principal, 1, f"{how} over"
    yield from ((principal, 1, how) for principal, how in by_administrators(tenant, key))


def ways(tenant: Made) -> set[Step]:
    """Return the first steps of all shortest ways, found by going back from the role as long as anything is new."""
    found: set[Step] = set()
    ahead = list(first_ways(tenant))
    while ahead:
        way = ahead.pop()
        if way not in found and way[1] <= 8:
            found.add(way)
            ahead += [(who, way[1] + more, how, way[0]) for who, more, how in into(tenant, way[0])]
    least: dict[str, int] = {}
    for who, steps, *_ in found:
        least[who] = min(steps, least.get(who, steps))
    return {way for way in found if way[1] == least[way[0]] > 0}


def test_who_could_become_a_global_administrator(tenant: Made) -> None:
    rows = ask("ways-to-global-administrator")
    expected = ways(tenant)

    def named(way: Step) -> Json:
        who, steps, how, over = way
        return {"who": tenant.name(who), "type": tenant.type(who), "steps": steps, "step": how,
                "over": over and tenant.name(over), "key": who}  # fmt: skip

    assert sorted(map(repr, rows)) == sorted(repr(named(way)) for way in expected)
    assert [row["steps"] for row in rows] == sorted(row["steps"] for row in rows)


def test_all_kinds_of_steps_occur_in_these_tenants() -> None:
    found = [way for seed in SEEDS for way in ways(made_up(seed))]
    kinds = {step.split(" azure_")[0] for _, _, step, _ in found}
    assert kinds == {
        *OWNERS, "is the blueprint of", "holds", "may activate", "is a member of", "may become member of",
        "may become owner of", "has the permission One.All", "has the permission Two.All",
    }  # fmt: skip
    assert {over and over.split(":")[0] for *_, over in found} == {
        None, "azure_user", "azure_user_group", "azure_service_principal",
    }  # fmt: skip
    administered = {
        (step.rpartition(" over")[2], over.split(":")[0]) for *_, step, over in found if " over" in step and over
    }
    assert administered == {
        ("", "azure_user"), ("", "azure_user_group"), ("", "azure_service_principal"), (" the domain of", "azure_user"),
    }  # fmt: skip
    assert max(steps for _, steps, *_ in found) >= 3


def test_roles_of_the_tenants_own_and_of_units_occur_in_these_tenants() -> None:
    own = units = 0
    for seed in SEEDS:
        tenant = made_up(seed)
        kept = {(who, step, over) for who, _, step, over in ways(tenant) if over}
        for who, template, how, scope in held(tenant):
            reached = {over for principal, step, over in kept if principal == who and step == f"{how} over"}
            own += bool(reached and template in tenant.of("azure_ad_role_definition"))
            units += bool(reached and scope in tenant.of("azure_administrative_unit"))
    assert own > 0
    assert units > 0
