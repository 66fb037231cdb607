"""The questions about devices that Intune manages, against an independent computation, on tenants made up at random."""

import random
import time
from functools import partial

import pytest
from click.testing import CliRunner

from integration.cli import main
from tests.question_graphs import DAY, Json, Made, ask, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

SEEDS = range(20)
DEVICE, POLICY = "intune_managed_device", "intune_compliance_policy"
ASSIGNED = f"{POLICY}_assigned_azure_user_group"
SYSTEMS = {
    "Windows": "windows", "iOS": "ios", "iPadOS": "ios", "Android": "android", "AndroidForWork": "android",
    "macOS": "macOS", "Linux": None, None: None,
}  # fmt: skip
DAYS = 30


def made_up(seed: int) -> Made:
    """Return a tenant of managed devices, of which some lead nowhere, and of policies for some of them."""
    made, rng, now = Made(), random.Random(seed), int(time.time()) * 1000
    maybe = [True, False, None]

    def add(type: str, found: list[Json]) -> list[str]:
        made.entities[type] = {f"{type}:{n}": {"displayName": f"{type} {n}", **each} for n, each in enumerate(found)}
        return list(made.entities[type])

    edges = partial(made.join, rng, least=1)

    users, groups = add("azure_user", [{} for _ in range(6)]), add("azure_user_group", [{} for _ in range(5)])
    twins = add("azure_device", [{} for _ in range(6)])
    managed = add(DEVICE, [
        {
            "userId": rng.choice([*users, "user-gone", "", None]), "osName": rng.choice(list(SYSTEMS)),
            "compliant": rng.choice(maybe), "encrypted": rng.choice([True, *maybe]), "complianceState": "unknown",
            "lastSeenOn": rng.choice([None, now - rng.randint(0, 2 * DAYS) * DAY - 3_600_000]),
        } for _ in range(12)
    ])  # fmt: skip
    policies = add(POLICY, [
        {
            "platform": rng.choice(list(SYSTEMS.values())), "appliesToAllDevices": rng.random() < 0.2,
            "appliesToAllUsers": rng.random() < 0.2,
        } for _ in range(4)
    ])  # fmt: skip
    edges("azure_user_group_has_user", groups, users, 8)
    edges("azure_user_group_has_device", groups, twins, 8)
    edges("azure_user_group_has_group", groups, groups, 4)
    pairs = {(rng.choice(policies), rng.choice([*groups, "group-gone"])) for _ in range(8)}
    made.ends[ASSIGNED] = {pair: {"exclude": rng.random() < 0.3} for pair in sorted(pairs)}
    joined = {key: rng.choice([*twins, "device-gone"]) for key in managed if rng.random() < 0.7}
    made.ends[f"{DEVICE}_is_azure_device"] = {pair: {} for pair in joined.items()}
    return made


saved = saved_graphs(made_up, SEEDS)


def held(tenant: Made, group: str) -> set[str]:
    """Return the users and devices in a group, through any number of groups."""
    seen, ahead = {group}, [group]
    while ahead:
        found = tenant.targets("azure_user_group_has_group", ahead.pop()) - seen
        seen |= found
        ahead += found
    kinds = ("azure_user_group_has_user", "azure_user_group_has_device")
    return {key for kind in kinds for each in seen for key in tenant.targets(kind, each)}


def is_for(tenant: Made, policy: str, device: str) -> bool:
    """Tell whether a policy is for a device."""
    of, about = tenant.of(POLICY)[policy], tenant.of(DEVICE)[device]
    platform = SYSTEMS[about["osName"]]
    user = about["userId"] or None
    theirs = tenant.targets(f"{DEVICE}_is_azure_device", device) | ({user} if user else set())
    named: dict[bool, set[str]] = {True: set(), False: set()}
    for (start, group), edge in tenant.ends[ASSIGNED].items():
        if start == policy:
            named[edge["exclude"]] |= held(tenant, group)
    included = of["appliesToAllDevices"] or (of["appliesToAllUsers"] and user) or not theirs.isdisjoint(named[False])
    return bool(platform and platform == of["platform"] and included and theirs.isdisjoint(named[True]))


def test_devices_without_a_compliance_policy_are_told(tenant: Made) -> None:
    expected = {
        device
        for device in tenant.of(DEVICE)
        if not any(is_for(tenant, policy, device) for policy in tenant.of(POLICY))
    }
    assert sorted(row["key"] for row in ask("devices-without-compliance-policy")) == sorted(expected)


def test_unsafe_devices_are_told_with_what_makes_them_so(tenant: Made) -> None:
    since = (time.time() - DAYS * 86400) * 1000
    users = tenant.of("azure_user")
    expected = {
        (key, users.get(of["userId"], {}).get("displayName"), (of["lastSeenOn"] or 0) < since)
        for key, of in tenant.of(DEVICE).items()
        if not of["compliant"] or not of["encrypted"] or (of["lastSeenOn"] or 0) < since
    }
    rows = ask("unsafe-managed-devices", str(DAYS))
    assert len(rows) == len(expected)
    assert {(row["key"], row["user"], row["notSeenSince"] is not None) for row in rows} == expected


def test_the_demo_answers_both() -> None:
    assert CliRunner().invoke(main, ["run", "--demo", "--out", "."]).exit_code == 0
    assert len(ask("devices-without-compliance-policy")) == 3  # one whose user is in an excluded group
    assert len(ask("unsafe-managed-devices", str(DAYS))) == 4
