"""The questions about access packages, against an independent computation, on tenants made up at random."""

import random
from collections.abc import Iterator

import pytest

from tests.question_graphs import Json, Made, ask, save

pytestmark = pytest.mark.every_area

GIVES = ("azure_access_packages_services_allows_user_group", "azure_access_packages_services_allows_service_principal")
ENDS = {GIVES[0]: "azure_user_group", GIVES[1]: "azure_service_principal"}
APPROVES = {f"azure_access_packages_policy_assigned_{kind}": f"azure_{kind}" for kind in ("user", "user_group")}
HAS, HOLDS = "azure_access_packages_services_has_policy", "azure_user_assigned_access_packages_services"
WORDS = {"azure_user": "user", "azure_user_group": "group", "azure_service_principal": "application"}
SEEDS = range(20)


def made_up(seed: int) -> Made:
    """Return packages and their policies, some of which name what is not there."""
    made, rng = Made(), random.Random(seed)
    maybe = [True, False, None]
    for type, count in {"azure_user": 3, "azure_user_group": 3, "azure_service_principal": 3}.items():
        made.entities[type] = {
            f"{type}:{n}": {"displayName": f"{type} {n}", "isAssignableToRole": rng.choice(maybe)} for n in range(count)
        }
    packages, policies = [f"package-{n}" for n in range(4)], [f"policy-{n}" for n in range(6)]
    made.entities["azure_access_packages_services"] = {key: {"displayName": f"The {key}"} for key in packages[:3]}
    made.entities["azure_access_packages_policy"] = {
        key: {
            "displayName": f"The {key}",
            "approvalRequiredForAdd": rng.choice(maybe),
            "autoAssign": rng.choice(maybe),
            "allowedTargetScope": rng.choice(["notSpecified", "allMemberUsers", "allExternalUsers", None]),
        }
        for key in policies
    }
    made.ends[HAS] = {(rng.choice(packages), policy): {} for policy in policies}

    def some(type: str) -> str:
        return rng.choice([*made.of(type), f"gone:{type}"])

    for edge, type in ENDS.items():
        made.ends[edge] = {(rng.choice(packages), some(type)): {"role": rng.choice(["Member", None])} for _ in range(4)}
    for edge, type in APPROVES.items():
        made.ends[edge] = {(rng.choice(policies), some(type)): {} for _ in range(4)}
    made.ends[HOLDS] = {(some("azure_user"), rng.choice(packages)): {} for _ in range(4)}
    return made


def name(made: Made, package: str) -> str:
    return str(made.of("azure_access_packages_services").get(package, {}).get("displayName", package))


def unapproved(made: Made) -> Iterator[Json]:
    for package, key in made.pairs(HAS):
        policy = made.of("azure_access_packages_policy")[key]
        if policy["approvalRequiredForAdd"] or policy["allowedTargetScope"] in (None, "notSpecified"):
            continue
        row = {"package": name(made, package), "policy": policy["displayName"], "allowed": policy["allowedTargetScope"]}
        row["given"] = "without asking" if policy["autoAssign"] else "on request"
        given: list[tuple[str | None, Json]] = [
            (end, of) for edge in GIVES for (start, end), of in made.ends[edge].items() if start == package
        ]
        for end, of in given or [(None, {})]:
            roles = made.of("azure_user_group").get(end or "", {}).get("isAssignableToRole")
            told = {"gives": made.name(end) if end else None, "role": of.get("role"), "key": end}
            yield {**row, **told, "privileged": "can have directory roles" if roles else None}


def dead(made: Made) -> Iterator[Json]:
    for edge, type in APPROVES.items():
        for policy, end in made.pairs(edge):
            for package in made.sources(HAS, policy):
                if end not in made.of(type):
                    yield {"package": name(made, package), "named": "approver", "type": WORDS[type], "key": end}
    for edge, type in ENDS.items():
        for package, end in made.pairs(edge):
            if end not in made.of(type):
                yield {"package": name(made, package), "named": "given", "type": WORDS[type], "key": end}
    for user, package in made.pairs(HOLDS):
        if user not in made.of("azure_user"):
            yield {"package": name(made, package), "named": "has it", "type": "user", "key": user}


def in_order(rows: list[Json]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((name, str(value)) for name, value in row.items()) for row in rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_nobody_approves_is_told_with_what_it_gives(seed: int) -> None:
    made = made_up(seed)
    save(made)
    assert in_order(ask("unapproved-packages")) == in_order([*unapproved(made)])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_named_and_not_there_is_told_once(seed: int) -> None:
    made = made_up(seed)
    save(made)
    wanted = [dict(row) for row in {tuple(each.items()) for each in dead(made)}]
    assert in_order(ask("dead-packages")) == in_order(wanted)


def test_the_tenants_show_all_there_is_to_tell() -> None:
    tenants = [*map(made_up, SEEDS)]
    opened = [row for made in tenants for row in unapproved(made)]
    assert {row["given"] for row in opened} == {"without asking", "on request"}
    assert {row["privileged"] for row in opened} == {None, "can have directory roles"}
    assert None in {row["gives"] for row in opened}
    found = {(row["named"], row["type"]) for made in tenants for row in dead(made)}
    assert found == {("approver", "user"), ("approver", "group"), ("given", "group"), ("given", "application"),
                     ("has it", "user")}  # fmt: skip
