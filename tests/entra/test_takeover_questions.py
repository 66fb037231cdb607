"""The question who could become a Global Administrator, against a search of tenants that are made up at random."""

import random
from collections.abc import Iterator
from functools import partial

import pytest

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
OTHER = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
ASSIGNED, ELIGIBLE, TIMED = (
    "azure_ad_role_assignment", "azure_ad_role_eligibility", "azure_privileged_access_group_eligibility"
)  # fmt: skip
OWNERS = {
    "owns the group": ("azure_user_owns_group", "azure_service_principal_owns_user_group"),
    "owns the service principal": ("azure_user_owns_service_principal", "azure_service_principal_owns_principal"),
    "owns the application of": ("azure_user_owns_application", "azure_service_principal_owns_application"),
}
SEEDS = range(25)
Step = tuple[str, int, str, str | None]
"""Who, by how many steps, the first of them, and over whom."""


def made_up(seed: int) -> Made:
    """Return a tenant of people, groups and applications that own and administer each other."""
    made, rng = Made(), random.Random(seed)
    maybe = [True, False, None]

    add, edges = partial(made.fill, rng), partial(made.join, rng, least=1)

    users = add("azure_user", 12)
    groups = add("azure_user_group", 4, isDynamic=maybe, onPremisesSyncEnabled=maybe, isAssignableToRole=maybe)
    services = add("azure_service_principal", 6, isFirstParty=[False, None, True],
                   servicePrincipalType=["Application", "Application", "ManagedIdentity"])  # fmt: skip
    apps = add("azure_application", 4)
    for key, of in made.of("azure_application").items():
        of["id"] = f"object of {key}"
    roles = add("azure_ad_role_definition", 6, templateId=sorted(LEADING | CREDENTIALS | PASSWORDS | {OTHER}))
    app_roles = add("azure_app_role", 4, isPrivileged=maybe, value=["One.All", "Two.All"])
    given = add("azure_app_role_assignment", 6)
    holders = [*users, *groups, *services]
    scopes = ["tenant", "tenant", "administrativeUnit", "application", "object"]
    places = [*services, *(of["id"] for of in made.of("azure_application").values())]
    for type, most in ((ASSIGNED, 5), (ELIGIBLE, 3)):
        add(type, rng.randint(1, most), principalId=holders, roleDefinitionId=roles, scopeType=scopes, scopeId=places)
    add("azure_account", 1, id=["own-tenant"])
    one_held = next(iter(made.of(ASSIGNED).values()))
    if rng.random() < 0.3:
        one_held |= {"principalId": "group-of-a-partner", "principalOrganizationId": "PARTNER"}
    add(TIMED, 6, groupId=groups, principalId=holders, accessId=["member", "owner"])
    edges("azure_user_group_has_user", groups, users, 8)
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


def held(tenant: Made) -> Iterator[tuple[str, str, str, str]]:
    """Yield who holds or may activate which role, how that is said, and over what; over all where that is empty."""
    for type, verb in ((ASSIGNED, "holds"), (ELIGIBLE, "may activate")):
        for of in tenant.of(type).values():
            role = tenant.of("azure_ad_role_definition")[of["roleDefinitionId"]]
            scope = "" if of["scopeType"] == "tenant" else of["scopeId"]
            yield of["principalId"], role["templateId"], f"{verb} {role['displayName']}", scope


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


def guarded(tenant: Made) -> set[str]:
    found = {principal for principal, *_ in held(tenant)}
    found |= {user for principal in found for user in tenant.targets("azure_user_group_has_user", principal)}
    for group, of in tenant.of("azure_user_group").items():
        if of["isAssignableToRole"]:
            found |= tenant.targets("azure_user_group_has_user", group) | tenant.sources(
                OWNERS["owns the group"][0], group
            )
    return found


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
    if service and service["servicePrincipalType"] != "ManagedIdentity" and not service["isFirstParty"]:
        what = "owns the service principal"
        yield from ((owner, 1, what) for owner in owners(tenant, what, key))
        places = {"", key, *(tenant.of("azure_application")[app]["id"] for app in apps)}
        for principal, template, how, scope in held(tenant):
            if template in CREDENTIALS and scope in places:
                yield principal, 1, f"{how} over"
    if key in tenant.of("azure_user") and key not in guarded(tenant):
        for principal, template, how, scope in held(tenant):
            if template in PASSWORDS and not scope:
                yield principal, 1, f"{how} over"


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
    assert max(steps for _, steps, *_ in found) >= 3
