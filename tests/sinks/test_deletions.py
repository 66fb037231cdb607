"""What a run did not see whole is deleted nowhere: at a JupiterOne account, in a folder of JupiterOne's, in files."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from integration import Report
from tests.jupiterone import Account, JupiterOne
from tests.jupiterone.account import KINDS
from tests.jupiterone.runs import graph, held, port, read
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant

PEOPLE = {"azure_user", "azure_account_has_user", "azure_user_assigned_group", "azure_user_group_has_user"}
GROUPS = {
    "azure_user_group", "azure_account_has_group", "azure_user_assigned_group", "azure_user_group_has_group",
    "azure_user_group_has_user",
}  # fmt: skip
EVERY = PEOPLE | GROUPS | {"azure_account"}
DENIED = "Authorization_RequestDenied"

Keys = set[tuple[str, str]]
"""Types and keys."""


@dataclass(frozen=True)
class Case:
    """A run that does not see everything, and the types that it does not see whole, or perhaps not."""

    blind: set[str]
    perhaps: set[str] = field(default_factory=set)
    faults: Faults | None = None
    settings: dict[str, Any] = field(default_factory=dict)


CASES = {
    "403 on /users": Case(PEOPLE, faults=Faults(forbidden={"/users": DENIED})),
    "a step disabled": Case(PEOPLE, settings={"skip": ["azure_user"]}),
    "a step that others need failed": Case(GROUPS, faults=Faults(forbidden={"/groups": DENIED})),
    "a page lost after retries": Case(
        PEOPLE, EVERY - PEOPLE, faults=Faults(status_504=100_000, after=7), settings={"fresh": True}
    ),
    "only one type": Case(EVERY - {"azure_user"}, settings={"only": ["azure_user"]}),
}


@pytest.fixture
def tenant() -> Tenant:
    return synthetic_tenant(users=150, groups=30, memberships=600, seed=17)


def everywhere(simulator: Simulator, service: JupiterOne, **settings: Any) -> Report:
    return read(simulator, f"jupiterone:{service.url}", "j1:folder", "files:files", **settings)


def at_jupiterone(account: Account) -> Keys:
    return {(each["_type"], key) for kind in KINDS for key, each in held(account)[kind].items()}


def in_the_folder() -> Keys:
    documents = [json.loads(path.read_bytes()) for path in Path("folder/index").rglob("*.json")]
    return {
        (each["_type"], each["_key"]) for document in documents for (found,) in [document.values()] for each in found
    }


def in_files() -> Keys:
    lines = [line for path in Path("files").rglob("*.jsonl") for line in path.read_bytes().splitlines()]
    return {(each["_type"], each["_key"]) for each in map(json.loads, lines)}


def shrink(tenant: Tenant) -> tuple[str, str]:
    """Delete a user and a group that have memberships, and return them."""
    group, _, user = next(each for each in tenant.memberships() if each[1] == "user")
    tenant.delete(user)
    tenant.delete(group)
    return user, group


@pytest.mark.parametrize("name", CASES)
def test_what_a_run_does_not_see_whole_stays_until_one_does(
    name: str, service: JupiterOne, account: Account, tenant: Tenant
) -> None:
    case = CASES[name]
    with Simulator(tenant, page_size=20) as simulator:
        assert everywhere(simulator, service).exit_code() == 0
    known = at_jupiterone(account)
    assert known == in_the_folder() == in_files()
    user, group = shrink(tenant)
    with Simulator(tenant, page_size=20, faults=case.faults, port=port(simulator)) as simulator:
        report = everywhere(simulator, service, **case.settings)
        print([(r.path, r.status) for r in simulator.requests])
    blind = set(report.incomplete)
    assert case.blind <= blind <= case.blind | case.perhaps
    assert account.last.partial == blind
    protected = {each for each in known if each[0] in blind}
    for there in (at_jupiterone(account), in_the_folder(), in_files()):
        assert protected <= there
        gone = {"azure_user": user, "azure_user_group": group}
        for type, key in gone.items():
            assert ((type, key) in there) == (type in blind)
    assert held(account) == graph()
    summary = json.loads(Path("folder/summary.json").read_bytes())
    assert set(summary["metadata"]["partialDatasets"]["types"]) == blind
    with Simulator(tenant, page_size=20, port=port(simulator)) as simulator:
        assert everywhere(simulator, service).incomplete == []
    assert held(account) == graph()
    known = at_jupiterone(account)
    assert known == in_the_folder() == in_files()
    assert not [key for _, key in known if user in key or group in key]


def test_a_run_that_sees_less_deletes_nothing_though_it_is_the_first_in_its_folder(
    service: JupiterOne, account: Account, tenant: Tenant
) -> None:
    with Simulator(tenant) as simulator:
        everywhere(simulator, service)
    known = at_jupiterone(account)
    with Simulator(tenant, faults=Faults(forbidden={"/users": DENIED})) as simulator:
        report = everywhere(simulator, service, out="another")
    assert set(report.incomplete) == PEOPLE
    assert at_jupiterone(account) == in_the_folder() == in_files() == known
    assert {each["_type"] for kind in KINDS for each in graph("another")[kind].values()} == EVERY - PEOPLE
